"""Days, weeks, months and years of a brand's calendar, numbered. Pure."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from guanxi.kernel.clock import DAY_MS, HOUR_MS, to_datetime, to_ms
from guanxi.loyalty.rules.contracts import Period

_EPOCH: Final = date(1970, 1, 1).toordinal()


class Local:
    """Local days and hours in one zone. Zones change their offset at full quarters of an hour, so whatever is
    asked of a quarter is computed once."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self._known: dict[int, tuple[date, int]] = {}

    def __call__(self, at_ms: int) -> tuple[date, int]:
        """The local day and hour."""
        quarter = at_ms // (HOUR_MS // 4)
        found = self._known.get(quarter)
        if found is None:
            if len(self._known) > 100_000:
                self._known.clear()
            local = to_datetime(quarter * (HOUR_MS // 4), self.zone)
            found = self._known[quarter] = (local.date(), local.hour)
        return found

    def midnight_ms(self, day: date) -> int:
        return _midnight_ms(day, self.zone)


@lru_cache(maxsize=20_000)
def _midnight_ms(day: date, zone: ZoneInfo) -> int:
    return to_ms(datetime.combine(day, time()), zone)


def number(day: date, period: Period) -> int:
    """The period that a local day lies in, as a number that no other has."""
    if period is Period.DAY:
        return day.toordinal() - _EPOCH
    if period is Period.WEEK:
        return (day.toordinal() - _EPOCH + 3) // 7  # 1970-01-01 was a Thursday
    if period is Period.MONTH:
        return day.year * 12 + day.month - 1
    return day.year if period is Period.YEAR else 0


def end_ms(local: Local, at_ms: int, period: Period, later: int) -> int:
    """When the local month or year ends that comes `later` months or years after the present one."""
    day, _hour = local(at_ms)
    if period is Period.YEAR:
        return local.midnight_ms(date(day.year + later + 1, 1, 1))
    months = day.year * 12 + day.month + later
    return local.midnight_ms(date(months // 12, months % 12 + 1, 1))


def days_later_ms(at_ms: int, days: int) -> int:
    return at_ms + days * DAY_MS


def day_after(day: date) -> date:
    return day + timedelta(days=1)
