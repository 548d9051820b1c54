"""When children are no longer under 14 (`consent.rules.grown_ms`), in whole numbers that every engine can do.

Days are counted from 1 March 1900, and years from March on: then the day that some years have more is their
last one, and four years are always 1,461 days, until 2100.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from borax.calendars.lunardate import LunarDate

from guanxi.customers.consent.rules import GUARDED_YEARS
from guanxi.kernel.clock import DAY_MS, HOUR_MS

FIRST_YEAR: Final = 1955  # those born earlier were 14 before 1970, when no statement can be from
LAST_YEAR: Final = 2085
_FOUR_YEARS: Final = 1_461
_LAST_DAY: Final = 364  # of a March year that has no 29 February
_TO_1970: Final = 25_508  # days from 1 March 1900
_DIGITS: Final = 6
_MONTHS: Final = 12
_SHANGHAI_MS: Final = 8 * HOUR_MS
NEVER: Final = (1 << 62) - 1


def grown_ms(customers: Any, last_year: int) -> Any:
    """For rows with birth_year, birth_month_day and birth_calendar the moment from which a customer speaks
    alone; NULL without a year of birth. Of years after `last_year` nobody is grown up yet."""
    import ibis  # noqa: PLC0415 - half a second that only questions to the lake need

    last = max(FIRST_YEAR, min(last_year, LAST_YEAR))
    year, code = customers.birth_year.cast("int64"), customers.birth_month_day.cast("int64")
    inside = year.clip(FIRST_YEAR, last)
    born = ibis.ifelse(customers.birth_calendar == "lunar", _lunar(inside, code, last), _solar(inside, code))
    since_march, day_of_year = _march_year(born)
    grown = (since_march + GUARDED_YEARS) * _FOUR_YEARS // 4 + ibis.least(day_of_year, _LAST_DAY) + 1
    at_ms = (grown - _TO_1970) * DAY_MS - _SHANGHAI_MS
    known = year.notnull() & code.notnull()
    return ibis.cases(
        (~known, ibis.null("int64")),
        (year < FIRST_YEAR, ibis.literal(0, "int64")),
        (year > last, ibis.literal(NEVER, "int64")),
        else_=at_ms.cast("int64"),
    )


def _solar(year: Any, code: Any) -> Any:
    import ibis  # noqa: PLC0415 - half a second that only questions to the lake need

    month, day = code // 100, code % 100
    from_march = (month + 9) % _MONTHS
    since = year - 1900 - ibis.ifelse(month <= 2, 1, 0)
    return since * _FOUR_YEARS // 4 + (153 * from_march + 2) // 5 + day - 1


def _lunar(year: Any, code: Any, last_year: int) -> Any:
    """Looked up: the months' first days stand one after the other in a text."""
    import ibis  # noqa: PLC0415 - half a second that only questions to the lake need

    month, day = code // 100, code % 100
    place = ((year - FIRST_YEAR) * _MONTHS + month - 1) * _DIGITS
    found = ibis.literal(lunar_months(last_year)).substr(place, _DIGITS).cast("int64")
    return found // 2 + ibis.least(day, 29 + found % 2) - 1


def _march_year(days: Any) -> tuple[Any, Any]:
    """The year and the day in it, from 0."""
    year = (4 * days + 3) // _FOUR_YEARS
    return year, days - year * _FOUR_YEARS // 4


@lru_cache(maxsize=4)
def lunar_months(last_year: int) -> str:
    """Six digits for each plain month from `FIRST_YEAR` on: twice its first day, and one more where it has
    30 days."""
    origin = LunarDate.from_solar_date(1900, 3, 1)
    found = []
    for year in range(FIRST_YEAR, last_year + 1):
        for month in range(1, _MONTHS + 1):
            first = LunarDate(year, month, 1)
            is_long = _exists(year, month, 30)
            found.append(f"{(first - origin).days * 2 + is_long:0{_DIGITS}d}")
    return "".join(found)


def _exists(year: int, month: int, day: int) -> bool:
    try:
        LunarDate(year, month, day)
    except ValueError:
        return False
    return True
