"""The list of segments: what is asked for, in which order, and each row as shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.platform.language import tongue
from guanxi.platform.models import Brand
from guanxi.platform.people import actor_names
from guanxi.segments import queries
from guanxi.segments.console.labels import badges
from guanxi.segments.console.reads import conditions_of
from guanxi.segments.contracts import SegmentRow, State
from guanxi.segments.definitions import Resolver
from guanxi.ui.figures import number
from guanxi.ui.parts import Badge, Column, Option, Pager

PAGE_ROWS: Final = 50
SPARK_WIDTH: Final = 96
SPARK_HEIGHT: Final = 24

SHOWS: Final[Mapping[str, Promise]] = {
    "all": gettext_lazy("All"),
    "live": gettext_lazy("Live"),
    "scheduled": gettext_lazy("Scheduled"),
    "frozen": gettext_lazy("Frozen"),
    "problem": gettext_lazy("Cannot be computed"),
    "archived": gettext_lazy("Archived"),
}
SORTS: Final[Mapping[str, tuple[Callable[[SegmentRow], Any], bool]]] = {
    "name": (lambda row: row.name.casefold(), False),
    "size": (lambda row: row.size, True),
    "change": (lambda row: abs(change_of(row) or 0), True),
    "changed": (lambda row: row.changed_ms, True),
}


@dataclass(frozen=True, slots=True)
class Query:
    """What the address asks for; what it does not understand is as if it were absent."""

    text: str = ""
    show: str = "all"
    sort: str = "name"
    start: int = 0

    @classmethod
    def from_address(cls, parameters: Mapping[str, str]) -> Query:
        show, sort, start = (parameters.get(name, "") for name in ("show", "sort", "start"))
        return cls(
            parameters.get("q", "").strip()[:80],
            show if show in SHOWS else "all",
            sort if sort in SORTS else "name",
            int(start) if start.isdecimal() and len(start) <= 4 else 0,
        )

    def url(self, **changes: str) -> str:
        words = {"q": self.text, "show": self.show, "sort": self.sort, **changes}
        kept = {k: v for k, v in words.items() if v and (k, v) not in {("show", "all"), ("sort", "name")}}
        return reverse("segments") + (f"?{urlencode(kept)}" if kept else "")


def address(words: Mapping[str, str]) -> str:
    """The list as these words ask for it, from its first page."""
    return Query.from_address({**words, "start": ""}).url()


@dataclass(frozen=True, slots=True)
class Shown:
    """A segment as a row of the list. `points` draw its last 30 days."""

    row: SegmentRow
    sentence: str
    badges: Sequence[Badge]
    owner: str
    change: str
    tone: str
    points: str


def page(brand: Brand, query: Query) -> tuple[list[Shown], Pager, int]:
    """The rows of one page, the pager, and how many segments there are at all of that state."""
    state = State.ARCHIVED if query.show == "archived" else State.ACTIVE
    every = queries.segments(brand, state=state)
    wanted = query.text.casefold()
    found = [
        row
        for row in every
        if _fits(row, query.show) and wanted in f"{row.name} {row.description}".casefold()
    ]
    key, descending = SORTS[query.sort]
    found.sort(key=key, reverse=descending)
    rows = found[query.start : query.start + PAGE_ROWS]
    after = query.start + PAGE_ROWS
    pager = Pager(
        len(rows),
        number(len(found)),
        query.url() if query.start else "",
        query.url(start=str(after)) if after < len(found) else "",
    )
    return _shown(brand, rows), pager, len(every)


def _fits(row: SegmentRow, show: str) -> bool:
    return show in {"all", "archived"} or (bool(row.problem) if show == "problem" else row.mode == show)


def _shown(brand: Brand, rows: Sequence[SegmentRow]) -> list[Shown]:
    conditions = conditions_of(brand.pk, [row.id for row in rows])
    known = Resolver(brand.pk, {})
    owners = actor_names(row.owner for row in rows)
    place = 0 if tongue().is_chinese else 1
    return [
        Shown(
            row,
            queries.said_both_ways(brand, conditions[row.id], known)[place],
            badges(row),
            owners[row.owner],
            *change_text(row),
            points(row.history),
        )
        for row in rows
    ]


def change_of(row: SegmentRow) -> int | None:
    """How the size changed within the last 30 days; None where nothing is known from before today."""
    return row.size - row.history[0] if len(row.history) > 1 else None


def change_text(row: SegmentRow) -> tuple[str, str]:
    """ "+120 (+3.4%)" and its tone; what is unknown is no zero."""
    change = change_of(row)
    if change is None:
        return "—", "quiet"
    before = row.history[0]
    part = f" ({change / before:+.1%})" if before else ""
    return f"{change:+,}{part}" if change else "±0", ("" if change else "quiet")


def points(history: Sequence[int]) -> str:
    """The line of a sparkline, from the least to the greatest size; nothing below two days."""
    if len(history) < 2:
        return ""
    least, most = min(history), max(history)
    span = most - least or 1
    step = SPARK_WIDTH / (len(history) - 1)

    def height(size: int) -> float:
        if most == least:
            return SPARK_HEIGHT / 2
        return SPARK_HEIGHT - 2 - (size - least) / span * (SPARK_HEIGHT - 4)

    return " ".join(f"{place * step:.1f},{height(size):.1f}" for place, size in enumerate(history))


def chips(query: Query, archived: int) -> list[Option]:
    return [
        Option(str(label), query.url(show=name), name == query.show)
        for name, label in SHOWS.items()
        if name != "archived" or archived or query.show == name
    ]


def columns(query: Query) -> list[Column]:
    def column(label: str, sort: str = "", *, numeric: bool = False) -> Column:
        url = query.url(sort=sort) if sort else ""
        if not sort or sort != query.sort:
            return Column(label, sort, numeric, url)
        return Column(label, sort, numeric, url, "descending" if SORTS[sort][1] else "ascending")

    return [
        column(_("Segment"), "name"),
        column(_("Members"), "size", numeric=True),
        column(_("30 days"), "change", numeric=True),
        column(_("Mode")),
        column(_("Owner")),
        column(_("Changed"), "changed"),
    ]
