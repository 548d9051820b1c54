"""What people call the words of segments: modes, states, traits, hours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.segments.contracts import Mode, Reference, SegmentRow, State
from guanxi.ui.parts import Badge, Tone

MODES: Final[Mapping[Mode, tuple[Promise, Tone]]] = {
    Mode.LIVE: (gettext_lazy("Live"), "good"),
    Mode.SCHEDULED: (gettext_lazy("Scheduled"), "info"),
    Mode.FROZEN: (gettext_lazy("Frozen"), ""),
}
TRAITS: Final[Mapping[str, Promise]] = {
    "gender": gettext_lazy("Gender"),
    "province": gettext_lazy("Province"),
    "city": gettext_lazy("City"),
    "language": gettext_lazy("Language"),
    "last_seen": gettext_lazy("Last seen"),
    "known_for": gettext_lazy("Known for"),
}
GENDERS: Final[Mapping[str, Promise]] = {"f": gettext_lazy("Women"), "m": gettext_lazy("Men")}
WEEKDAYS: Final = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)
CHANGES: Final[Mapping[str, Promise]] = {
    "created": gettext_lazy("Made"),
    "saved": gettext_lazy("Changed"),
    "live": gettext_lazy("Made live"),
    "scheduled": gettext_lazy("Scheduled"),
    "frozen": gettext_lazy("Frozen"),
    "archived": gettext_lazy("Archived"),
    "restored": gettext_lazy("Taken out of the archive"),
    "tag": gettext_lazy("Tag chosen"),
    "reference": gettext_lazy("Something it refers to changed"),
}
REFERENCES: Final[Mapping[str, Promise]] = {
    "segment": gettext_lazy("Segment"),
    "tag": gettext_lazy("Tag"),
    "journey": gettext_lazy("Journey"),
    "state": gettext_lazy("State"),
}


OTHER_LANGUAGE: Final = {True: ("en", "English"), False: ("zh-hans", "中文")}  # by whether one reads Chinese


def badges(row: SegmentRow) -> list[Badge]:
    """What state a segment is in, the gravest first."""
    if row.state is State.ARCHIVED:
        return [Badge(_("Archived"))]
    label, tone = MODES[row.mode]
    found = [Badge(str(label), tone)]
    if row.problem:
        found.insert(0, Badge(_("Cannot be computed"), "bad"))
    elif not row.ready:
        found.insert(0, Badge(_("Being computed"), "accent"))
    return found


def trait_value(trait: str, value: str) -> str:
    """A value of a trait as people read it."""
    if not value:
        return _("Unknown")
    return str(GENDERS.get(value, value)) if trait == "gender" else value


def reference(one: Reference) -> tuple[str, str]:
    return str(REFERENCES.get(one.kind, one.kind)), one.name


def when_computed(row: SegmentRow) -> str:
    """At which hours a scheduled segment is computed."""
    if row.hour is None:
        return ""
    clock = f"{row.hour:02d}:00"
    if row.weekday is None:
        return _("every day at %(clock)s") % {"clock": clock}
    return _("every %(weekday)s at %(clock)s") % {"weekday": WEEKDAYS[row.weekday], "clock": clock}
