"""Reading the audit log of a brand: filtered, newest first, by cursor; each filter alone goes by an index."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Q

from guanxi.platform.models import ApiKey, AuditEntry, Membership, User

MOST_ROWS: Final = 1_000
_EXPORTED_AT_ONCE: Final = 1_000
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Place(NamedTuple):
    """Where a page ended: the entry's time and id."""

    at_ms: int
    id: int


@dataclass(frozen=True, slots=True)
class Filter:
    """Nothing set: everything. `until_ms` is exclusive; times are UTC milliseconds."""

    actor: str = ""
    action: str = ""
    object_kind: str = ""
    object_id: str = ""
    from_ms: int | None = None
    until_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    id: int
    at_ms: int
    actor: str
    action: str
    object_kind: str
    object_id: str
    detail: dict[str, object]


def page(
    brand_id: int, wanted: Filter, *, after: Place | None = None, limit: int = 50
) -> tuple[list[Entry], Place | None]:
    """One page, newest first, and where the next one begins (None on the last). One query."""
    limit = max(1, min(limit, MOST_ROWS))
    rows = AuditEntry.objects.filter(brand_id=brand_id)
    exact = {
        name: value
        for name in ("actor", "action", "object_kind", "object_id")
        if (value := getattr(wanted, name))
    }
    rows = rows.filter(**exact)
    if wanted.from_ms is not None:
        rows = rows.filter(at_ms__gte=wanted.from_ms)
    if wanted.until_ms is not None:
        rows = rows.filter(at_ms__lt=wanted.until_ms)
    if after is not None:  # written so that both databases seek in the index
        rows = rows.filter(at_ms__lte=after.at_ms).filter(Q(at_ms__lt=after.at_ms) | Q(id__lt=after.id))
    found = [_entry(row) for row in rows.order_by("-at_ms", "-id")[: limit + 1]]
    if len(found) <= limit:
        return found, None
    return found[:limit], Place(found[limit - 1].at_ms, found[limit - 1].id)


def place_of(brand_id: int, entry_id: int) -> Place | None:
    """Where an entry stands, for a cursor that names it."""
    at_ms = AuditEntry.objects.filter(brand_id=brand_id, pk=entry_id).values_list("at_ms", flat=True).first()
    return None if at_ms is None else Place(at_ms, entry_id)


def every(brand_id: int, wanted: Filter) -> Iterator[Entry]:
    """All entries that the filter lets through, newest first, a page at a time."""
    after: Place | None = None
    while True:
        rows, after = page(brand_id, wanted, after=after, limit=_EXPORTED_AT_ONCE)
        yield from rows
        if after is None:
            return


def of_days(wanted: Filter, first: str, last: str, zone: str) -> Filter:
    """The filter for local days, both included, as 2026-11-21; what is no day is as if it were absent."""
    since, until = day_of(first), day_of(last)
    return replace(
        wanted,
        from_ms=_begins(since, zone) if since else None,
        until_ms=_begins(until + timedelta(days=1), zone) if until else None,
    )


def day_of(text: str) -> date | None:
    """A day of this calendar's plausible years, or None."""
    try:
        found = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
    return found if found and 1970 <= found.year <= 9000 else None


def who(actors: Iterable[str]) -> dict[str, str]:
    """What actors are called: people by name, keys by theirs. Two queries at most."""
    wanted = set(actors)
    people = User.objects.filter(pk__in=_numbers(wanted, "user"))
    keys = ApiKey.objects.filter(pk__in=_numbers(wanted, "key"))
    names = {f"user:{user.pk}": str(user) for user in people}
    names |= {f"key:{key.pk}": key.name for key in keys}
    return {actor: names.get(actor, actor) for actor in wanted}


def actors_of(brand_id: int) -> list[tuple[str, str]]:
    """Who can have acted for a brand, for a list to choose from: its people and its keys, then the rest."""
    members = Membership.objects.filter(brand_id=brand_id).select_related("user").order_by("user__username")
    keys = ApiKey.objects.filter(brand_id=brand_id).order_by("name", "pk")[:200]
    return [
        *((f"user:{member.user_id}", str(member.user)) for member in members[:500]),
        *((f"key:{key.pk}", f"{key.name} ({key.prefix}…)") for key in keys),
    ]


def _numbers(actors: set[str], kind: str) -> list[int]:
    found = (actor.partition(":") for actor in actors)
    return [int(number) for name, _colon, number in found if name == kind and number.isdecimal()]


def _begins(day: date, zone: str) -> int:
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    return int(midnight.timestamp() * 1000)


def _entry(row: AuditEntry) -> Entry:
    return Entry(row.pk, row.at_ms, row.actor, row.action, row.object_kind, row.object_id, row.detail)
