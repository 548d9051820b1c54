"""What parts of the programme register with the till."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from guanxi.kernel.registries import Registry
from guanxi.platform.access import BrandRequest

STORE: Final = "till_store"
BESIDE: Final = 200


def store_of(request: BrandRequest) -> str:
    """The code of the store where the associate stands, "" where none was said."""
    return str(request.session.get(STORE, ""))


class Served(NamedTuple):
    """The member at the counter, and who serves. Forms of a part post to addresses of its own, which go back
    to `back`."""

    request: BrandRequest
    customer_id: int
    subject_ids: Sequence[int]
    back: str


class Part(NamedTuple):
    """A part of the till's page for a member: `load` answers the context of its template, or None where there
    is nothing to show; the template has a head and a body for a panel. Smaller `order` comes first: below
    BESIDE above the purchase, what is to be known at once."""

    name: str
    order: int
    template: str
    load: Callable[[Served], Mapping[str, Any] | None]


PARTS: Registry[Part] = Registry("part of the till", lambda part: part.name)


def parts() -> list[Part]:
    return sorted(PARTS, key=lambda one: one.order)
