"""BG/NBD and MBG/NBD: a customer buys at random until, after some purchase, never again.

Purchases come as a Poisson process whose rate differs between customers (gamma with shape r, rate alpha);
after each purchase the customer leaves with a probability that differs between customers (beta with a, b).
In the modified model (MBG/NBD) one may leave after the first purchase too. Both likelihoods are one, with
`shift` 0 or 1.

Sources: Fader, Hardie and Lee, "Counting Your Customers" the Easy Way, Marketing Science 24 (2005); Batislam,
Denizel and Filiztekin, Empirical validation and comparison of models for customer base analysis, IJRM 24
(2007). All times are days.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from scipy import special

from guanxi.economics.forecasts.fitting import Fit, by_logarithms, maximise, problems
from guanxi.economics.forecasts.history import Floats, History, Integers, Known, sample

NAMES: Final = ("r", "alpha", "a", "b")
TIMED: Final = ("alpha",)
SHIFTS: Final = {"bgnbd": 0, "mbgnbd": 1}
BLOCK: Final = 8_192
_NEAR_ONE: Final = 1e-4  # the expectation has a removable pole at a = 1


def fit(history: History, model: str = "bgnbd") -> Fit:
    """Fit by maximum likelihood, from a start that the moments suggest. Never raises for want of data: the
    answer then says that it did not converge."""
    shift = SHIFTS[model]
    purchases = int((history.frequency * history.count).sum())
    if not history.customers or not purchases:
        return nothing(model, NAMES, TIMED, history)
    days = float((history.age * history.count).sum())
    start = np.log([1.0, days / purchases, 0.7, 2.0])
    if (few := sample(history)) is not None:
        start = maximise(_Surface(few, shift), start)[0]
    at, value, covariance, converged, steps = maximise(_Surface(history, shift), start)
    said = problems(NAMES, at, covariance, converged)
    return Fit(
        model=model,
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
    r, alpha, a, b = fitted.values
    shift = SHIFTS[fitted.model]
    x, t_x, age = (column.astype(np.float64) for column in known)
    with np.errstate(divide="ignore"):
        odds = np.log(a) - np.log(np.maximum(b + x + shift - 1, 1e-300))
    odds = odds + (r + x) * np.log1p((age - t_x) / (alpha + t_x))
    return np.asarray(np.where((x > 0) | (shift > 0), special.expit(-odds), 1.0))


def expected(fitted: Fit, known: Known, days: float) -> Floats:
    """Purchases expected in the next `days`, given what the customer did so far."""
    return alive(fitted, known) * _if_alive(fitted, known, days)


def expected_of_new(fitted: Fit, days: Any) -> Floats:
    """Repeat purchases expected of a customer within so many days of the first purchase, shape of `days`."""
    r, alpha, a, b = fitted.values
    shift = SHIFTS[fitted.model]
    staying = b / (a + b) if shift else 1.0  # in the modified model not all survive their first purchase
    return np.asarray(staying * _bracket((r, alpha), a, b + shift, np.asarray(days, dtype=np.float64)))


def draw(fitted: Fit, known: Known, days: float, rng: np.random.Generator) -> Integers:
    """One draw of the purchases in the next `days` for each customer, from the model with these parameters.

    A living customer's rate is gamma (r + x, alpha + T), the chance to leave beta (a, b + x) and independent
    of it; purchases are those of the Poisson process up to and with the one after which the customer leaves.
    """
    r, alpha, a, b = fitted.values
    x, age = known.frequency.astype(np.float64), known.age.astype(np.float64)
    living = rng.random(x.shape) < alive(fitted, known)
    rate = rng.gamma(r + x, 1.0 / (alpha + age))
    leaving = np.clip(rng.beta(a, b + x + SHIFTS[fitted.model]), 1e-12, 1.0)
    bought = rng.poisson(rate * days)
    return np.where(living, np.minimum(bought, rng.geometric(leaving)), 0)


def simulate(
    values: Sequence[float], ages: Any, rng: np.random.Generator, model: str = "bgnbd"
) -> tuple[Integers, Integers, Integers]:
    """Histories (frequency, recency, age) of as many customers as there are ages, in whole days: the model's
    own customers, for recovery tests. Several purchases on one day count once, as in real data."""
    r, alpha, a, b = values
    age = np.asarray(ages, dtype=np.int64)
    rate = rng.gamma(r, 1.0 / alpha, age.shape)
    leaving = np.clip(rng.beta(a, b, age.shape), 1e-12, 1.0)
    left_after = rng.geometric(leaving) - SHIFTS[model]
    return times_to_histories(rate, left_after, np.full(age.shape, np.inf), age, rng)


def times_to_histories(
    rate: Floats, most: Integers, lifetime: Floats, age: Integers, rng: np.random.Generator
) -> tuple[Integers, Integers, Integers]:
    """Play Poisson purchases forward until `most` of them, the lifetime, or the age has passed."""
    x, t_x = np.zeros(age.shape, dtype=np.int64), np.zeros(age.shape, dtype=np.int64)
    now, made = np.zeros(age.shape), np.zeros(age.shape, dtype=np.int64)
    going = np.flatnonzero(most > 0)
    while len(going):
        now[going] += rng.exponential(1.0 / rate[going])
        going = going[(now[going] <= np.minimum(age[going], lifetime[going]))]
        made[going] += 1
        day = np.ceil(now[going]).astype(np.int64)
        fresh = day > t_x[going]
        x[going[fresh]] += 1
        t_x[going[fresh]] = day[fresh]
        going = going[made[going] < most[going]]
    return x, t_x, age


class _Surface:
    """The log-likelihood over log parameters, with gradient and Hessian.

    The gamma and digamma terms depend on x alone and are told on its distinct values; only the softplus of
    the odds of having left needs every row.
    """

    def __init__(self, history: History, shift: int) -> None:
        self.shift = shift
        weight = history.count.astype(np.float64)
        self.customers = float(weight.sum())
        self.x, self.x_weight = tally(history.frequency, weight)
        self.age, self.age_weight = tally(history.age, weight)
        _, self.age_purchases = tally(history.age, weight * history.frequency)
        may_leave = np.flatnonzero((history.frequency > 0) | (shift > 0))
        self.weight = weight[may_leave]
        self.row_age = history.age[may_leave]
        self.row_recency = history.recency[may_leave]
        self.x_at = np.searchsorted(self.x, history.frequency[may_leave])
        self.most_days = int(history.age.max(initial=0))

    def __call__(self, at: Floats) -> tuple[float, Floats, Floats]:
        parameters = np.exp(np.clip(at, -60.0, 60.0))
        value, gradient, hessian = self._plain(parameters)
        odds_value, odds_gradient, odds_hessian = self._odds(parameters)
        return value + odds_value, *by_logarithms(
            parameters, gradient + odds_gradient, hessian + odds_hessian
        )

    def _plain(self, parameters: Floats) -> tuple[float, Floats, Floats]:
        """Everything but the odds: those who never left."""
        r, alpha, a, b = parameters
        x, w, end = self.x, self.x_weight, self.x + self.shift
        n, days = self.customers, alpha + self.age
        log_days, purchases = np.log(days), self.age_purchases
        gammas = special.gammaln(r + x) - special.gammaln(r)
        betas = special.betaln(a, b + end) - special.betaln(a, b)
        value = float(
            (w * (gammas + betas)).sum()
            + n * r * np.log(alpha)
            - ((r * self.age_weight + purchases) * log_days).sum()
        )
        psi, psi_ab = special.digamma, special.digamma(a + b)
        over, shared = psi(a + b + end), r * self.age_weight + purchases
        gradient = np.array(
            [
                (w * (psi(r + x) - psi(r))).sum() + n * np.log(alpha) - (self.age_weight * log_days).sum(),
                n * r / alpha - (shared / days).sum(),
                (w * (psi_ab - over)).sum(),
                (w * (psi(b + end) - over - psi(b) + psi_ab)).sum(),
            ]
        )
        tri, tri_ab = trigamma, trigamma(a + b)
        tri_over = (w * (tri_ab - tri(a + b + end))).sum()
        hessian = np.zeros((4, 4))
        hessian[0, 0] = (w * (tri(r + x) - tri(r))).sum()
        hessian[0, 1] = hessian[1, 0] = n / alpha - (self.age_weight / days).sum()
        hessian[1, 1] = -n * r / alpha**2 + (shared / days**2).sum()
        hessian[2, 2] = hessian[2, 3] = hessian[3, 2] = tri_over
        hessian[3, 3] = tri_over + (w * (tri(b + end) - tri(b))).sum()
        return value, gradient, hessian

    def _odds(self, parameters: Floats) -> tuple[float, Floats, Floats]:
        """ln(1 + odds of having left), over every row where one may have.

        The odds' derivatives by r, alpha, a, b are `features`; what only some rows have of the second
        derivatives is added after the outer product.
        """
        r, alpha, a, b = parameters
        days = alpha + np.arange(self.most_days + 1)
        logs, inverses = np.log(days), 1.0 / days
        rest = np.maximum(b + self.x + self.shift - 1, 1e-300)
        purchases, chance, by_b = r + self.x, np.log(a) - np.log(rest), -1.0 / rest
        value, gradient, hessian = 0.0, np.zeros(4), np.zeros((4, 4))
        for rows in blocks(len(self.weight)):
            age, recency, x_at = self.row_age[rows], self.row_recency[rows], self.x_at[rows]
            k, late, early = purchases[x_at], inverses[age], inverses[recency]
            features = np.empty((4, len(k)))
            np.subtract(logs[age], logs[recency], out=features[0])
            slope = late - early
            np.multiply(k, slope, out=features[1])
            features[2] = 1.0 / a
            features[3] = by_b[x_at]
            odds = k * features[0] + chance[x_at]
            left = special.expit(odds)
            w1 = self.weight[rows] * left
            w2 = w1 * (1.0 - left)
            # ln(1 + e^odds), also where e^odds is beyond a number.
            value -= float(self.weight[rows] @ special.log_expit(-odds))
            gradient += features @ w1
            hessian += (features * w2) @ features.T
            turned = float(w1 @ slope)
            hessian[0, 1] += turned
            hessian[1, 0] += turned
            hessian[1, 1] -= w1 @ (features[1] * (late + early))  # (u² - v²) = (u - v)(u + v)
            hessian[3, 3] += w1 @ (features[3] * features[3])
        hessian[2, 2] -= gradient[2] / a
        return value, gradient, hessian


def blocks(rows: int) -> Iterator[slice]:
    """Pieces of so many rows that what is computed for one stays in the processor's cache."""
    return (slice(start, start + BLOCK) for start in range(0, rows, BLOCK))


def tally(values: Integers, weight: Floats) -> tuple[Integers, Floats]:
    """The distinct values in order, and the weight of each."""
    sums = np.bincount(values, weights=weight) if len(values) else np.zeros(1)
    seen = np.flatnonzero(np.bincount(values)) if len(values) else np.zeros(1, dtype=np.int64)
    return seen.astype(np.int64), sums[seen].astype(np.float64)


def trigamma(value: Any) -> Any:
    """The second derivative of ln Γ."""
    return special.polygamma(1, value)


def _if_alive(fitted: Fit, known: Known, days: float) -> Floats:
    """Purchases expected in the next `days` of a customer who is alive, told once for equal (x, T)."""
    r, alpha, a, b = fitted.values
    key = (known.frequency << 32) | known.age
    _, first, back = np.unique(key, return_index=True, return_inverse=True)
    x, age = known.frequency.ravel()[first], known.age.ravel()[first]
    told = _bracket((r + x, alpha + age), a, b + SHIFTS[fitted.model] + x, np.float64(days))
    return np.asarray(told[back.ravel()].reshape(key.shape))


def _bracket(rate: tuple[Any, Any], a: float, b: Any, days: Any) -> Any:
    """(a + b - 1) / (a - 1) · [1 - (γ / (γ + t))^k ₂F₁(k, b; a + b - 1; t / (γ + t))]: purchases within t
    days at a rate that is gamma (k, γ), ending with a chance that is beta (a, b) after each."""
    if abs(a - 1.0) < _NEAR_ONE:
        above, below = 1.0 + 2 * _NEAR_ONE, 1.0 - 2 * _NEAR_ONE
        return (_bracket(rate, above, b, days) + _bracket(rate, below, b, days)) / 2
    k, gamma = rate
    series = special.hyp2f1(k, b, a + b - 1.0, days / (gamma + days))
    kept = np.exp(-k * np.log1p(days / gamma)) * series
    return np.maximum((a + b - 1.0) / (a - 1.0) * (1.0 - kept), 0.0)


def nothing(model: str, names: tuple[str, ...], timed: tuple[str, ...], history: History) -> Fit:
    """The answer where nobody came back: there is nothing to fit."""
    return Fit(
        model=model,
        names=names,
        values=(float("nan"),) * len(names),
        covariance=np.full((len(names), len(names)), np.nan),
        log_likelihood=float("nan"),
        customers=history.customers,
        converged=False,
        iterations=0,
        warnings=("no_repeat_purchases",),
        timed=timed,
    )
