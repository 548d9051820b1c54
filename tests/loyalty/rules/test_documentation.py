"""The guide names every kind of effect with each of its parameters, and what a rule may say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from guanxi.loyalty.rules.contracts import EFFECTS, EffectType, Mode, OnRefund, Per, Period, State

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "guide" / "rules.md").read_text(encoding="utf-8")


def section(effect: EffectType) -> str:
    """What the guide says of one kind of effect."""
    found = re.search(rf"^### `{effect.name}` · (.+?)\n(.*?)(?=^##|\Z)", GUIDE, re.MULTILINE | re.DOTALL)
    assert found, f"docs/guide/rules.md has no section on the effect {effect.name}"
    assert found.group(1) == effect.label_zh
    return found.group(2)


@pytest.mark.parametrize("effect", list(EFFECTS), ids=lambda effect: effect.name)
def test_every_effect_is_documented_with_each_of_its_parameters(effect: EffectType) -> None:
    told = set(re.findall(r"`([a-z_]+)`", section(effect)))
    assert {param.name for param in effect.params} <= told
    choices = {choice.value for param in effect.params for choice in param.all_choices()}
    assert choices <= set(re.findall(r"`([a-z_]+)`", GUIDE))


def test_every_word_of_a_rule_is_documented() -> None:
    told = set(re.findall(r"`([a-z_]+)`", GUIDE)) | {word.lower() for word in re.findall(r"\*(\w+)\*", GUIDE)}
    for words in (Period, Per, OnRefund, Mode):
        assert {word.value for word in words} <= told
    assert set(State) <= set(re.findall(r"\w+", GUIDE))
