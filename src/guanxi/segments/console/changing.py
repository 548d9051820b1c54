"""Freezing, scheduling, putting away: what each would do, said in numbers before it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guanxi.customers.tag_dictionary import Origin, dictionary
from guanxi.platform.models import Brand
from guanxi.segments import services
from guanxi.segments.console.labels import WEEKDAYS, reference
from guanxi.segments.contracts import Mode, SegmentDetail, SegmentRow, State
from guanxi.ui.figures import number

LABELS: Final[Mapping[str, Promise]] = {
    "freeze": gettext_lazy("Freeze"),
    "schedule": gettext_lazy("Schedule"),
    "live": gettext_lazy("Make live"),
    "tag": gettext_lazy("Keep a tag"),
    "archive": gettext_lazy("Archive"),
    "restore": gettext_lazy("Take out of the archive"),
    "delete": gettext_lazy("Delete"),
}


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a change would do. `blocked` are those who use the segment and would be broken."""

    what: str
    label: str
    title: str
    said: Sequence[str]
    blocked: Sequence[tuple[str, str]] = ()
    hours: Sequence[int] = ()
    weekdays: Sequence[tuple[int, str]] = ()
    hour: int = 6
    weekday: int | None = None
    tags: Sequence[tuple[str, str]] = ()


def offered(row: SegmentRow) -> list[tuple[str, str]]:
    """The changes that make sense of a segment as it stands: word, label."""
    if row.state is State.ARCHIVED:
        words = ["restore", "delete"]
    else:
        others = {Mode.LIVE: "live", Mode.SCHEDULED: "", Mode.FROZEN: "freeze"}
        words = [word for word in ("live", "schedule", "freeze") if word != others[row.mode]]
        words += ["tag", "archive", "delete"]
    return [(word, str(LABELS[word])) for word in words]


def consequence(brand: Brand, detail: SegmentDetail, what: str) -> Consequence:
    """Raises Http404 for what is no change."""
    if what not in LABELS:
        raise Http404
    row = detail.row
    title, said = _SAID[what](row)
    blocked = [reference(one) for one in detail.used_by] if what in {"archive", "delete"} else []
    label = str(LABELS[what])
    if what == "tag":
        tags = [
            (one.name, one.label)
            for one in dictionary(brand.pk)
            if one.origin == Origin.RULE and not one.archived
        ]
        return Consequence(what, label, title, said, tags=tags)
    if what != "schedule":
        return Consequence(what, label, title, said, blocked)
    weekdays = [(place, str(name)) for place, name in enumerate(WEEKDAYS)]
    return Consequence(
        what, label, title, said, (), range(24), weekdays, 6 if row.hour is None else row.hour, row.weekday
    )


def _members(row: SegmentRow) -> str:
    return ngettext("%(n)s member", "%(n)s members", row.size) % {"n": number(row.size)}


def _freeze(row: SegmentRow) -> tuple[str, list[str]]:
    return _("Freeze this segment?"), [
        _("Its %(members)s of this moment stay, whatever they do from now on.") % {"members": _members(row)},
        _("Nobody enters or leaves any more, so no touchpoints of entries and exits are written."),
        _("It can be made live again; then it is computed anew."),
    ]


def _schedule(row: SegmentRow) -> tuple[str, list[str]]:
    return _("Compute this segment at set hours?"), [
        _("Until the next hour its %(members)s stay as they are.") % {"members": _members(row)},
        _("Entries and exits are written at these hours, not at the touchpoint that causes them."),
    ]


def _live(row: SegmentRow) -> tuple[str, list[str]]:
    return _("Make this segment live?"), [
        _("It is computed anew from its condition; its %(members)s may become more or fewer.")
        % {"members": _members(row)},
        _("From then on it follows every touchpoint, and entries and exits are written."),
    ]


def _tag(row: SegmentRow) -> tuple[str, list[str]]:
    return _("Let a tag follow this segment?"), [
        _("Exactly its %(members)s get the tag, and it comes and goes with them within a second.")
        % {"members": _members(row)},
        _("Whoever has the tag now and is no member loses it."),
    ]


def _archive(row: SegmentRow) -> tuple[str, list[str]]:
    return _("Archive this segment?"), [
        _("Its %(members)s are forgotten and it is followed no more.") % {"members": _members(row)},
        _("Its condition and history stay; taken out of the archive it is computed anew."),
    ]


def _restore(row: SegmentRow) -> tuple[str, list[str]]:
    return _("Take this segment out of the archive?"), [
        _("It is computed anew from its condition, quietly: nobody counts as having entered.")
    ]


def _delete(row: SegmentRow) -> tuple[str, list[str]]:
    return _("Delete this segment for good?"), [
        _("Its condition, its history and its %(members)s are gone; its name is free at once.")
        % {"members": _members(row)},
        _("This cannot be undone. To put it away and keep its history, archive it."),
    ]


_SAID: Final[Mapping[str, Callable[[SegmentRow], tuple[str, list[str]]]]] = {
    "freeze": _freeze,
    "schedule": _schedule,
    "live": _live,
    "tag": _tag,
    "archive": _archive,
    "restore": _restore,
    "delete": _delete,
}


def do(brand: Brand, segment_id: int, what: str, form: Mapping[str, Any], actor: object) -> str:
    """Do it; what to tell. Raises Http404, NotFound, Conflict, Invalid."""
    if what not in LABELS:
        raise Http404
    version = _whole(form.get("version")) or 0
    if what == "schedule":
        hour, weekday = _whole(form.get("hour")), _whole(form.get("weekday"))
        services.set_mode(brand, segment_id, version, Mode.SCHEDULED, actor=actor, hour=hour, weekday=weekday)
    elif what == "live":
        services.set_mode(brand, segment_id, version, Mode.LIVE, actor=actor)
    elif what == "tag":
        services.keep_tag(brand, segment_id, version, str(form.get("tag") or ""), actor=actor)
    else:
        verb: Callable[..., object] = {
            "freeze": services.freeze,
            "archive": services.archive,
            "restore": services.restore,
            "delete": services.delete,
        }[what]
        verb(brand, segment_id, version, actor=actor)
    return {
        "freeze": _("The segment is frozen."),
        "schedule": _("The segment is computed at set hours from now on."),
        "live": _("The segment is live; it is being computed."),
        "tag": _("Saved; the tag follows within moments."),
        "archive": _("The segment is in the archive."),
        "restore": _("The segment is back; it is being computed."),
        "delete": _("The segment is deleted."),
    }[what]


def _whole(text: object) -> int | None:
    word = str(text or "")
    return int(word) if word.isdecimal() and len(word) < 10 else None
