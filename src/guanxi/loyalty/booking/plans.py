"""Plans of slots: lines of text to times and seats, and what a day has. Pure; docs/guide/booking.md."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say

MOST_LINES: Final = 200
MOST_SEATS: Final = 10_000
MOST_A_DAY: Final = 200
DAY_MINUTES: Final = 24 * 60
_LINE: Final = re.compile(
    r"(?:(?P<first>[1-7])(?:-(?P<last>[1-7]))?|(?P<day>\d{4}-\d\d-\d\d))\s+"
    r"(?:(?P<closed>closed|休息?)|(?P<from>\d\d?:\d\d)(?:-(?P<until>\d\d?:\d\d))?\s+(?P<seats>\d{1,5}))",
    re.ASCII,
)


class Line(NamedTuple):
    """`weekdays` (0 is Monday) or one `day`; times in minutes from midnight, `until` None for one slot alone;
    `seats` 0 is closed."""

    weekdays: tuple[int, ...]
    day: date | None
    start: int
    until: int | None
    seats: int


class Time(NamedTuple):
    """A slot of a day."""

    starts_ms: int
    ends_ms: int
    local: str
    seats: int


def sections(text: str) -> dict[str, str]:
    """Plans of several stores in one text: a line "@HZ1" begins that of a store, what stands before is at
    home or online. Store → lines."""
    found: dict[str, list[str]] = {"": []}
    store = ""
    for row in text.splitlines():
        if row.strip().startswith("@"):
            store = row.strip()[1:].strip()
            found.setdefault(store, [])
        elif row.strip():
            found[store].append(row.strip())
    return {name: "\n".join(rows) for name, rows in found.items() if rows}


def joined(plan: Mapping[str, str]) -> str:
    """The inverse."""
    parts = [f"@{store}\n{lines}" if store else lines for store, lines in sorted(plan.items())]
    return "\n".join(parts)


def parse(text: str, minutes: int) -> list[Line]:
    """Raises Invalid naming the line, with `field`."""
    rows = [(number, row.strip()) for number, row in enumerate(text.splitlines(), 1) if row.strip()]
    if len(rows) > MOST_LINES:
        raise Invalid(say("A plan has at most %(most)s lines.", most=MOST_LINES), field="plan")
    lines = [_line(number, row) for number, row in rows]
    for (number, _row), line in zip(rows, lines, strict=True):
        if line.until is not None and line.start + minutes > line.until:
            raise _bad(number, say("the service takes longer than that"))
        if line.until is None and line.start + minutes > DAY_MINUTES * 2:
            raise _bad(number, say("the service takes longer than that"))
    return lines


def _line(number: int, row: str) -> Line:
    found = _LINE.fullmatch(row)
    if found is None:
        raise _bad(number, say("it is not like “1-5 10:00-18:00 2” or “2026-12-25 closed”"))
    weekdays: tuple[int, ...] = ()
    day = None
    if found["day"]:
        try:
            day = date.fromisoformat(found["day"])
        except ValueError:
            raise _bad(number, say("there is no such day")) from None
    else:
        first = int(found["first"])
        last = int(found["last"] or first)
        if last < first:
            raise _bad(number, say("the last day is before the first"))
        weekdays = tuple(range(first - 1, last))
    if found["closed"]:
        if day is None:
            raise _bad(number, say("weekdays without a line are closed already"))
        return Line(weekdays, day, 0, None, 0)
    start, until = _minutes(number, found["from"]), None
    if found["until"]:
        until = _minutes(number, found["until"], most=DAY_MINUTES)
    seats = int(found["seats"])
    if not 1 <= seats <= MOST_SEATS:
        raise _bad(number, say("seats are from 1 to %(most)s", most=MOST_SEATS))
    return Line(weekdays, day, start, until, seats)


def _minutes(number: int, text: str, most: int = DAY_MINUTES - 1) -> int:
    hours, minutes = (int(part) for part in text.split(":"))
    if minutes > 59 or hours * 60 + minutes > most:
        raise _bad(number, say("there is no such time"))
    return hours * 60 + minutes


def _bad(number: int, what: str) -> Invalid:
    return Invalid(say("Line %(number)s: %(what)s.", number=number, what=what), field="plan")


def times(lines: list[Line], day: date, minutes: int, zone: ZoneInfo) -> list[Time]:
    """The slots of a local day, by time; lines of that very day stand in place of the weekly ones."""
    own = [line for line in lines if line.day == day]
    found: dict[int, int] = {}
    for line in own or [line for line in lines if day.weekday() in line.weekdays]:
        for start in _starts(line, minutes):
            found[start] = min(found.get(start, 0) + line.seats, MOST_SEATS)
    slots: list[Time] = []
    for start in sorted(found)[:MOST_A_DAY]:
        starts_ms = _moment(day, start, zone)
        if starts_ms is not None:
            local = f"{day.isoformat()} {start // 60:02d}:{start % 60:02d}"
            slots.append(Time(starts_ms, starts_ms + minutes * 60_000, local, found[start]))
    return slots


def _starts(line: Line, minutes: int) -> Iterator[int]:
    if not line.seats:
        return
    yield line.start
    if line.until is not None:
        yield from range(line.start + minutes, line.until - minutes + 1, minutes)


def _moment(day: date, minute: int, zone: ZoneInfo) -> int | None:
    """The first moment at which clocks show it; None where they never do that day."""
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
    aware = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if aware.astimezone(zone).replace(tzinfo=None) != wall:
        return None
    return round(aware.timestamp() * 1000)
