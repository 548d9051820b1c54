"""Birthdays and ages by arithmetic on month and day, so that no engine needs a calendar. Pure.

A code is month × 100 + day on the birthday's own calendar. Which codes mean a birthday soon, this month or a
year older is worked out here, for one local day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

from borax.calendars.lunardate import LunarDate

from guanxi.customers.birthdays import LEAP_YEAR, LUNAR_MONTH_DAYS, is_birthday, next_birthday

CALENDARS = ("solar", "lunar")


@lru_cache(maxsize=256)
def upcoming(today: date, calendar: str) -> dict[int, date]:
    """For every code of the calendar the next birthday from `today` on."""
    found = {}
    for code in _codes(calendar):
        day = next_birthday(f"--{code // 100:02d}-{code % 100:02d}", calendar, today)
        assert day is not None
        found[code] = day
    return found


def _codes(calendar: str) -> Iterator[int]:
    if calendar == "lunar":
        yield from (month * 100 + day for month in range(1, 13) for day in range(1, LUNAR_MONTH_DAYS + 1))
        return
    day = date(LEAP_YEAR, 1, 1)
    while day.year == LEAP_YEAR:
        yield day.month * 100 + day.day
        day += timedelta(days=1)


def code_of(text: str, calendar: str) -> int | None:
    """The code of a birthday as customers have it ("1990-05-01", "--05-01"); None where it is none."""
    if not text or not is_birthday(text, calendar):
        return None
    return int(text[-5:-3]) * 100 + int(text[-2:])


def year_of(text: str) -> int | None:
    return int(text[:4]) if text[:4].isdecimal() else None


def codes_within(today: date, days: int, calendar: str) -> list[int]:
    """The codes whose next birthday is at most `days` days from today."""
    last = today + timedelta(days=days)
    return [code for code, day in upcoming(today, calendar).items() if day <= last]


def codes_of_month(year: int, month: int, calendar: str) -> list[int]:
    """The codes that are celebrated in a solar month of a year."""
    first = date(year, month, 1)
    following = (first + timedelta(days=32)).replace(day=1)
    return [code for code, day in upcoming(first, calendar).items() if day < following]


def today_number(today: date, calendar: str) -> int:
    """year × 10,000 + code of today, such that who was born on a number not above it, n years before, is at
    least n years old. A day that the year lacks is kept on the day before, a leap month adds nothing."""
    if calendar == "solar":
        is_last = (today.month, today.day) == (2, 28) and (today + timedelta(days=1)).day == 1
        return today.year * 10_000 + (229 if is_last else today.month * 100 + today.day)
    lunar = LunarDate.from_solar(today)
    following = LunarDate.from_solar(today + timedelta(days=1))
    day = LUNAR_MONTH_DAYS if lunar.leap or following.day == 1 else lunar.day
    return int(lunar.year) * 10_000 + int(lunar.month) * 100 + int(day)


def birthday_changes(today: date, days: int, calendar: str) -> dict[int, date]:
    """For each code the next day on which "at most `days` days until the birthday" changes."""
    found = {}
    for code, day in upcoming(today, calendar).items():
        is_near = (day - today).days <= days
        found[code] = day + timedelta(days=1) if is_near else day - timedelta(days=days)
    return found


def age_changes(today: date, calendar: str) -> dict[int, date]:
    """For each code the next day on which the age changes."""
    return upcoming(today + timedelta(days=1), calendar)


def rounded_down(changes: dict[int, date], today: date) -> dict[date, list[int]]:
    """Codes by a day on or before the one they change on: each day of the next week, then weeks, and no later
    than five weeks from now. So the lake tells a dozen groups apart instead of hundreds."""
    groups: dict[date, list[int]] = {}
    for code, day in changes.items():
        ahead = (day - today).days
        kept = ahead if ahead <= 7 else min(ahead // 7 * 7, 35)
        groups.setdefault(today + timedelta(days=kept), []).append(code)
    return groups
