"""The CDNOW sample as the papers use it: days, purchases of one day as one, 39 weeks of calibration."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np

from guanxi.economics.forecasts import Known

END = date(1997, 9, 30).toordinal()


class Cdnow(NamedTuple):
    known: Known
    orders: np.ndarray  # repeat purchase days, of those with any
    mean_value: np.ndarray  # of those purchases, in dollars
    later: np.ndarray  # purchase days in the 39 weeks after, for every customer


def read(path: Path, end: int = END) -> Cdnow:
    spent: dict[str, dict[int, float]] = {}
    for line in path.read_text().split("\n"):
        if line.strip():
            _, customer, day, _, amount = line.split()
            number = date(int(day[:4]), int(day[4:6]), int(day[6:])).toordinal()
            days = spent.setdefault(customer, {})
            days[number] = days.get(number, 0.0) + float(amount)
    rows, means, later = [], [], []
    for days in spent.values():
        seen = sorted(day for day in days if day <= end)
        rows.append((len(seen) - 1, seen[-1] - seen[0], end - seen[0]))
        later.append(sum(end < day <= end + 273 for day in days))
        if len(seen) > 1:
            means.append((len(seen) - 1, sum(days[day] for day in seen[1:]) / (len(seen) - 1)))
    return Cdnow(
        Known(*np.array(rows, dtype=np.int64).T),
        np.array([orders for orders, _ in means]),
        np.array([mean for _, mean in means]),
        np.array(later),
    )
