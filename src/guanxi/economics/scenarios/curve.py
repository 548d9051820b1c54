"""How many of a month's new customers buy again k months later: fitted, with its uncertainty; no Django."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LEAST_AGES: Final = 3
LEAST_RETURNS: Final = 30


@dataclass(frozen=True)
class Curve:
    """The share that buys in month k after the first, e^level * k^-slope (never above 1), k >= 1; in month 0
    everybody does. `covariance` is that of (level, slope)."""

    level: float
    slope: float
    covariance: Floats

    def shares(self, ages: int) -> Floats:
        """For ages 0 to `ages` - 1, shape (ages,)."""
        return np.asarray(shares_of([[self.level, self.slope]], ages)[0])

    def draw(self, ages: int, times: int, rng: np.random.Generator) -> Floats:
        """Curves that may as well be true, shape (times, ages)."""
        values, vectors = np.linalg.eigh(self.covariance)
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        return shares_of([self.level, self.slope] + rng.standard_normal((times, 2)) @ root.T, ages)


def shares_of(parameters: Any, ages: int) -> Floats:
    """The shares of each (level, slope), shape (rows, ages)."""
    rows = np.asarray(parameters, float)
    months = np.log(np.arange(1, max(2, ages)))
    later = np.exp(np.minimum(rows[:, :1] - rows[:, 1:] * months, 0.0))
    return np.concatenate([np.ones((len(rows), 1)), later], axis=1)[:, :ages]


def fit(returned: Any, seen: Any) -> Curve | None:
    """The curve through the shares returned / seen of the ages 1, 2, …, by weighted least squares of their
    logarithms against that of the age; its covariance grows with what the curve misses.

    None where fewer than three ages or thirty returns are known.
    """
    hits, n = np.asarray(returned, float), np.asarray(seen, float)
    known = n > 0
    if known.sum() < LEAST_AGES or hits.sum() < LEAST_RETURNS:
        return None
    age = np.arange(1, len(n) + 1)[known]
    share = (hits[known] + 0.5) / (n[known] + 1)
    weight = n[known] * share / np.maximum(1 - share, 1e-3)  # of a logarithm of a binomial share
    design = np.stack([np.ones(len(age)), -np.log(age)], axis=1)
    normal = np.linalg.inv(design.T @ (design * weight[:, None]))
    level, slope = normal @ (design.T @ (weight * np.log(share)))
    missed = np.log(share) - design @ [level, slope]
    spread = float((weight * missed**2).sum()) / max(1, len(age) - 2)
    return Curve(float(level), max(0.0, float(slope)), normal * max(1.0, spread))
