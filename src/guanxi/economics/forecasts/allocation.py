"""Dividing a budget so that concave curves bring most: equal marginal returns within bounds.

Maximise Σ weight·brought(x) where Σ x = total and least ≤ x ≤ most. The curves are concave, so the best
division has one price λ: who lies within the bounds brings λ for the next unit, who lies at the least brings
less, who at the most brings more (Karush, Kuhn and Tucker; "water-filling", Boyd & Vandenberghe 2004, section
5.5.3). λ is found by bisection. Knows no Django.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from guanxi.economics.forecasts.response import Curve

_STEPS: Final = 200
_FLOOR: Final = 1e-9  # of the greatest return: a curve that brings nothing is filled last


@dataclass(frozen=True)
class Place:
    """Where money may go: a curve, what a customer of it counts, and the bounds of its spend."""

    curve: Curve
    weight: float
    least: float
    most: float


@dataclass(eq=False)
class Infeasible(Exception):
    """No division keeps the bounds: together they take `least` to `most`, and the total is neither."""

    least: float
    most: float


def divide(places: Sequence[Place], total: float) -> NDArray[np.float64]:
    """The best division of `total`. Raises Infeasible."""
    least = np.array([place.least for place in places])
    most = np.array([place.most for place in places])
    slack = 1e-9 * max(1.0, abs(total))
    if not least.sum() - slack <= total <= most.sum() + slack or bool((least > most).any()):
        raise Infeasible(float(least.sum()), float(most.sum()))
    if not places:
        return least
    first = np.array([max(0.0, place.weight) * place.curve.slope for place in places])
    first = np.maximum(first, _FLOOR * max(float(first.max()), 1e-300))
    bend = np.array([place.curve.bend for place in places])
    ends = first * np.exp(-np.minimum(bend * most, 700.0))
    low, high = math.log(float(ends.min())) - 1, math.log(float(first.max())) + 1
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if _taken(middle, first, bend, least, most).sum() > total:
            low = middle
        else:
            high = middle
    few, many = (_taken(price, first, bend, least, most) for price in (high, low))
    gap = float(many.sum() - few.sum())
    share = 0.0 if gap <= 0 else min(1.0, max(0.0, (total - float(few.sum())) / gap))
    return np.clip(few + share * (many - few), least, most)


def _taken(
    price_log: float,
    first: NDArray[np.float64],
    bend: NDArray[np.float64],
    least: NDArray[np.float64],
    most: NDArray[np.float64],
) -> NDArray[np.float64]:
    """What each takes where the next unit must bring that price: a straight line all or nothing."""
    worth = np.log(first) - price_log
    curved = worth / np.where(bend > 0, bend, 1.0)
    wanted = np.where(bend > 0, curved, np.where(worth > 0, np.inf, -np.inf))
    taken: NDArray[np.float64] = np.clip(wanted, least, most)
    return taken
