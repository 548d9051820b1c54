"""Gamma–Gamma: what an order of a customer is worth, from the orders seen so far.

Each order's value is gamma with shape p and a rate that differs between customers (gamma with q, v); it must
not depend on how often the customer buys.

Source: Fader, Hardie and Lee, RFM and CLV: Using iso-value curves for customer base analysis, Journal of
Marketing Research 42 (2005); Fader and Hardie, The Gamma-Gamma model of monetary value (2013).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from scipy import special

from guanxi.economics.forecasts.bgnbd import blocks, tally, trigamma
from guanxi.economics.forecasts.fitting import Fit, by_logarithms, maximise, problems
from guanxi.economics.forecasts.history import Floats

NAMES: Final = ("p", "q", "v")
MODEL: Final = "gammagamma"
_SAMPLED: Final = 20_000  # rows from which a first optimum is sought, where there are many


def fit(orders: Any, mean_value: Any) -> Fit:
    """Fit by maximum likelihood to customers with at least one valued order.

    `orders` (customers,) how many, `mean_value` (customers,) their mean, positive, in any one unit. Rows with
    no order or a mean of zero or less say nothing and are passed over: `customers` counts what was used.
    """
    x, z = np.asarray(orders, dtype=np.int64), np.asarray(mean_value, dtype=np.float64)
    good = (x > 0) & (z > 0) & np.isfinite(z)
    x, z = x[good], z[good]
    if len(z) < 3 or z.min() == z.max():
        return _nothing(len(z))
    start = np.log([6.0, 4.0, 3.0 * float(np.average(z, weights=x)) / 6.0])
    origin = np.log([1.0, 1.0, float(z.mean())])
    if len(z) > 4 * _SAMPLED:  # the optimum of every so-manieth customer is a step away from that of all
        stride = len(z) // _SAMPLED
        start = maximise(_Surface(x[::stride], z[::stride]), start, origin)[0]
    at, value, covariance, converged, steps = maximise(_Surface(x, z), start, origin)
    said = problems(NAMES, at - origin, covariance, converged)
    p, q, v = np.exp(at).tolist()
    if q <= 1:
        said += ("no_mean",)  # the population's mean order value is infinite
    return Fit(
        model=MODEL,
        names=NAMES,
        values=(p, q, v),
        covariance=covariance,
        log_likelihood=value,
        customers=len(z),
        converged=converged and q > 1 and not any(word.startswith("boundary") for word in said),
        iterations=steps,
        warnings=said,
    )


def expected_value(fitted: Fit, orders: Any, mean_value: Any) -> Floats:
    """What the next order of each customer is expected to be worth: between the customer's own mean and that
    of all, nearer to the own the more orders there are. Customers without orders get the mean of all."""
    p, q, v = fitted.values
    x = np.asarray(orders, dtype=np.float64)
    z = np.where(x > 0, np.asarray(mean_value, dtype=np.float64), 0.0)
    return p * (v + x * z) / (p * x + q - 1.0)


def population_mean(fitted: Fit) -> float:
    """The mean order value of all customers, those to come included."""
    p, q, v = fitted.values
    return p * v / (q - 1.0)


def draw(fitted: Fit, orders: Any, mean_value: Any, rng: np.random.Generator) -> Floats:
    """One draw of each customer's own true mean order value, given the orders seen: the mean is p / ν with
    ν gamma (p·x + q, v + x·z)."""
    p, q, v = fitted.values
    x = np.asarray(orders, dtype=np.float64)
    z = np.where(x > 0, np.asarray(mean_value, dtype=np.float64), 0.0)
    return p / np.maximum(rng.gamma(p * x + q, 1.0 / (v + x * z)), 1e-300)


def simulate(values: Sequence[float], orders: Any, rng: np.random.Generator) -> Floats:
    """The mean of so many orders for each customer: the model's own customers, for recovery tests."""
    p, q, v = values
    x = np.asarray(orders, dtype=np.float64)
    rate = rng.gamma(q, 1.0 / v, x.shape)
    return rng.gamma(p * x, 1.0 / (rate * x))


class _Surface:
    def __init__(self, x: Any, z: Any) -> None:
        self.xs, self.counts = tally(x, np.ones(len(x)))
        self.x = x.astype(np.float64)
        self.total = self.x * z
        self.log_total = float(self.x @ np.log(self.total))
        self.less = float(np.log(z).sum())
        self.all_x = float(self.x.sum())
        self.n = float(len(z))

    def __call__(self, at: Floats) -> tuple[float, Floats, Floats]:
        p, q, v = parameters = np.exp(np.clip(at, -60.0, 60.0))
        xs, w, n = self.xs, self.counts, self.n
        (x_log, x_inverse, x_squares), (logs, inverses, squares) = self._sums(v)
        value = float(
            w @ (special.gammaln(p * xs + q) - special.gammaln(p * xs))
            + n * (q * np.log(v) - special.gammaln(q))
            + p * self.log_total
            - self.less
            - p * x_log
            - q * logs
        )
        psi, psi_p = special.digamma(p * xs + q), special.digamma(p * xs)
        gradient = np.array(
            [
                w @ (xs * (psi - psi_p)) + self.log_total - x_log,
                w @ psi + n * (np.log(v) - special.digamma(q)) - logs,
                n * q / v - p * x_inverse - q * inverses,
            ]
        )
        tri = trigamma(p * xs + q)
        hessian = np.array(
            [
                [w @ (xs * xs * (tri - trigamma(p * xs))), w @ (xs * tri), -x_inverse],
                [w @ (xs * tri), w @ tri - n * trigamma(q), n / v - inverses],
                [-x_inverse, n / v - inverses, -n * q / v**2 + p * x_squares + q * squares],
            ]
        )
        return value, *by_logarithms(parameters, gradient, hessian)

    def _sums(self, v: float) -> Floats:
        """Of ln(v + x z), 1/(v + x z) and its square: the sums weighted with x, and plain; shape (2, 3)."""
        sums = np.zeros((2, 3))
        for rows in blocks(len(self.x)):
            x, spent = self.x[rows], v + self.total[rows]
            inverse = 1.0 / spent
            told = np.stack((np.log(spent), inverse, inverse * inverse))
            sums[0] += told @ x
            sums[1] += told.sum(axis=1)
        return sums


def _nothing(customers: int) -> Fit:
    return Fit(
        model=MODEL,
        names=NAMES,
        values=(float("nan"),) * 3,
        covariance=np.full((3, 3), np.nan),
        log_likelihood=float("nan"),
        customers=customers,
        converged=False,
        iterations=0,
        warnings=("too_few_values",),
    )
