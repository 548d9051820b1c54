"""What comes in the next days, and which rules answer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from guanxi.customers import yearly
from guanxi.customers.conditions.days import CALENDARS, upcoming
from guanxi.customers.lookup import roots_of_many
from guanxi.kernel.clock import to_datetime
from guanxi.loyalty.moments import members
from guanxi.loyalty.moments.calendar import month_days, spans_before
from guanxi.loyalty.moments.models import Joining
from guanxi.loyalty.moments.services import today_of
from guanxi.loyalty.rules import queries as rules
from guanxi.loyalty.rules.contracts import State
from guanxi.platform.models import Brand

DAYS: Final = 30
MOST_LOOKED_AT: Final = 20_000


class ComingDay(NamedTuple):
    """A local day: how many have their birthday on it, of them by the lunar calendar, and how many an
    anniversary."""

    day: date
    birthdays: int
    lunar: int
    anniversaries: int


class Coming(NamedTuple):
    """`complete` is False where so many have an anniversary that not all were counted."""

    days: list[ComingDay]
    complete: bool


class Answer(NamedTuple):
    """A rule that answers a kind of moment."""

    id: int
    name: str
    state: str
    kind: str


def coming(brand: Brand, days: int = DAYS) -> Coming:
    """From today on."""
    first = today_of(brand)
    born = {first + timedelta(days=number): [0, 0] for number in range(days)}
    counts = yearly.birthday_counts(brand.pk)
    for calendar in CALENDARS:
        for code, day in upcoming(first, calendar).items():
            many = counts.get((calendar, code), 0)
            if many and day in born:
                born[day][0] += many
                born[day][1] += many if calendar == "lunar" else 0
    kept, complete = _anniversaries(brand, list(born))
    return Coming([ComingDay(day, many, lunar, kept[day]) for day, (many, lunar) in born.items()], complete)


def _anniversaries(brand: Brand, days: list[date]) -> tuple[dict[date, int], bool]:
    """Of customers who first bought or joined on one of these days of an earlier year."""
    zone, found = ZoneInfo(brand.timezone), dict.fromkeys(days, 0)
    spans = _joined_up([span for day in days for span in spans_before(day, zone)])
    bought = yearly.first_bought_within(brand.pk, spans, limit=MOST_LOOKED_AT)
    kept_on = {code: day for day in days for code in month_days(day)}
    rows = Joining.objects.filter(brand_id=brand.pk, month_day__in=list(kept_on)).order_by("pk")
    joined = list(rows.values_list("subject_id", flat=True)[:MOST_LOOKED_AT])
    roots = roots_of_many(brand.pk, joined) if joined else {}
    for at_ms in members.since(brand.pk, {*bought, *roots.values()}).values():
        began = to_datetime(at_ms, zone).date()
        day = kept_on.get(began.month * 100 + began.day)
        if day is not None and began.year < day.year:
            found[day] += 1
    return found, max(len(bought), len(joined)) < MOST_LOOKED_AT


def _joined_up(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Days that follow each other, as one."""
    found: list[tuple[int, int]] = []
    for from_ms, until_ms in sorted(spans):
        if found and from_ms <= found[-1][1]:
            found[-1] = (found[-1][0], max(until_ms, found[-1][1]))
        else:
            found.append((from_ms, until_ms))
    return found


def answers(brand: Brand, kinds: tuple[str, ...]) -> list[Answer]:
    """Rules on these kinds that are not archived, in the order in which they are asked."""
    live = [State.ACTIVE, State.PAUSED, State.DRAFT]
    return [
        Answer(row.id, row.name, row.state, kind)
        for row in rules.rules(brand.pk, live)
        for kind in kinds
        if kind in row.definition.get("on", ())
    ]
