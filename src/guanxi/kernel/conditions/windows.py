"""Spans of time. They are resolved here, at a moment, to UTC milliseconds: no engine ever computes a zone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from guanxi.kernel.clock import DAY_MS, to_datetime, to_ms
from guanxi.kernel.conditions.features import Moment

BEGINNING_MS = -(1 << 63)  # no lower bound


class Calendar(StrEnum):
    TODAY = "today"
    YESTERDAY = "yesterday"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    THIS_YEAR = "this_year"
    LAST_YEAR = "last_year"


class Side(StrEnum):
    """Which part of time a window means: what is in it, or what came before or after that."""

    INSIDE = "inside"
    BEFORE = "before"
    AFTER = "after"


class Bounds(NamedTuple):
    """after_ms < t ≤ until_ms."""

    after_ms: int
    until_ms: int

    def hold(self, at_ms: int) -> bool:
        return self.after_ms < at_ms <= self.until_ms


@dataclass(frozen=True, slots=True)
class Window:
    """The last `days`, days from `since` to `until` (both included, either may be missing), a part of the
    calendar, or, with none of these, ever; or what lies on one side of that. Nothing after the moment is ever
    inside."""

    days: int | None = None
    since: date | None = None
    until: date | None = None
    calendar: Calendar | None = None
    side: Side = Side.INSIDE

    def bounds(self, moment: Moment) -> Bounds:
        inside = self._inside(moment)
        if self.side is Side.BEFORE:
            return Bounds(BEGINNING_MS, inside.after_ms)
        return Bounds(inside.until_ms, moment.as_of_ms) if self.side is Side.AFTER else inside

    def _inside(self, moment: Moment) -> Bounds:
        now_ms = moment.as_of_ms
        if self.days is not None:
            return Bounds(now_ms - self.days * DAY_MS, now_ms)
        first, last = self._days(moment)
        after_ms = BEGINNING_MS if first is None else midnight_ms(first, moment.zone) - 1
        until_ms = now_ms if last is None else midnight_ms(last + timedelta(days=1), moment.zone) - 1
        return Bounds(after_ms, min(until_ms, now_ms))

    def _days(self, moment: Moment) -> tuple[date | None, date | None]:
        """The first and the last local day."""
        if self.calendar is None:
            return self.since, self.until
        today = local_date(moment)
        month, year = today.replace(day=1), today.replace(month=1, day=1)
        yesterday, last_month = today - timedelta(days=1), month - timedelta(days=1)
        spans: dict[Calendar, tuple[date, date | None]] = {
            Calendar.TODAY: (today, None),
            Calendar.YESTERDAY: (yesterday, yesterday),
            Calendar.THIS_MONTH: (month, None),
            Calendar.LAST_MONTH: (last_month.replace(day=1), last_month),
            Calendar.THIS_YEAR: (year, None),
            Calendar.LAST_YEAR: (year.replace(year=year.year - 1), year - timedelta(days=1)),
        }
        return spans[self.calendar]

    def moves_ms(self, moment: Moment) -> int | None:
        """When the bounds of a calendar window move next; None where they do not, or with every instant."""
        if self.calendar is None:
            return None
        today = local_date(moment)
        if self.calendar in {Calendar.TODAY, Calendar.YESTERDAY}:
            return midnight_ms(today + timedelta(days=1), moment.zone)
        if self.calendar in {Calendar.THIS_MONTH, Calendar.LAST_MONTH}:
            following = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
            return midnight_ms(following, moment.zone)
        return midnight_ms(date(today.year + 1, 1, 1), moment.zone)

    @property
    def rolling_ms(self) -> int | None:
        """How old a fact is when it passes a bound that moves with time."""
        return None if self.days is None else self.days * DAY_MS

    def before(self) -> Window | None:
        """What lies before it; None where nothing can."""
        if self.side is Side.BEFORE or (self.days is None and self.since is None and self.calendar is None):
            return None
        return replace(self, side=Side.BEFORE)

    def after(self) -> Window | None:
        """What lies after it until the moment; None where nothing can."""
        if self.side is Side.BEFORE:
            return replace(self, side=Side.INSIDE)
        past = {Calendar.YESTERDAY, Calendar.LAST_MONTH, Calendar.LAST_YEAR}
        if self.until is None and self.calendar not in past:
            return None
        return replace(self, side=Side.AFTER)


EVER = Window()


def local_date(moment: Moment) -> date:
    return to_datetime(moment.as_of_ms, moment.zone).date()


def midnight_ms(day: date, zone: ZoneInfo) -> int:
    """When a local day begins."""
    return to_ms(datetime.combine(day, time()), zone)


def next_midnight_ms(moment: Moment) -> int:
    return midnight_ms(local_date(moment) + timedelta(days=1), moment.zone)
