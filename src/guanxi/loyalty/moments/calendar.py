"""Which days come again on a day. Pure; docs/guide/moments.md says the rules."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from borax.calendars.lunardate import LunarDate

from guanxi.kernel.clock import to_ms

MOST_YEARS: Final = 60
APART_DAYS: Final = 330  # two moments of a kind of one customer: lunar years have 353 days at the least
LATE_DAYS: Final = 3  # older days are history: nothing is sent
MOST_CAUGHT_UP: Final = 366


def birthday_codes(day: date) -> dict[str, list[int]]:
    """calendar → the codes (month × 100 + day) whose birthday is celebrated on `day`."""
    return {"solar": month_days(day), "lunar": _lunar_codes(day)}


def _lunar_codes(day: date) -> list[int]:
    """Those of the day; on the 29th of a month that ends with it, of the 30th too. None in a leap month."""
    lunar = LunarDate.from_solar(day)
    if lunar.leap:
        return []
    code = int(lunar.month) * 100 + int(lunar.day)
    ends = lunar.day == 29 and LunarDate.from_solar(day + timedelta(days=1)).day == 1
    return [code, code + 1] if ends else [code]


def month_days(day: date) -> list[int]:
    """The solar codes that have their anniversary on `day`: 29 February is kept on the 28th where the year
    has none."""
    code = day.month * 100 + day.day
    return [code, 229] if code == 228 and not calendar.isleap(day.year) else [code]


def years_since(since: date, day: date) -> int | None:
    """How many whole years `day` is after `since`, where it is such a day; None where not, or on the day
    itself."""
    years = day.year - since.year
    return years if years > 0 and since.month * 100 + since.day in month_days(day) else None


def spans_before(day: date, zone: ZoneInfo) -> list[tuple[int, int]]:
    """The days [from, until), in milliseconds, whose anniversary `day` is, for up to 60 years."""
    found = []
    for years in range(1, MOST_YEARS + 1):
        for code in month_days(day):
            year = day.year - years
            if code == 229 and not calendar.isleap(year):
                continue
            then = date(year, code // 100, code % 100)
            found.append((midnight_ms(then, zone), midnight_ms(then + timedelta(days=1), zone)))
    return found


def midnight_ms(day: date, zone: ZoneInfo) -> int:
    return to_ms(datetime(day.year, day.month, day.day), zone)
