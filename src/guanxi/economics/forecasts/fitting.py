"""Maximum likelihood by Newton's method on the logarithms of positive parameters.

With an analytic gradient and Hessian a fit takes some six iterations and the standard errors come for free:
they are read from the Hessian at the optimum. Steps are damped where the surface is not concave and shortened
until the likelihood rises, so that a fit either arrives or says that it did not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from guanxi.economics.forecasts.history import Floats

MOST_STEPS: Final = 60
NEAR_ENOUGH: Final = 1e-9  # what is left to gain in log-likelihood (half the Newton decrement)
BOUNDARY: Final = 12.0  # |log parameter| beyond it: the data ask for a model without that parameter
LITTLE: Final = 0.01  # gained in log-likelihood by a step beyond the boundary: there is no end to wait for
NOISE: Final = 1e-13  # of the log-likelihood: what its sum is off by
MOST_STALLED: Final = 4  # steps in a row that gain no more than noise
FLAT: Final = 1e-9  # of the Hessian's eigenvalues, smallest to greatest


Objective = Callable[[Floats], tuple[float, Floats, Floats]]


@dataclass(frozen=True)
class Fit:
    """A fitted model. Times are days.

    names, values     the parameters, in the order of the model
    covariance        of the *logarithms* of the parameters, shape (parameters, parameters); NaN-free only
                      where `converged`
    log_likelihood    natural logarithm, times in days
    customers         how many were fitted
    purchases         the exponent with which the unit of time enters the likelihood (the repeat purchases)
    timed             which parameters are times and scale with the unit
    """

    model: str
    names: tuple[str, ...]
    values: tuple[float, ...]
    covariance: Floats
    log_likelihood: float
    customers: int
    converged: bool
    iterations: int
    warnings: tuple[str, ...] = ()
    purchases: int = 0
    timed: tuple[str, ...] = field(default=())

    @property
    def params(self) -> dict[str, float]:
        return dict(zip(self.names, self.values, strict=True))

    @property
    def stderr(self) -> dict[str, float | None]:
        """Standard errors of the parameters, None where the fit did not converge."""
        if not self.converged:
            return dict.fromkeys(self.names)
        roots = np.sqrt(np.diag(self.covariance)) * np.array(self.values)
        return dict(zip(self.names, roots.tolist(), strict=True))

    def in_unit(self, days: float) -> Fit:
        """The same fit with times told in units of so many days (7: weeks). The likelihood is a density of
        as many times as there are repeat purchases, so it scales with them."""
        values = tuple(
            value / days if name in self.timed else value
            for name, value in zip(self.names, self.values, strict=True)
        )
        return replace(
            self, values=values, log_likelihood=self.log_likelihood + self.purchases * float(np.log(days))
        )


def maximise(
    objective: Objective, start: Sequence[float] | Floats, origin: Floats | float = 0.0
) -> tuple[Floats, float, Floats, bool, int]:
    """Climb from `start` (log parameters); how far they run away is told from `origin`, where a parameter
    has a unit.

    `objective(log parameters)` gives the log-likelihood, its gradient and its Hessian, by log parameters.
    Answers the optimum, its likelihood, the covariance there, whether it is one, and the steps taken.
    """
    at = np.array(start, dtype=np.float64)
    value, gradient, hessian = objective(at)
    damping, steps, stalled, arrived = 0.0, 0, 0, False
    while steps < MOST_STEPS and stalled < MOST_STALLED:
        steps += 1
        step, decrement, concave = _newton(gradient, hessian, damping)
        if concave and damping == 0.0 and decrement / 2 < NEAR_ENOUGH:
            arrived = True
            break
        moved = _climb(objective, at, value, step)
        if moved is None:
            damping, stalled = max(damping * 10, 1e-3), stalled + 1
            continue
        before, (at, (value, gradient, hessian)) = value, moved
        damping = 0.0 if damping < 1e-6 else damping / 10
        gain, farthest = value - before, float(np.abs(at - origin).max())
        stalled = 0 if gain > NOISE * abs(value) else stalled + 1
        if farthest > 2 * BOUNDARY or (farthest > BOUNDARY and gain < LITTLE):
            break
    covariance, well = _covariance(hessian)
    return at, value, covariance, arrived and well, steps


def problems(names: Sequence[str], at: Floats, covariance: Floats, converged: bool) -> tuple[str, ...]:
    """What is to be said of a fit, as codes: `not_converged`, and `boundary:<parameter>` for each parameter
    that ran away (the data then ask for a simpler model)."""
    far = [f"boundary:{name}" for name, value in zip(names, at, strict=True) if abs(value) > BOUNDARY]
    if not converged and not far:
        return ("not_converged",)
    loose = np.isfinite(covariance).all() and (np.diag(covariance) > 25.0).any()  # a factor of 150 each way
    return tuple(far) + (("weakly_determined",) if converged and loose else ())


def _newton(gradient: Floats, hessian: Floats, damping: float) -> tuple[Floats, float, bool]:
    """The step, what it promises twice over, and whether the surface is concave here."""
    curvature, axes = np.linalg.eigh(-hessian)
    greatest = max(float(np.abs(curvature).max()), 1e-300)
    concave = bool(curvature.min() > greatest * 1e-14)
    bent = np.maximum(np.abs(curvature), greatest * 1e-10) + damping * greatest
    along = axes.T @ gradient
    step = axes @ (along / bent)
    longest = float(np.abs(step).max())
    if longest > 2.0:  # a factor of seven at once is far enough from any start
        step *= 2.0 / longest
    return step, float((along * along / bent).sum()), concave


def _climb(
    objective: Objective, at: Floats, value: float, step: Floats
) -> tuple[Floats, tuple[float, Floats, Floats]] | None:
    for shorter in range(6):
        there = at + step * 0.25**shorter
        found = objective(there)
        if np.isfinite(found[0]) and np.isfinite(found[2]).all() and found[0] >= value - 1e-12 * abs(value):
            return there, found
    return None


def _covariance(hessian: Floats) -> tuple[Floats, bool]:
    curvature, axes = np.linalg.eigh(-hessian)
    if curvature.min() <= FLAT * max(float(curvature.max()), 0.0):
        return np.full_like(hessian, np.nan), False
    return (axes / curvature) @ axes.T, True


def by_logarithms(parameters: Floats, gradient: Floats, hessian: Floats) -> tuple[Floats, Floats]:
    """Gradient and Hessian by log parameters, from those by parameters (the chain rule)."""
    scaled = parameters * gradient
    return scaled, hessian * np.outer(parameters, parameters) + np.diag(scaled)
