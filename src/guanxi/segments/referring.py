"""Who uses a segment: others in their conditions, and whatever upper rooms say of theirs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from django.utils.translation import gettext_noop

from guanxi.kernel.registries import Registry
from guanxi.segments.contracts import Reference, State
from guanxi.segments.definitions import stored_references
from guanxi.segments.models import Segment


class Referrer(NamedTuple):
    """`find(brand_id, segment_id)` names what uses the segment and would be broken without it."""

    name: str
    find: Callable[[int, int], Sequence[Reference]]


SEGMENT: Final = gettext_noop("segment")  # a kind is said in the reader's language: mark yours like this
REFERRERS: Registry[Referrer] = Registry("what refers to segments", lambda referrer: referrer.name)


def used_by(brand_id: int, segment_id: int) -> list[Reference]:
    """Everything that would be broken without the segment."""
    return [found for referrer in REFERRERS for found in referrer.find(brand_id, segment_id)]


def other_segments(brand_id: int, segment_id: int) -> list[Reference]:
    """The segments whose conditions name this one; archived ones count, since they may come back."""
    rows = Segment.objects.filter(brand_id=brand_id).exclude(state=State.DELETED).exclude(pk=segment_id)
    return [
        Reference(SEGMENT, row.name)
        for row in rows.order_by("name")
        if segment_id in stored_references(row.condition)
    ]


def register() -> None:
    REFERRERS.register(Referrer("segments", other_segments))
