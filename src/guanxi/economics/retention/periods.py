"""Weeks, months and quarters as whole numbers, as `metrics.cohort_cells` counts them. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

EPOCH: Final = date(1970, 1, 1)
PERIODS: Final = ("week", "month", "quarter")
_MONTHS: Final = {"month": 1, "quarter": 3}


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def date_of(day: int) -> date:
    """The inverse of `day_number`."""
    return EPOCH + timedelta(days=day)


def period_at(per: str, day: int) -> int:
    """The period in which a day lies, by the day's number."""
    if per == "week":
        return (day + 3) // 7
    found = date_of(day)
    return (found.year * 12 + found.month - 1) // _MONTHS[per]


def first_day(per: str, period: int) -> int:
    """The number of the period's first day."""
    if per == "week":
        return period * 7 - 3
    month = period * _MONTHS[per]
    return day_number(date(month // 12, month % 12 + 1, 1))


def label(per: str, period: int) -> str:
    """2026-11, 2026-Q4 or the ISO week 2026-W48."""
    if per == "week":
        year, week, _ = date_of(first_day(per, period)).isocalendar()
        return f"{year:04d}-W{week:02d}"
    if per == "quarter":
        return f"{period // 4:04d}-Q{period % 4 + 1}"
    return f"{period // 12:04d}-{period % 12 + 1:02d}"


def observed(per: str, period: int, until: int) -> float:
    """The part of the period's days that lie at or before a day, in 0..1."""
    start, after = first_day(per, period), first_day(per, period + 1)
    return min(1.0, max(0.0, (until + 1 - start) / (after - start)))
