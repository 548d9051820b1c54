"""The log read in the order it was written, page by page: for the API and for whoever keeps up with it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django.db.models import Min, QuerySet

from guanxi.touchpoints.models import Source, Touchpoint

# A page looks at no more rows than this, whatever it filters: a rare kind costs pages, never a long query.
SPAN: Final = 50_000


class FeedRow(NamedTuple):
    """One fact as stored; `payload` is JSON text or ""."""

    id: int
    source: str
    source_ref: str
    kind: str
    channel: str
    subject_id: int | None
    occurred_ms: int
    recorded_ms: int
    amount_fen: int | None
    quantity: int | None
    payload: str


@dataclass(frozen=True, slots=True)
class Filter:
    """Every condition must hold; None asks for nothing. Times are UTC milliseconds of occurrence, from
    `since_ms` until before `until_ms`."""

    kinds: Collection[str] = ()
    source: str | None = None
    subject_ids: Collection[int] | None = None
    since_ms: int | None = None
    until_ms: int | None = None


class Page(NamedTuple):
    """`last_id` is how far the page reaches; `more` says that the log went further when it was read. A
    page may be empty and have more behind it."""

    rows: list[FeedRow]
    last_id: int
    more: bool


def page(brand_id: int, wanted: Filter, *, after_id: int, limit: int) -> Page:
    """Up to `limit` facts of the brand with an id above `after_id`, oldest id first. New facts always get
    a higher id, so following the pages never misses one."""
    sources = dict(Source.objects.filter(brand_id=brand_id).values_list("pk", "name"))
    found = _filtered(brand_id, wanted, sources)
    if found is None:
        return Page([], after_id, False)
    first_id = _next_id(after_id)
    if first_id is None:
        return Page([], after_id, False)
    last_id = first_id + SPAN - 1
    if wanted.subject_ids is None:
        found = found.filter(pk__lte=last_id)
    rows = list(
        found.filter(pk__gt=after_id)
        .order_by("pk")
        .values_list(
            "pk",
            "source_id",
            "source_ref",
            "kind",
            "channel",
            "subject_id",
            "occurred_ms",
            "recorded_ms",
            "amount_fen",
            "quantity",
            "payload",
        )[: limit + 1]
    )
    more = len(rows) > limit
    shown = [FeedRow(row[0], sources[row[1]], *row[2:]) for row in rows[:limit]]
    if more:
        return Page(shown, shown[-1].id, True)
    if wanted.subject_ids is None and _next_id(last_id) is not None:
        return Page(shown, last_id, True)
    return Page(shown, shown[-1].id if shown else after_id, False)


def subject_of(brand_id: int, source: str, source_ref: str) -> int | None:
    """The subject of the fact with that reference; None where there is no such fact, or it is anonymous."""
    return (
        Touchpoint.objects.filter(
            source_id__in=Source.objects.filter(brand_id=brand_id, name=source).values("pk"),
            source_ref=source_ref,
        )
        .values_list("subject_id", flat=True)
        .first()
    )


def _filtered(brand_id: int, wanted: Filter, sources: dict[int, str]) -> QuerySet[Touchpoint] | None:
    found = Touchpoint.objects.filter(brand_id=brand_id)
    conditions: dict[str, Any] = {}
    if wanted.source is not None:
        named = [pk for pk, name in sources.items() if name == wanted.source]
        if not named:
            return None
        conditions["source_id__in"] = named
    if wanted.kinds:
        conditions["kind__in"] = _sorted(wanted.kinds)
    if wanted.subject_ids is not None:
        conditions["subject_id__in"] = _sorted(wanted.subject_ids)
    if wanted.since_ms is not None:
        conditions["occurred_ms__gte"] = wanted.since_ms
    if wanted.until_ms is not None:
        conditions["occurred_ms__lt"] = wanted.until_ms
    return found.filter(**conditions)


def _sorted(values: Collection[Any]) -> Sequence[Any]:
    return sorted(set(values))


def _next_id(after_id: int) -> int | None:
    """The first id above `after_id`, of any brand: gaps are stepped over at once."""
    first: int | None = Touchpoint.objects.filter(pk__gt=after_id).aggregate(first=Min("pk"))["first"]
    return first
