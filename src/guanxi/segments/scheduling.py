"""When a scheduled segment is computed next. Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from guanxi.kernel.clock import to_datetime, to_ms
from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say


def next_ms(hour: int | None, weekday: int | None, after_ms: int, timezone: str) -> int:
    """The first moment after `after_ms` at which it is `hour` o'clock in the zone, on `weekday` (0 Monday) or
    on any day. Raises Invalid for what is no hour or no weekday."""
    if hour is None or not 0 <= hour <= 23:
        raise Invalid(say("A scheduled segment needs an hour of the day, from 0 to 23."), field="hour")
    if weekday is not None and not 0 <= weekday <= 6:
        raise Invalid(say("A weekday is a number from 0, Monday, to 6."), field="weekday")
    zone = ZoneInfo(timezone)
    day = to_datetime(after_ms, zone).date()
    for ahead in range(9):
        candidate = day + timedelta(days=ahead)
        moment_ms = to_ms(datetime.combine(candidate, time(hour)), zone)
        if moment_ms > after_ms and weekday in {None, candidate.weekday()}:
            return moment_ms
    raise AssertionError("every weekday comes within eight days")
