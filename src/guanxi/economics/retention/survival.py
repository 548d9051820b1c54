"""Kaplan and Meier's estimate of how long it takes, where some have not been seen to the end. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from guanxi.economics.forecasts.purchasing import Z90

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Arrivals:
    """The share to whom it has happened by each day, and its 90% interval, shape (days,) each. `days` are
    those on which anything changed, ascending; `at_risk` were waiting just before; `last` is the longest wait
    that was seen, beyond which nothing is known. The interval is NaN where nobody or everybody has come."""

    days: npt.NDArray[np.int64]
    share: Floats
    low: Floats
    high: Floats
    at_risk: Floats
    last: int

    def at(self, day: int) -> tuple[float | None, float | None, float | None]:
        """The share by the end of that day, low and high; None where it is not known."""
        if day > self.last or not len(self.days):
            return None, None, None
        place = int(np.searchsorted(self.days, day, side="right")) - 1
        if place < 0:
            return 0.0, None, None
        share, low, high = (float(column[place]) for column in (self.share, self.low, self.high))
        return share, _known(low), _known(high)

    def reaches(self, share: float) -> int | None:
        """The first day by which it has happened to that share; None where it was not seen."""
        found = np.flatnonzero(self.share >= share - 1e-12)
        return int(self.days[found[0]]) if len(found) else None

    def risked(self, least: int) -> int:
        """The last day before which at least so many were still waiting."""
        found = np.flatnonzero(self.at_risk >= least)
        return int(self.days[found[-1]]) if len(found) else 0


def arrivals(days: Any, happened: Any, count: Any) -> Arrivals:
    """The estimate from waits of whole days, shape (waits,): whether the wait ended, and for how many.

    Whoever is lost on a day was still waiting when the others of that day came. The interval is that of
    ln(-ln S) by Greenwood's variance (Kalbfleisch and Prentice, The Statistical Analysis of Failure Time
    Data, 2002, 1.4), which stays within 0..1.
    """
    waited, ended = np.asarray(days, dtype=np.int64), np.asarray(happened, dtype=bool)
    weight = np.asarray(count, dtype=np.float64)
    if not len(waited):
        nothing = np.empty(0)
        return Arrivals(np.empty(0, np.int64), nothing, nothing, nothing, nothing, -1)
    distinct, place = np.unique(waited, return_inverse=True)
    events = np.bincount(place, weights=weight * ended, minlength=len(distinct))
    leaving = np.bincount(place, weights=weight, minlength=len(distinct))
    at_risk = leaving[::-1].cumsum()[::-1]
    left = np.cumprod(1.0 - events / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(events / (at_risk * (at_risk - events)))
        theta = np.exp(Z90 * np.sqrt(greenwood) / np.abs(np.log(left)))
        low, high = 1.0 - left ** (1.0 / theta), 1.0 - left**theta
    unknown = (left <= 0.0) | (left >= 1.0)
    low, high = np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)
    return Arrivals(distinct, 1.0 - left, low, high, at_risk, int(distinct[-1]))


def quantile(values: Any, count: Any, share: float) -> int:
    """The smallest value that at least that share of all does not exceed. `values` ascend."""
    so_far = np.cumsum(np.asarray(count, dtype=np.int64))
    place = int(np.searchsorted(so_far, share * so_far[-1] - 1e-9))
    return int(np.asarray(values)[min(place, len(so_far) - 1)])


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None
