"""What parts of the programme register with the till."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from guanxi.kernel.registries import Registry
from guanxi.platform.access import BrandRequest


class Served(NamedTuple):
    """The member at the counter, and who serves. Forms of a part post to addresses of its own, which go back
    to `back`."""

    request: BrandRequest
    customer_id: int
    subject_ids: Sequence[int]
    back: str


class Part(NamedTuple):
    """A part of the till's page for a member: `load` answers the context of its template, or None where there
    is nothing to show. Smaller `order` comes first."""

    name: str
    order: int
    template: str
    load: Callable[[Served], Mapping[str, Any] | None]


PARTS: Registry[Part] = Registry("part of the till", lambda part: part.name)


def parts() -> list[Part]:
    return sorted(PARTS, key=lambda one: one.order)
