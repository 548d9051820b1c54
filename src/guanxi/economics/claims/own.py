"""The brand's own figures beside what is claimed: each with its 90% interval, in closed form; no Django."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

Z90: Final = 1.6448536269514722
FEW: Final = 30  # fewer customers in a group say nothing
EIGHTEEN_MONTHS: Final = 548  # days


@dataclass(frozen=True, slots=True)
class Own:
    """A figure with its 90% interval and the customers (or orders, products) it rests on. `value` None: not
    enough data."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    sample: int = 0


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 90% interval of a share (Wilson 1927). Raises ZeroDivisionError for n = 0."""
    share, z2 = hits / n, Z90**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z90 / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def share_of(hits: int, n: int, least: int = FEW) -> Own:
    """A share of n."""
    return Own(hits / n, *wilson(hits, n), n) if n >= least else Own(sample=n)


def risk_ratio(hits: int, n: int, other_hits: int, others: int) -> Own:
    """How many times as likely one group is as another, with Katz's interval of the logarithm. Unknown where
    a group is small, or nobody of either did it."""
    if min(n, others) < FEW or not hits or not other_hits:
        return Own(sample=n + others)
    ratio = (hits / n) / (other_hits / others)
    error = Z90 * math.sqrt(1 / hits - 1 / n + 1 / other_hits - 1 / others)
    return Own(ratio, ratio * math.exp(-error), ratio * math.exp(error), n + others)


def mean_of(values: Any) -> Own:
    """A mean with the interval of its standard error."""
    each = np.asarray(values, float)
    if len(each) < FEW:
        return Own(sample=len(each))
    mean = float(each.mean())
    error = Z90 * float(each.std(ddof=1)) / math.sqrt(len(each))
    return Own(mean, mean - error, mean + error, len(each))


def returning_spend(first_day_fen: Any, revenue_fen: Any, days: Any) -> Own:
    """How much more a later purchase day brings than a first one, as a share: arrays by customer of what the
    first day brought, of all days together, and of how many days there were."""
    first = np.asarray(first_day_fen, float)
    later, again = np.asarray(revenue_fen, float) - first, np.asarray(days, float) - 1
    came = int((again > 0).sum())
    if came < FEW or first.sum() <= 0:
        return Own(sample=came)
    mean_first, mean_later = first.mean(), later.sum() / again.sum()
    ratio = mean_later / mean_first
    # What each customer adds to the error of the ratio (delta method).
    each = (later - mean_later * again) / again.mean() / mean_first - ratio * (
        first - mean_first
    ) / mean_first
    error = Z90 * float(each.std(ddof=1)) / math.sqrt(len(first))
    return Own(float(ratio - 1), float(ratio - 1 - error), float(ratio - 1 + error), came)


def retention_profit(again: int, n: int, discount: float, cost_share: float = 0.0) -> Own:
    """By how much profit grows, as a share, with five points more of last year's buyers coming again.

    A customer earns m now and m * (r / (1 + d))^t in year t: together m (1 + d) / (1 + d - r). `cost_share`
    is what winning a customer costs in units of m, to be taken off both sides. Unknown where nothing is
    left of a customer after that. Raises ValueError for a discount that is not above -1.
    """
    if discount <= -1:
        raise ValueError("the discount lies above -1")
    if n < FEW:
        return Own(sample=n)

    def gain(share: float) -> float | None:
        worth, more = (
            (1 + discount) / max(1e-9, 1 + discount - min(1.0, r)) - cost_share for r in (share, share + 0.05)
        )
        return more / worth - 1 if worth > 0 else None

    low, high = wilson(again, n)
    told = [gain(share) for share in (again / n, low, high)]
    if any(
        one is None or one > 1e6 for one in told
    ):  # nearly everybody comes again, and nothing is discounted
        return Own(sample=n)
    value, *ends = (float(one) for one in told if one is not None)
    return Own(value, min(ends), max(ends), n)


def acquire_retain(
    new: int, returning: int, acquire_fen: int | None = None, retain_fen: int | None = None
) -> Own:
    """How many times as much winning a customer costs as keeping one: spend on each over the customers won
    and those who came back. Unknown without either spend."""
    if not acquire_fen or not retain_fen or min(new, returning) < FEW:
        return Own(sample=new + returning)
    ratio = (acquire_fen / new) / (retain_fen / returning)
    error = Z90 * math.sqrt(1 / new + 1 / returning)
    return Own(ratio, ratio * math.exp(-error), ratio * math.exp(error), new + returning)


def product_life(first_day: Any, last_day: Any, begin: int, until: int) -> Own:
    """The share of products that were not sold any more 18 months after their first sale, of those whose
    first sale is further back and not within 90 days of the lake's beginning (they may be older)."""
    first, last = np.asarray(first_day, int), np.asarray(last_day, int)
    known = (first >= begin + 90) & (first + EIGHTEEN_MONTHS < until)
    return share_of(int((last[known] - first[known] <= EIGHTEEN_MONTHS).sum()), int(known.sum()), least=10)
