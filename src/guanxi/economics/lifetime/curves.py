"""What customers have left by each age, as a curve with its uncertainty, and when it has paid what they cost.

A curve is told in steps of `STEP` days since the first order. Its value at an age is the sum of the mean
increments up to it, each over those who have been seen that long, so that young customers count for the ages
they have reached (as in Kaplan and Meier's estimate). Its standard error is from the customers' influence on
it: the increments of one customer belong together. Beyond what was seen the curve goes on as a model says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np

from guanxi.economics.forecasts import Groups
from guanxi.economics.forecasts.history import Floats, Integers
from guanxi.economics.forecasts.purchasing import Z90

STEP: Final = 365.25 / 12
LEAST_SEEN: Final = 5  # customers seen to an age, for the curve to go that far by what was seen


@dataclass(frozen=True)
class Curves:
    """Mean cumulated margin of each group by age: arrays (groups, ages + 1), the first age being the first
    day. `seen` (groups,): the last age that was seen; beyond it the curve is foretold."""

    value: Floats
    stderr: Floats
    seen: Integers

    @property
    def low(self) -> Floats:
        return self.value - Z90 * self.stderr

    @property
    def high(self) -> Floats:
        return self.value + Z90 * self.stderr


@dataclass(frozen=True)
class Events:
    """What customers left on which day: `customer` is a place, `age` whole days since the first order
    (refunds of before count on day 0), `margin` in minor units."""

    customer: Integers
    age: Integers
    margin: Floats

    def by_step(self, steps: int) -> Iterator[Events]:
        """The events of the first day, of the rest of the first step, of the second, …"""
        ages = np.minimum(self.age, (steps + 1) * STEP)
        places = np.where(ages <= 0, 0, np.floor(ages / STEP) + 1).astype(np.int16)
        order = np.argsort(places, kind="stable")  # short integers are sorted by their digits, in one pass
        bounds = np.searchsorted(places[order], np.arange(steps + 2))
        for first, last in pairwise(bounds.tolist()):
            at = order[first:last]
            yield Events(self.customer[at], self.age[at], self.margin[at])


def seen_curves(events: Events, ages: Integers, groups: Groups, steps: int) -> Curves:
    """The curves of what was seen. `ages` (customers,): days each customer has been seen since the first
    order; `groups.of` (customers,). Ages that fewer than `LEAST_SEEN` customers of a group have reached are
    not seen; of smaller groups those that all have reached."""
    of, size = groups.of, np.maximum(groups.sums(np.ones(len(ages))), 1.0)
    influence = np.zeros(len(ages))
    total = np.zeros(groups.count)
    values, errors, counts = [], [], []
    for step, part in enumerate(events.by_step(steps)):
        reached = ages >= step * STEP
        inside = reached[part.customer]
        left = np.bincount(part.customer[inside], part.margin[inside], minlength=len(ages))
        count = groups.sums(reached)
        divisor = np.maximum(count, 1.0)
        mean = groups.sums(left) / divisor
        total = total + mean
        freedom = np.sqrt(divisor * np.maximum(count - 1.0, 1.0))  # n - 1, as the mean was estimated
        influence += reached * (left - mean[of]) / freedom[of]
        values.append(total)
        errors.append(np.sqrt(groups.sums(influence**2)))
        counts.append(count)
    enough = np.stack(counts, axis=1) >= np.minimum(LEAST_SEEN, size)[:, None]
    seen = np.where(enough.all(axis=1), steps, np.argmin(enough, axis=1) - 1)
    return Curves(np.stack(values, axis=1), np.stack(errors, axis=1), np.maximum(seen, 0))


def go_on(curves: Curves, model: Floats, model_stderr: Floats) -> Curves:
    """The curves beyond what was seen: with the increments of a model's curve (ages + 1,), at the level that
    a group's repeat margin has beside the model's so far (within a quarter and four times it)."""
    steps = len(model)
    age = np.arange(steps)
    rows = np.arange(len(curves.seen))
    at = curves.seen
    first, last = curves.value[:, 0], curves.value[rows, at]
    foretold = model[at] - model[0]
    level = np.divide(last - first, foretold, out=np.ones_like(last), where=foretold > 0)
    level = np.where(at >= 3, np.clip(level, 0.25, 4.0), 1.0)  # two months say little of the level
    beyond = age[None, :] > at[:, None]
    more = level[:, None] * (model[None, :] - model[at][:, None])
    value = np.where(beyond, last[:, None] + more, curves.value)
    relative = np.divide(model_stderr, np.maximum(np.abs(model - model[0]), 1e-9))
    error = np.hypot(curves.stderr[rows, at][:, None], np.abs(more) * np.minimum(relative, 1.0)[None, :])
    return Curves(value, np.where(beyond, error, curves.stderr), at)


def crossing(curve: Any, cost: float) -> float | None:
    """The age in steps at which the curve has reached the cost and stays there, between ages by a straight
    line; None where it does not within the ages there are."""
    below = np.flatnonzero(np.asarray(curve) < cost)
    if not len(below):
        return 0.0
    last = int(below[-1])
    if last + 1 >= len(curve):
        return None
    rise = float(curve[last + 1] - curve[last])
    return last + float(cost - curve[last]) / rise if rise > 0 else float(last + 1)


def cash_needed(curve: Any, cost: float) -> float | None:
    """What is outstanding at most per customer won in each month, if every month wins one: the sum over ages
    of what is not back yet. None where it never comes back."""
    if crossing(curve, cost) is None:
        return None
    return float(np.maximum(cost - np.asarray(curve), 0.0).sum())
