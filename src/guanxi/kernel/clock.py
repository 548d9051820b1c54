"""Time, injected. Everything inside is UTC milliseconds; zones exist at the edges only."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS

_frozen_at: list[int] = []


def now_ms() -> int:
    """The present as UTC milliseconds since 1970-01-01."""
    return _frozen_at[-1] if _frozen_at else time.time_ns() // 1_000_000


@contextmanager
def frozen(at_ms: int) -> Iterator[None]:
    """Within this block, `now_ms` answers `at_ms`. For tests, simulations and re-runs."""
    _frozen_at.append(at_ms)
    try:
        yield
    finally:
        _frozen_at.pop()


def to_datetime(at_ms: int, zone: ZoneInfo = SHANGHAI) -> datetime:
    """An aware datetime in `zone` for UTC milliseconds."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone)


def to_ms(moment: datetime, zone: ZoneInfo = SHANGHAI) -> int:
    """UTC milliseconds; a naive `moment` is taken as local to `zone`."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return round(aware.timestamp() * 1000)
