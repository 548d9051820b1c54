"""How many new customers a week's spend brings: a saturating curve, fitted by quasi-Poisson likelihood.

    customers(s) = base + slope · (1 − exp(−bend · s)) / bend

`slope` is what the first yuan brings, `bend` how fast that falls; with bend 0 it is a straight line. It is
the modified exponential of the media-response literature (Little 1979, "Aggregate advertising models",
Operations Research 27), written so that the straight line lies within the range and not at infinity. The fit
is by maximum likelihood of a Poisson count with the variance multiplied by a dispersion (McCullagh & Nelder
1989, chapter 9), intervals by the delta method. Spend is in the caller's units; nothing here knows Django.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

Floats = NDArray[np.float64]

FEWEST_WEEKS: Final = 12
FEWEST_CUSTOMERS: Final = 30
LEAST_VARIATION: Final = 0.15  # standard deviation of spend by its mean
FEWEST_LEVELS: Final = 4
Z90: Final = 1.6448536269514722
VAGUE: Final = 1.5  # standard error of the logarithm of a slope: a factor of 12 either way
_GRID: Final = 24  # bends tried before the best is searched for
_STEPS: Final = 60
_WORTH: Final = 1e-9  # of log-likelihood
_NO_BEND: Final = 1e-200  # spend may be in any unit, so no bend but 0 is small
_NEARLY_STRAIGHT: Final = 1e-3  # bend · spend
_MOST_BEND: Final = 50.0  # by the greatest spend: beyond it the curve is a step


@dataclass(frozen=True)
class Curve:
    """A fitted curve over `weeks` weeks. `covariance` is that of (base, slope, bend), the dispersion in it;
    a parameter at its bound counts as known. `most` is the greatest weekly spend seen."""

    base: float
    slope: float
    bend: float
    covariance: Floats
    dispersion: float
    weeks: int
    most: float

    def brought(self, spend: float) -> float:
        """Customers a week that this spend brings, above those that come without."""
        if self.bend == 0:
            return self.slope * spend
        return self.slope * -math.expm1(-self.bend * spend) / self.bend

    def marginal(self, spend: float) -> float:
        """Customers that one unit more would bring there."""
        return self.slope * math.exp(-self.bend * spend)

    def marginal_cost(self, spend: float) -> tuple[float | None, float | None, float | None]:
        """What one customer more costs at that spend: (cost, low, high) with the 90% interval by the delta
        method on the logarithm. None where the curve is flat there; no `high` where it may well be."""
        rate = self.marginal(spend)
        if rate <= 0 or not math.isfinite(1 / rate):
            return None, None, None
        gradient = np.array([0.0, 1 / self.slope, -spend])
        error = math.sqrt(max(0.0, float(gradient @ self.covariance @ gradient)))
        factor = math.exp(min(Z90 * error, 700.0))
        return 1 / rate, 1 / rate / factor, (None if error > VAGUE else factor / rate)

    def band(self, spend: float) -> tuple[float, float, float]:
        """Customers a week in all at that spend, with the 90% interval of the curve (not of a week)."""
        value = self.base + self.brought(spend)
        error = math.sqrt(max(0.0, float(self.gradient(spend) @ self.covariance @ self.gradient(spend))))
        return value, max(0.0, value - Z90 * error), value + Z90 * error

    def gradient(self, spend: float) -> Floats:
        """The derivatives of customers at that spend by (base, slope, bend)."""
        gradient: Floats = _gradients(np.array([spend]), self.slope, self.bend)[0]
        return gradient


@dataclass(frozen=True)
class Refused:
    """Why no curve is fitted: `few_weeks`, `few_customers`, `no_variation`, `no_effect`, `vague`."""

    reason: str


def fit(spend: Sequence[float], customers: Sequence[float]) -> Curve | Refused:
    """Fit the curve to weeks of spend and new customers, of equal length.

    Refuses where there are too few weeks or customers, where spend hardly varies (then nothing tells what
    more of it would do), where more spend brought no more customers, or where the slope is known worse than
    by a factor of twelve."""
    s, y = np.asarray(spend, np.float64), np.asarray(customers, np.float64)
    if (refused := _refused(s, y)) is not None:
        return refused
    scale = float(s.max())
    x = s / scale
    base, slope, bend = _best(x, y)
    if slope <= 1e-9 * max(1.0, float(y.mean())):
        return Refused("no_effect")
    covariance, dispersion = _covariance(x, y, base, slope, bend)
    unit = np.array([1.0, 1 / scale, 1 / scale])
    curve = Curve(
        base,
        slope / scale,
        bend / scale,
        covariance * np.outer(unit, unit),
        dispersion,
        len(s),
        scale,
    )
    gradient = np.array([0.0, 1 / curve.slope, -float(s.mean())])
    if not math.sqrt(max(0.0, float(gradient @ curve.covariance @ gradient))) <= VAGUE:
        return Refused("vague")
    return curve


def _refused(s: Floats, y: Floats) -> Refused | None:
    if len(s) < FEWEST_WEEKS:
        return Refused("few_weeks")
    if y.sum() < FEWEST_CUSTOMERS:
        return Refused("few_customers")
    mean = float(s.mean())
    if mean <= 0 or float(s.std()) < LEAST_VARIATION * mean or len(np.unique(s)) < FEWEST_LEVELS:
        return Refused("no_variation")
    return None


def _best(x: Floats, y: Floats) -> tuple[float, float, float]:
    """(base, slope, bend) of the greatest likelihood, spend being 0..1. For each bend the other two are a
    concave problem, so bends are tried along a grid and the best place of it searched."""
    grid = [0.0, *np.geomspace(0.05, _MOST_BEND, _GRID).tolist()]
    gains = [_given(_bent(x, bend), y)[2] for bend in grid]
    at = int(np.argmax(gains))
    low, high = grid[max(0, at - 1)], grid[min(len(grid) - 1, at + 1)]
    found = minimize_scalar(
        lambda bend: -_given(_bent(x, bend), y)[2],
        bounds=(low, high),
        method="bounded",
        options={"xatol": 1e-6 * high},
    )
    bend = float(found.x) if -float(found.fun) > gains[at] + _WORTH else grid[at]
    base, slope, _gain = _given(_bent(x, bend), y)
    return base, slope, bend


def _given(g: Floats, y: Floats) -> tuple[float, float, float]:
    """(base, slope, log-likelihood) for mu = base + slope·g, neither below zero, by Newton's method with
    steps halved until they gain; on the bounds the answer is closed."""
    mean, level = float(y.mean()), float(g.mean())
    alone = (mean, 0.0, _gain(np.full_like(y, mean), y))
    through = float(y.sum() / g.sum())
    best = max(alone, (0.0, through, _gain(through * g, y)), key=lambda one: one[2])
    base, slope = mean / 2, mean / 2 / level
    value = _gain(base + slope * g, y)
    for _ in range(_STEPS):
        mu = base + slope * g
        first, second = y / mu - 1, y / mu**2
        a, b, c = second.sum(), (second * g).sum(), (second * g * g).sum()
        u, v = first.sum(), (first * g).sum()
        determinant = a * c - b * b
        if determinant <= 1e-12 * a * c:
            break
        step = ((c * u - b * v) / determinant, (a * v - b * u) / determinant)
        share, gain = 1.0, 0.0
        while share > 1e-8 and gain <= 0:
            tried = (base + share * step[0], slope + share * step[1])
            gain = _gain(tried[0] + tried[1] * g, y) - value if min(tried) > 0 else 0.0
            share /= 2
        if gain <= 0:
            break
        base, slope = tried
        value += gain
        if gain < 1e-10:
            break
    return max(best, (float(base), float(slope), float(value)), key=lambda one: one[2])


def _gain(mu: Floats, y: Floats) -> float:
    """The log-likelihood without what does not depend on mu."""
    if mu.min() <= 0 and bool(((mu <= 0) & (y > 0)).any()):
        return -math.inf
    return float((y * np.log(np.maximum(mu, 1e-300)) - mu).sum())


def _covariance(x: Floats, y: Floats, base: float, slope: float, bend: float) -> tuple[Floats, float]:
    """The inverse of the Fisher information times the dispersion (Pearson's, at least 1), over the parameters
    that are not at their bounds."""
    gradients = _gradients(x, slope, bend)
    mu = np.maximum(base + slope * gradients[:, 1], 1e-12)
    free = [1] + [0] * (base > 0) + [2] * (1e-9 < bend < _MOST_BEND * (1 - 1e-9))
    free.sort()
    dispersion = max(1.0, float(((y - mu) ** 2 / mu).sum()) / max(1, len(x) - len(free)))
    part = gradients[:, free]
    information = part.T @ (part / mu[:, None])
    covariance = np.zeros((3, 3))
    try:
        inverse = np.linalg.inv(information)
    except np.linalg.LinAlgError:
        inverse = np.full_like(information, np.inf)
    covariance[np.ix_(free, free)] = dispersion * inverse
    return covariance, dispersion


def _bent(x: Floats, bend: float) -> Floats:
    """(1 − exp(−bend·x)) / bend, which is x where bend is 0."""
    return x if bend < _NO_BEND else -np.expm1(-bend * x) / bend


def _gradients(x: Floats, slope: float, bend: float) -> Floats:
    """The curve's derivatives by (base, slope, bend), a row for each x. Where the line hardly bends the
    third is its series, since the difference would lose its digits."""
    bent = _bent(x, bend)
    turned = bend * x
    series = x * x * (-1 / 2 + turned * (1 / 3 - turned / 8))
    exact = (x * np.exp(-turned) - bent) / max(bend, _NO_BEND)
    by_bend = np.where(turned < _NEARLY_STRAIGHT, series, exact)
    return np.column_stack([np.ones_like(x), bent, slope * by_bend])
