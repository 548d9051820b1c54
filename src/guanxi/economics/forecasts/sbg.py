"""sBG, the shifted beta-geometric: how many subscribers renew, period after period.

At each renewal a subscriber leaves with a chance that differs between subscribers (beta with alpha, beta).

Source: Fader and Hardie, How to project customer retention, Journal of Interactive Marketing 21 (2007).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from scipy import special

from guanxi.economics.forecasts.bgnbd import trigamma
from guanxi.economics.forecasts.fitting import Fit, by_logarithms, maximise, problems
from guanxi.economics.forecasts.history import Floats

NAMES: Final = ("alpha", "beta")
MODEL: Final = "sbg"


def fit(survivors: Sequence[float]) -> Fit:
    """Fit to how many of a cohort are left: `survivors` begins with all, then those after each renewal, in
    people (or in percent of 100 or 1,000, as published tables are; standard errors then are of so many)."""
    left = np.asarray(survivors, dtype=np.float64)
    if left.ndim != 1 or len(left) < 2 or (np.diff(left) > 0).any() or left[-1] < 0:
        raise ValueError("survivors must begin with all and never grow")
    return fit_losses(-np.diff(left), left[-1:], [len(left) - 1])


def fit_losses(losses: Any, still: Any, renewed: Any) -> Fit:
    """Fit to several cohorts at once: `losses[t]` left at renewal t + 1; `still[i]` are left after
    `renewed[i]` renewals and have not faced the next."""
    lost, left = np.asarray(losses, dtype=np.float64), np.asarray(still, dtype=np.float64)
    passed = np.asarray(renewed, dtype=np.float64)
    customers = round(float(lost.sum() + left.sum()))
    if lost.sum() <= 0 or (left.sum() <= 0 and np.count_nonzero(lost) < 2):
        return _nothing(customers)
    at, value, covariance, converged, steps = maximise(
        lambda at: _surface(at, lost, left, passed), np.log([1.0, 1.0])
    )
    said = problems(NAMES, at, covariance, converged)
    return Fit(
        model=MODEL,
        names=NAMES,
        values=tuple(np.exp(at).tolist()),
        covariance=covariance,
        log_likelihood=value,
        customers=customers,
        converged=converged and not any(word.startswith("boundary") for word in said),
        iterations=steps,
        warnings=said,
    )


def survival(fitted: Fit, renewals: Any) -> Floats:
    """The share left after so many renewals, shape of `renewals`."""
    alpha, beta = fitted.values
    t = np.asarray(renewals, dtype=np.float64)
    return np.asarray(np.exp(special.betaln(alpha, beta + t) - special.betaln(alpha, beta)))


def retention(fitted: Fit, renewals: Any) -> Floats:
    """The share of those who faced renewal t (from 1) and renewed; it rises with t, for the loyal remain."""
    alpha, beta = fitted.values
    t = np.asarray(renewals, dtype=np.float64)
    return (beta + t - 1.0) / (alpha + beta + t - 1.0)


def remaining(fitted: Fit, renewals: Any, discount: float, most: int = 2_000) -> Floats:
    """Discounted renewals still to come of who has renewed so many times, at `discount` a period (0.1)."""
    t = np.atleast_1d(np.asarray(renewals, dtype=np.float64))
    ahead = np.arange(1, most + 1, dtype=np.float64)
    share = survival(fitted, t[:, None] + ahead[None, :]) / survival(fitted, t)[:, None]
    return np.asarray(share @ (1.0 + discount) ** -ahead)


def simulate(values: Sequence[float], customers: int, periods: int, rng: np.random.Generator) -> Floats:
    """Survivors of a cohort: all, then those after each of `periods` renewals."""
    leaving = np.clip(rng.beta(values[0], values[1], customers), 1e-12, 1.0)
    left_at = rng.geometric(leaving)
    return np.array([(left_at > t).sum() for t in range(periods + 1)], dtype=np.float64)


def _surface(at: Floats, lost: Floats, left: Floats, passed: Floats) -> tuple[float, Floats, Floats]:
    alpha, beta = parameters = np.exp(np.clip(at, -60.0, 60.0))
    gone = np.arange(1, len(lost) + 1, dtype=np.float64)
    n = lost.sum() + left.sum()
    value = (
        lost @ special.betaln(alpha + 1, beta + gone - 1)
        + left @ special.betaln(alpha, beta + passed)
        - n * special.betaln(alpha, beta)
    )
    psi, tri = special.digamma, trigamma
    both, base = alpha + beta + gone, alpha + beta
    gradient = np.array(
        [
            lost @ (psi(alpha + 1) - psi(both)) + left @ (psi(alpha) - psi(base + passed)),
            lost @ (psi(beta + gone - 1) - psi(both)) + left @ (psi(beta + passed) - psi(base + passed)),
        ]
    ) - n * np.array([psi(alpha) - psi(base), psi(beta) - psi(base)])
    shared = -(lost @ tri(both)) - left @ tri(base + passed) + n * tri(base)
    hessian = np.full((2, 2), shared)
    hessian[0, 0] += lost.sum() * tri(alpha + 1) + left.sum() * tri(alpha) - n * tri(alpha)
    hessian[1, 1] += lost @ tri(beta + gone - 1) + left @ tri(beta + passed) - n * tri(beta)
    return float(value), *by_logarithms(parameters, gradient, hessian)


def _nothing(customers: int) -> Fit:
    return Fit(
        model=MODEL,
        names=NAMES,
        values=(float("nan"),) * 2,
        covariance=np.full((2, 2), np.nan),
        log_likelihood=float("nan"),
        customers=customers,
        converged=False,
        iterations=0,
        warnings=("too_few_losses",),
    )
