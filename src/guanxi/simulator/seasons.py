"""When people buy: growth, weekends, the shopping festivals, and the quiet days of Spring Festival.

Buying is simulated on a clock on which every moment is as busy as any other; `Calendar.at` bends that clock
so that the days come out as busy as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

DAY_S = 86_400
_GROWTH_PER_YEAR = 1.3
# (first month, day, last month, day, how many times as busy)
_FESTIVALS = (
    (3, 6, 3, 8, 2.6),
    (5, 20, 5, 20, 1.8),
    (6, 1, 6, 3, 2.2),
    (6, 16, 6, 18, 4.5),
    (9, 9, 9, 9, 1.5),
    (11, 1, 11, 3, 3.0),
    (11, 10, 11, 11, 8.0),
    (12, 11, 12, 12, 3.0),
)
_NEW_YEARS = [
    date(2020, 1, 25), date(2021, 2, 12), date(2022, 2, 1), date(2023, 1, 22), date(2024, 2, 10),
    date(2025, 1, 29), date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26), date(2029, 2, 13),
    date(2030, 2, 3), date(2031, 1, 23), date(2032, 2, 11), date(2033, 1, 31), date(2034, 2, 19),
]  # fmt: skip
# Local hour's share of orders: shops open ten to ten, screens glow until midnight.
_ONLINE_HOURS = (22, 10, 5, 3, 2, 3, 8, 18, 30, 44, 52, 50, 52, 50, 46, 46, 46, 44, 42, 48, 62, 74, 70, 48)
_STORE_HOURS = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 18, 30, 34, 40, 48, 54, 52, 46, 46, 58, 60, 34, 0, 0)


def _busyness(day: date, start: date) -> float:
    level = float(_GROWTH_PER_YEAR ** ((day - start).days / 365))
    level *= 1.18 if day.weekday() >= 5 else 1.0
    for first_month, first_day, last_month, last_day, times in _FESTIVALS:
        if (first_month, first_day) <= (day.month, day.day) <= (last_month, last_day):
            level *= times
    for new_year in _NEW_YEARS:
        offset = (day - new_year).days
        if -21 <= offset < -4:
            level *= 1.6
        elif -4 <= offset < 7:
            level *= 0.35
    return level


@dataclass(frozen=True)
class Calendar:
    """The days from `start` (inclusive) to `end` (exclusive), local time; times are seconds since 1970."""

    start: date
    end: date
    spent: NDArray[np.float64]  # at the end of each day, the share of all business done so far

    @classmethod
    def of(cls, until: date, years: float) -> Calendar:
        end = until + timedelta(days=1)
        start = end - timedelta(days=round(365.25 * years))
        days = [start + timedelta(days=n) for n in range((end - start).days)]
        levels = np.array([_busyness(day, start) for day in days])
        return cls(start, end, np.concatenate([[0.0], np.cumsum(levels) / levels.sum()]))

    @property
    def start_s(self) -> int:
        return (self.start - date(1970, 1, 1)).days * DAY_S

    @property
    def end_s(self) -> int:
        return (self.end - date(1970, 1, 1)).days * DAY_S

    def day_at(self, share: NDArray[np.float64]) -> NDArray[np.int64]:
        """Midnight (local seconds) of the day on which this share of all business is done."""
        day = np.searchsorted(self.spent, share, side="right") - 1
        return np.asarray(self.start_s + np.clip(day, 0, len(self.spent) - 2) * DAY_S, dtype=np.int64)


def second_of_day(random: np.random.Generator, store: NDArray[np.bool_]) -> NDArray[np.int64]:
    """A time of day for each order, in seconds, by what people do on screens and in shops."""
    count = len(store)
    online = random.choice(24, count, p=np.array(_ONLINE_HOURS) / sum(_ONLINE_HOURS))
    shop = random.choice(24, count, p=np.array(_STORE_HOURS) / sum(_STORE_HOURS))
    hour = np.where(store, shop, online)
    return np.asarray(hour * 3600 + random.integers(0, 3600, count), dtype=np.int64)
