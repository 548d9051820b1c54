"""Birthdays: solar or lunar, with or without a year. Pure."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from borax.calendars.lunardate import LunarDate

_WRITTEN = re.compile(r"(?:(\d{4})|-)-(\d\d)-(\d\d)")
EARLIEST_YEAR = 1900
LEAP_YEAR = 2000
LUNAR_MONTH_DAYS = 30


@lru_cache(maxsize=65536)
def is_birthday(text: str, calendar: str) -> bool:
    """Whether `text` ("1990-05-01", "--05-01") can be a birthday in its calendar ("solar", "lunar")."""
    written = _WRITTEN.fullmatch(text)
    if not written:
        return False
    year, month, day = int(written[1] or 0), int(written[2]), int(written[3])
    if written[1] and year < EARLIEST_YEAR:
        return False
    if calendar == "lunar":
        return 1 <= month <= 12 and 1 <= day <= LUNAR_MONTH_DAYS
    try:
        date(year or LEAP_YEAR, month, day)
    except ValueError:
        return False
    return True


def next_birthday(text: str, calendar: str, today: date) -> date | None:
    """The solar date of the next birthday from `today` on, or None where `text` is no birthday. A day that a
    year lacks (29 February, the 30th of a short lunar month) is kept on the day before."""
    if not is_birthday(text, calendar):
        return None
    month, day = int(text[-5:-3]), int(text[-2:])
    if calendar == "lunar":
        this_year = LunarDate.from_solar(today).year
        candidates = [_lunar(year, month, day) for year in (this_year, this_year + 1, this_year + 2)]
    else:
        candidates = [_solar(year, month, day) for year in (today.year, today.year + 1)]
    return min(candidate for candidate in candidates if candidate >= today)


def solar_birthday(text: str, calendar: str) -> date | None:
    """The solar date of birth, or None where `text` has no year or is no birthday."""
    if not is_birthday(text, calendar) or text.startswith("-"):
        return None
    year, month, day = int(text[:4]), int(text[5:7]), int(text[8:10])
    return _lunar(year, month, day) if calendar == "lunar" else _solar(year, month, day)


def _solar(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month, day - 1)


def _lunar(year: int, month: int, day: int) -> date:
    try:
        solar = LunarDate(year, month, day).to_solar_date()
    except ValueError:
        solar = LunarDate(year, month, day - 1).to_solar_date()
    return date(solar.year, solar.month, solar.day)
