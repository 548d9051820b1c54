from __future__ import annotations

import pytest

from guanxi.kernel.registries import Registry


def registry() -> Registry[str]:
    return Registry("colour", lambda name: name)


def test_a_name_is_registered_once() -> None:
    colours = registry()
    colours.register("red")
    with pytest.raises(ValueError, match="registered twice"):
        colours.register("red")


def test_nothing_comes_after_the_freeze() -> None:
    colours = registry()
    colours.freeze()
    with pytest.raises(RuntimeError, match="after start-up"):
        colours.register("red")


def test_an_unknown_name_says_what_is_known() -> None:
    colours = registry()
    colours.register("red")
    with pytest.raises(KeyError, match="known: red"):
        colours["blue"]
