"""Entries and exits as touchpoints."""

from __future__ import annotations

from guanxi.kernel.wording import say
from guanxi.touchpoints import keeping
from guanxi.touchpoints.kinds import KINDS, Field, FieldType, Kind

_FIELDS = (
    Field("segment", FieldType.TEXT, "name of the segment at that time", required=True),
    Field("segment_id", FieldType.INTEGER, "its id", required=True),
    Field("version", FieldType.INTEGER, "the version of its condition"),
)
ENTERED = Kind(
    "segment.entered",
    "进入人群",
    "Segment entered",
    "Written by Guanxi: a customer came into a segment. Those who are in it when it is made, or when its "
    "condition is changed, did not come in.",
    _FIELDS,
)
LEFT = Kind(
    "segment.left", "离开人群", "Segment left", "Written by Guanxi: a customer left a segment.", _FIELDS
)


def register() -> None:
    KINDS.register(ENTERED)
    KINDS.register(LEFT)
    keeping.add(
        keeping.Group(
            "facts.segments",
            say("Entries and exits of segments"),
            say(
                "When customers came into segments and left them. Who is in them now, and sizes by day, stay."
            ),
            (ENTERED.name, LEFT.name),
        )
    )
