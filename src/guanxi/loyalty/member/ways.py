"""The ways in at the door: a code by phone, and what channels add (WeChat's own sign-in, when it comes)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from guanxi.kernel.registries import Registry
from guanxi.loyalty.member import senders
from guanxi.platform.models import Brand


class Door(NamedTuple):
    """Who stands before it: `next` is where they want to go, `channel` where they came from."""

    brand: Brand
    tongue: str
    next: str
    channel: str


class Way(NamedTuple):
    """`load` answers the context of its template, or None where it is not offered. A way of its own, such as
    WeChat's, shows a link to an address of its own, which ends by `guards.sign_in`. Smaller `order` first."""

    name: str
    order: int
    template: str
    load: Callable[[Door], Mapping[str, Any] | None]


WAYS: Registry[Way] = Registry("way to sign in as a member", lambda way: way.name)


def offered(door: Door) -> list[tuple[Way, Mapping[str, Any]]]:
    found = [(way, way.load(door)) for way in sorted(WAYS, key=lambda one: one.order)]
    return [(way, context) for way, context in found if context is not None]


def _by_code(door: Door) -> Mapping[str, Any] | None:
    return {} if senders.chosen(door.brand) is not None else None


def register() -> None:
    WAYS.register(Way("phone", 100, "loyalty/member/way_phone.html", _by_code))
