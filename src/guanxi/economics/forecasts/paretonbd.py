"""Pareto/NBD: a customer buys at random until, at some unseen moment, never again.

Purchases come as a Poisson process whose rate differs between customers (gamma with shape r, rate alpha); the
time until the customer leaves is exponential, with a rate that differs too (gamma with s, beta).

Source: Schmittlein, Morrison and Colombo, Counting your customers: who are they and what will they do next?,
Management Science 33 (1987). All times are days.

The likelihood is usually told with the Gaussian hypergeometric function, which is slow and loses digits. Its
integral, of (alpha + y)^-(r+x) (beta + y)^-(s+1) over the days y between the last purchase and now, depends
on x and y alone: it is summed once for each distinct x, and every customer looks it up twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from scipy import special

from guanxi.economics.forecasts.bgnbd import blocks, nothing, tally, times_to_histories, trigamma
from guanxi.economics.forecasts.fitting import Fit, by_logarithms, maximise, problems
from guanxi.economics.forecasts.history import Floats, History, Integers, Known, sample

NAMES: Final = ("r", "alpha", "s", "beta")
TIMED: Final = ("alpha", "beta")
NODES: Final = 3  # Gauss–Legendre points a day
_NEAR_ONE: Final = 1e-6  # the expectation has a removable pole at s = 1


def fit(history: History) -> Fit:
    """Fit by maximum likelihood. Never raises for want of data: the answer then says that it did not
    converge. Data without any sign of leaving drive s and beta to infinity together, which is said too."""
    purchases = int((history.frequency * history.count).sum())
    if not history.customers or not purchases:
        return nothing("paretonbd", NAMES, TIMED, history)
    days = float((history.age * history.count).sum())
    start = np.log([1.0, days / purchases, 0.5, max(days / history.customers / 3, 1.0)])
    if (few := sample(history)) is not None:
        start = maximise(_Surface(few, nodes=1), start)[0]
    at, value, covariance, converged, steps = maximise(_Surface(history), start)
    said = problems(NAMES, at, covariance, converged)
    return Fit(
        model="paretonbd",
        names=NAMES,
        values=tuple(np.exp(at).tolist()),
        covariance=covariance,
        log_likelihood=value,
        customers=history.customers,
        converged=converged and not any(word.startswith("boundary") for word in said),
        iterations=steps,
        warnings=said,
        purchases=purchases,
        timed=TIMED,
    )


def alive(fitted: Fit, known: Known) -> Floats:
    """P(alive): that the customer has not left, in 0..1, of the shape of the arrays given."""
    shape, flat = known.age.shape, Known(*(column.ravel() for column in known))
    integrals = _Integrals(flat.frequency, int(flat.age.max(initial=0)) + 1)
    odds = integrals.log_odds(np.array(fitted.values), flat)
    return np.asarray(special.expit(-odds)).reshape(shape)


def expected(fitted: Fit, known: Known, days: float) -> Floats:
    """Purchases expected in the next `days`, given what the customer did so far."""
    r, alpha, s, beta = fitted.values
    rate = (r + known.frequency) / (alpha + known.age)
    return np.asarray(alive(fitted, known) * rate * _lived(s, beta + known.age, np.float64(days)))


def expected_of_new(fitted: Fit, days: Any) -> Floats:
    """Repeat purchases expected of a customer within so many days of the first purchase, shape of `days`."""
    r, alpha, s, beta = fitted.values
    return np.asarray(r / alpha * _lived(s, beta, np.asarray(days, dtype=np.float64)))


def draw(fitted: Fit, known: Known, days: float, rng: np.random.Generator) -> Integers:
    """One draw of the purchases in the next `days` for each customer, from the model with these parameters:
    of who lives, the rate is gamma (r + x, alpha + T) and the rate of leaving gamma (s, beta + T)."""
    r, alpha, s, beta = fitted.values
    living = rng.random(known.age.shape) < alive(fitted, known)
    rate = rng.gamma(r + known.frequency, 1.0 / (alpha + known.age))
    leaving = np.maximum(rng.gamma(s, 1.0 / (beta + known.age)), 1e-300)
    lived = np.minimum(rng.exponential(1.0, known.age.shape) / leaving, days)
    return np.where(living, rng.poisson(rate * lived), 0)


def simulate(
    values: Sequence[float], ages: Any, rng: np.random.Generator
) -> tuple[Integers, Integers, Integers]:
    """Histories (frequency, recency, age) of as many customers as there are ages, in whole days."""
    r, alpha, s, beta = values
    age = np.asarray(ages, dtype=np.int64)
    rate = np.maximum(rng.gamma(r, 1.0 / alpha, age.shape), 1e-12)
    lifetime = rng.exponential(1.0, age.shape) / np.maximum(rng.gamma(s, 1.0 / beta, age.shape), 1e-300)
    return times_to_histories(rate, np.full(age.shape, 2**62), lifetime, age, rng)


def _lived(s: float, gamma: Any, days: Any) -> Any:
    """Days lived of the next `days`, at a rate of leaving gamma (s, gamma)."""
    grown = np.log1p(days / gamma)
    if abs(s - 1.0) < _NEAR_ONE:
        return gamma * grown
    return -gamma / (s - 1.0) * np.expm1(-(s - 1.0) * grown)


class _Integrals:
    """The integral from each day on, for each distinct x.

    Values run over hundreds of orders of magnitude from the first day to the last, so that each x is told
    on a scale of its own (its middle in logarithms).
    """

    def __init__(self, x: Integers, days: int, nodes: int = NODES) -> None:
        self.xs, self.x_at = np.unique(x, return_inverse=True)
        self.days = days
        points, self.weights = np.polynomial.legendre.leggauss(nodes)
        self.y = np.arange(days) + (points[:, None] + 1) / 2  # (nodes, days)

    def table(self, parameters: Floats) -> tuple[Floats, Floats]:
        """The integrand times its weight, shape (nodes, xs, days), and the scale it is told on, shape
        (xs,), as a logarithm."""
        r, alpha, s, beta = parameters
        log_alpha, log_beta = np.log(alpha + self.y), np.log(beta + self.y)
        k = r + self.xs
        middle = (log_alpha[0, 0] + log_alpha[-1, -1]) / 2, (log_beta[0, 0] + log_beta[-1, -1]) / 2
        log_alpha -= middle[0]
        shared = np.log(self.weights / 2)[:, None] - (s + 1) * (log_beta - middle[1])
        exponent = -k[:, None] * log_alpha[:, None, :]
        exponent += shared[:, None, :]
        np.clip(exponent, -690.0, 690.0, out=exponent)
        return np.exp(exponent, out=exponent), -k * middle[0] - (s + 1) * middle[1]

    def cumulated(self, integrand: Floats, feature: Floats | None = None) -> Floats:
        """The integral, of f or of f times a feature (nodes, days), from each day to the last: shape
        (xs · (days + 1),). The sums run from the small end."""
        nodes = range(len(integrand))
        daily = integrand[0] * (1.0 if feature is None else feature[0])
        for node in nodes[1:]:
            daily += integrand[node] if feature is None else integrand[node] * feature[node]
        sums = np.zeros((len(self.xs), self.days + 1))
        np.cumsum(daily[:, ::-1], axis=1, out=sums[:, -2::-1])
        return sums.ravel()

    def log_odds(self, parameters: Floats, known: Known) -> Floats:
        """ln of the odds of having left, by row."""
        r, alpha, s, beta = parameters
        integrand, scale = self.table(parameters)
        sums = self.cumulated(integrand)
        row = self.x_at * (self.days + 1)
        with np.errstate(divide="ignore"):
            between = np.log(np.maximum(sums[row + known.recency] - sums[row + known.age], 0.0))
        k, ages = (r + self.xs)[self.x_at], np.arange(self.days + 1)
        log_alpha, log_beta = np.log(alpha + ages), np.log(beta + ages)
        since = k * log_alpha[known.age] + s * log_beta[known.age]
        return np.asarray(between + scale[self.x_at] + np.log(s) + since)


class _Surface:
    """The log-likelihood over log parameters, with gradient and Hessian."""

    def __init__(self, history: History, nodes: int = NODES) -> None:
        self.weight = history.count.astype(np.float64)
        self.customers = float(self.weight.sum())
        self.x, self.x_weight = tally(history.frequency, self.weight)
        self.age, self.age_weight = tally(history.age, self.weight)
        _, self.age_purchases = tally(history.age, self.weight * history.frequency)
        self.days = int(history.age.max(initial=0)) + 1
        self.integrals = _Integrals(history.frequency, self.days, nodes)
        self.row_age, self.x_at = history.age, self.integrals.x_at
        self.from_at = self.x_at * (self.days + 1) + history.recency
        self.to_at = self.x_at * (self.days + 1) + history.age

    def __call__(self, at: Floats) -> tuple[float, Floats, Floats]:
        parameters = np.exp(np.clip(at, -60.0, 60.0))
        value, gradient, hessian = self._plain(parameters)
        more, more_gradient, more_hessian = self._odds(parameters)
        return value + more, *by_logarithms(parameters, gradient + more_gradient, hessian + more_hessian)

    def _plain(self, parameters: Floats) -> tuple[float, Floats, Floats]:
        """Everything but the odds: those who never left."""
        r, alpha, s, beta = parameters
        x, w, n, age = self.x, self.x_weight, self.customers, self.age_weight
        in_alpha, in_beta = alpha + self.age, beta + self.age
        shared = r * age + self.age_purchases
        value = (
            (w * (special.gammaln(r + x) - special.gammaln(r))).sum()
            + n * (r * np.log(alpha) + s * np.log(beta))
            - (shared * np.log(in_alpha)).sum()
            - s * (age * np.log(in_beta)).sum()
        )
        gradient = np.array(
            [
                (w * (special.digamma(r + x) - special.digamma(r))).sum()
                + n * np.log(alpha)
                - (age * np.log(in_alpha)).sum(),
                n * r / alpha - (shared / in_alpha).sum(),
                n * np.log(beta) - (age * np.log(in_beta)).sum(),
                n * s / beta - s * (age / in_beta).sum(),
            ]
        )
        hessian = np.zeros((4, 4))
        hessian[0, 0] = (w * (trigamma(r + x) - trigamma(r))).sum()
        hessian[0, 1] = hessian[1, 0] = n / alpha - (age / in_alpha).sum()
        hessian[1, 1] = -n * r / alpha**2 + (shared / in_alpha**2).sum()
        hessian[2, 3] = hessian[3, 2] = n / beta - (age / in_beta).sum()
        hessian[3, 3] = -n * s / beta**2 + s * (age / in_beta**2).sum()
        return float(value), gradient, hessian

    def _odds(self, parameters: Floats) -> tuple[float, Floats, Floats]:
        """ln(1 + odds of having left) with its derivatives.

        With I the integral of f over the days between, E the mean under f on them and h = ln f, the
        derivatives of ln I are E[h'] and E[h'h' + h''] - E[h']E[h']. What is linear in f is not summed by
        row: the rows' weights are gathered on the days they span, and each day is told once.
        """
        r, alpha, s, beta = parameters
        y = self.integrals.y
        features = (np.log(alpha + y), 1.0 / (alpha + y), np.log(beta + y), 1.0 / (beta + y))
        integrand, scale = self.integrals.table(parameters)
        whole = self.integrals.cumulated(integrand)
        moments = [self.integrals.cumulated(integrand, feature) for feature in features]
        ages = np.arange(self.days + 1)
        purchases, offset = r + self.integrals.xs, scale + np.log(s)
        logs = np.log(alpha + ages), np.log(beta + ages)
        inverses = 1.0 / (alpha + ages), 1.0 / (beta + ages)
        value, gradient, hessian = 0.0, np.zeros(4), np.zeros((4, 4))
        coefficients = np.empty(len(self.weight))
        for rows in blocks(len(self.weight)):
            first, last = self.from_at[rows], self.to_at[rows]
            age, x_at, weight = self.row_age[rows], self.x_at[rows], self.weight[rows]
            between = np.maximum(whole[first] - whole[last], 0.0)
            here = between > 0
            safe = np.where(here, between, 1.0)
            k, in_alpha, in_beta = purchases[x_at], inverses[0][age], inverses[1][age]
            odds = np.log(safe) + offset[x_at] + k * logs[0][age] + s * logs[1][age]
            odds[~here] = -np.inf
            left = special.expit(odds)
            value -= float(weight @ special.log_expit(-odds))
            means = np.stack([(moment[first] - moment[last]) / safe for moment in moments])
            means[1] *= k
            means[3] *= s + 1
            slopes = np.stack([logs[0][age], k * in_alpha, logs[1][age], s * in_beta]) - means
            slopes[2] += 1.0 / s
            w1 = weight * left
            coefficients[rows] = w1 / safe
            gradient += slopes @ w1
            # p(1-p)D'D' + p D'' for D the logarithm of the odds; D'' holds -E[h']E[h'].
            hessian += (slopes * (w1 * (1.0 - left))) @ slopes.T - (means * w1) @ means.T
            # The part of D'' that does not come from the integral.
            turned = np.array([w1 @ in_alpha, w1 @ in_beta])
            hessian[0, 1] += turned[0]
            hessian[1, 1] -= w1 @ (k * in_alpha * in_alpha)
            hessian[2, 2] -= w1.sum() / s**2
            hessian[2, 3] += turned[1]
            hessian[3, 3] -= s * (w1 @ (in_beta * in_beta))
        hessian += self._second(parameters, coefficients, integrand, features)
        return value, gradient, np.triu(hessian) + np.triu(hessian, 1).T

    def _second(
        self, parameters: Floats, coefficients: Floats, integrand: Floats, features: tuple[Floats, ...]
    ) -> Floats:
        """The sum over rows of coefficient · ∫ (h'h' + h'') f, upper triangle."""
        r, _, s, _ = parameters
        shape = (len(self.integrals.xs), self.days + 1)
        size = shape[0] * shape[1]
        opened = np.bincount(self.from_at, weights=coefficients, minlength=size)
        opened -= np.bincount(self.to_at, weights=coefficients, minlength=size)
        spanning = np.cumsum(opened.reshape(shape), axis=1)[:, :-1]
        sums = np.zeros((shape[0], 12))
        for node, (u, v, m, n) in enumerate(zip(*features, strict=True)):
            products = [u * u, u * v, v, u * m, u * n, v * v, v * m, v * n, m * m, m * n, n, n * n]
            sums += (integrand[node] * spanning) @ np.stack(products).T
        uu, uv, v1, um, un, vv, vm, vn, mm, mn, n1, nn = sums.T
        k, q = r + self.integrals.xs, s + 1
        hessian = np.zeros((4, 4))
        hessian[0] = [uu.sum(), k @ uv - v1.sum(), um.sum(), q * un.sum()]
        hessian[1, 1:] = [(k * (k + 1)) @ vv, k @ vm, q * (k @ vn)]
        hessian[2, 2:] = [mm.sum(), q * mn.sum() - n1.sum()]
        hessian[3, 3] = q * (q + 1) * nn.sum()
        return hessian
