"""Local days and months of a whole column at once, right in any zone and across any change of clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

Int64s = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]

DAY_MS = 86_400_000
PROBE = timedelta(hours=6)  # finer than any two changes of a zone's clocks lie apart
FIRST_YEAR, LAST_YEAR = 2, 9_998  # what datetime can hold in every zone
LOWEST_DAY, HIGHEST_DAY = -(2**31) // 2, 2**31 // 2
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _offset_ms(zone: ZoneInfo, moment: datetime) -> int:
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None
    return offset // timedelta(milliseconds=1)


def _ms(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(milliseconds=1)


@lru_cache(maxsize=4096)
def offsets_of_year(zone_name: str, year: int) -> tuple[tuple[int, int], ...]:
    """A UTC year's offsets: (from UTC ms, offset ms), the first at the year's beginning.

    zoneinfo does not tell its transitions, so the year is probed and each change bisected to the second.
    """
    zone = ZoneInfo(zone_name)
    moment, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    offset = _offset_ms(zone, moment)
    steps = [(_ms(moment), offset)]
    while moment < end:
        following = min(moment + PROBE, end - timedelta(seconds=1))
        if (new := _offset_ms(zone, following)) != offset:
            low, high = moment, following
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
                low, high = (low, middle) if _offset_ms(zone, middle) == new else (middle, high)
            steps.append((_ms(high), new))
            offset = new
        moment = moment + PROBE
    return tuple(steps)


def local_days(occurred_ms: Int64s, zone_name: str) -> Int32s:
    """Days since 1970-01-01 on the zone's calendar, for UTC milliseconds."""
    if not len(occurred_ms):
        return np.zeros(0, np.int32)
    occurred_ms = np.clip(occurred_ms, -(2**62), 2**62)  # room for the offset
    utc_days = np.clip(occurred_ms // DAY_MS, LOWEST_DAY, HIGHEST_DAY)
    lowest, highest = (_year_of(int(day)) for day in (utc_days.min(), utc_days.max()))
    years: list[int]
    if highest - lowest < 200:
        years = list(range(lowest, highest + 1))
    else:
        years = sorted({_year_of(int(day)) for day in np.unique(utc_days)})
    steps = [step for year in years for step in offsets_of_year(zone_name, year)]
    starts = np.array([start for start, _ in steps], np.int64)
    offsets = np.array([offset for _, offset in steps], np.int64)
    if len(np.unique(offsets)) == 1:
        local_ms = occurred_ms + offsets[0]
    else:
        at = np.searchsorted(starts, occurred_ms, side="right") - 1
        local_ms = occurred_ms + offsets[np.maximum(at, 0)]
    days: Int32s = np.clip(local_ms // DAY_MS, LOWEST_DAY, HIGHEST_DAY).astype(np.int32)
    return days


def _year_of(utc_day: int) -> int:
    year = int(np.datetime64(utc_day, "D").astype("datetime64[Y]").astype(np.int64)) + 1970
    return min(max(year, FIRST_YEAR), LAST_YEAR)


def months_of(days: Int32s) -> Int32s:
    """year * 12 + month - 1 for days since 1970-01-01."""
    months = days.astype(np.int64).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    numbered: Int32s = (months + 1970 * 12).astype(np.int32)
    return numbered
