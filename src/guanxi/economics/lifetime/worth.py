"""What customers will still leave: purchases to come, times what one is worth, times what is left of it.

Purchases come from a model of `forecasts`, the value of one from Gamma–Gamma over the days a customer came
again (where that fails: from the mean of all such days), and what is left from the brand's margins. What
comes later is discounted. Parameters and chance both make it uncertain, and both are in the intervals.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from guanxi.economics.forecasts import Fit, Forecast, Groups, History, Known, Model, by_parameters, spread
from guanxi.economics.forecasts import gammagamma as gg
from guanxi.economics.forecasts.history import Floats, Integers
from guanxi.economics.forecasts.purchasing import Z90
from guanxi.economics.lifetime.people import People

MONTH: Final = 365.25 / 12  # days
STEPS: Final = 12  # into which the time to come is cut for discounting
CREDIT: Final = 3.0  # purchases' worth of the brand's own margin by which a customer's is steadied


@dataclass(frozen=True)
class Values:
    """What a purchase day is worth. `fitted` is None where Gamma–Gamma did not fit: everybody's is then the
    mean, known to within `stderr`. `orders` and `mean` (customers,) are those of the days after the first."""

    fitted: Fit | None
    orders: Integers
    mean: Floats
    population: float
    stderr: float

    @property
    def name(self) -> str:
        return "mean" if self.fitted is None else gg.MODEL

    def expected(self, fitted: Fit | None = None) -> Floats:
        """Of each customer's next purchase, shape (customers,)."""
        told = fitted or self.fitted
        if told is None:
            return np.full(len(self.orders), self.population)
        return gg.expected_value(told, self.orders, self.mean)

    def spent(self, customers: Integers, purchases: Integers, rng: np.random.Generator) -> Floats:
        """One draw of what these customers pay on so many days."""
        if self.fitted is None:
            seen = self.mean[self.mean > 0]
            if not len(seen):
                return np.asarray(purchases * self.population, dtype=np.float64)
            return np.asarray(purchases * rng.choice(seen, len(customers)) * (self.population / seen.mean()))
        own = gg.draw(self.fitted, self.orders[customers], self.mean[customers], rng)
        p = self.fitted.values[0]
        paid = rng.gamma(np.maximum(p * purchases, 1e-9)) / p * own
        return np.where(purchases > 0, paid, 0.0)


def values_of(of: People) -> Values:
    """Fit the value of a purchase day."""
    mean = np.where(of.repeat_value > 0, of.repeat_value, 0.0)
    orders = np.where(mean > 0, of.known.frequency, 0)
    fitted = gg.fit(orders, mean)
    if fitted.converged:
        return Values(fitted, orders, mean, gg.population_mean(fitted), 0.0)
    days = of.known.frequency + 1
    ratio = float(of.revenue.sum() / max(days.sum(), 1))
    missed = of.revenue - ratio * days
    stderr = float(np.sqrt((missed**2).sum()) / max(days.sum(), 1))  # of a ratio, customers independent
    return Values(None, orders, mean, ratio, stderr)


def margin_ratios(of: People) -> Floats:
    """What is left of each customer's revenue, refunds taken off: the customer's own, steadied by the brand's
    as if it had that of `CREDIT` purchases more (credibility); within -1..1."""
    revenue, margin = float(of.revenue.sum()), float(of.margin.sum())
    if revenue <= 0:
        return np.zeros(len(of))
    steady = CREDIT * revenue / float((of.known.frequency + 1).sum())
    return np.clip((of.margin + steady * margin / revenue) / (of.revenue + steady), -1.0, 1.0)


@dataclass(frozen=True)
class Worth:
    """Of each group, sums over its customers: purchases expected, and the discounted margin they leave."""

    purchases: Forecast
    margin: Forecast

    def interval(self) -> tuple[Floats, Floats]:
        """The 90% interval of the margin; below nothing only where a loss is expected."""
        told = self.margin
        low, high = told.expected - Z90 * told.stderr, told.expected + Z90 * told.stderr
        return np.where(told.expected >= 0, np.maximum(low, 0.0), low), high


@dataclass(frozen=True)
class Ahead:
    """How far is looked ahead, and what a year's waiting costs (0.1: a tenth)."""

    months: int
    discount_yearly: float

    @property
    def days(self) -> float:
        return self.months * MONTH

    def ends(self) -> Floats:
        return np.linspace(0.0, self.days, min(STEPS, self.months) + 1)[1:]

    def discounts(self) -> Floats:
        """What an amount in the middle of each step is worth today."""
        ends = self.ends()
        middles = ends - ends[0] / 2
        return np.asarray((1.0 + self.discount_yearly) ** (-middles / 365.25))

    def discounted(self, cumulated: Floats) -> Floats:
        """The discounted sum of what has come by each end, shape (steps, …)."""
        steps = np.diff(cumulated, axis=0, prepend=np.zeros_like(cumulated[:1]))
        return np.tensordot(self.discounts(), steps, axes=1)


@dataclass(frozen=True)
class Base:
    """Everything that worth is told from, so that it is fitted once and told of any group."""

    people: People
    history: History
    model: Model
    fitted: Fit
    values: Values
    ratios: Floats
    ahead: Ahead

    @cached_property
    def _told(self) -> tuple[Floats, Floats, Floats]:
        """Of each customer the purchases ahead, the same discounted, and the second over the first."""
        rows, known = self.history.row_of, self.history.known
        by_end = np.stack([self.model.expected(self.fitted, known, float(end)) for end in self.ahead.ends()])
        whole, told = np.maximum(by_end[-1], 0.0), self.ahead.discounted(by_end)
        less = np.divide(told, whole, out=np.ones_like(told), where=whole > 0)
        return whole[rows], told[rows], less[rows]

    @cached_property
    def each(self) -> Floats:
        """The margin expected of each customer, in today's money."""
        return np.asarray(self._told[1] * self.values.expected() * self.ratios)

    def worth(self, groups: Groups, rows: Integers | None = None, *, seed: int = 0) -> Worth:
        """What the customers of each group are expected to leave in the time ahead. `groups.of` has the shape
        of `rows`, places of customers; without `rows` it is of everybody."""
        at = np.arange(len(self.people)) if rows is None else rows
        purchases, told, less = (column[at] for column in self._told)
        weights = (less * self.values.expected()[at] * self.ratios[at]) if len(at) else less
        compressed = self.history.row_of[at]
        known, days = self.history.known, self.ahead.days
        rng = np.random.default_rng(seed)
        drawn = self._drawn(rng)

        def counted(fit: Fit) -> Floats:
            return groups.sums(self.model.expected(fit, known, days)[compressed])

        def left(fit: Fit) -> Floats:
            return groups.sums(self.model.expected(fit, known, days)[compressed] * weights)

        def bought(places: Integers) -> Floats:
            return self._purchases(at[places], rng).astype(np.float64)

        def paid(places: Integers) -> Floats:
            return drawn(at[places]) * less[places]

        each = self.each[at]
        by_model, by_value = by_parameters(self.fitted, left), self._by_values(groups, at, told)
        return Worth(
            Forecast(
                groups.sums(purchases), by_parameters(self.fitted, counted), spread(groups, purchases, bought)
            ),
            Forecast(groups.sums(each), np.hypot(by_model, by_value), spread(groups, each, paid)),
        )

    def quantiles(self, customers: Integers, *, draws: int = 400, seed: int = 0) -> tuple[Floats, Floats]:
        """The 90% interval of what single customers will leave, shape (customers,) each."""
        rng = np.random.default_rng(seed)
        drawn = self._drawn(rng)
        repeated = np.repeat(customers, draws)
        amounts = drawn(repeated).reshape(len(customers), draws)
        low, high = np.quantile(amounts, (0.05, 0.95), axis=1)
        return low, high

    def alive(self) -> Floats:
        """P(alive) of each customer."""
        return self.model.alive(self.fitted, self.history.known)[self.history.row_of]

    def of_new(self) -> tuple[Floats, Floats]:
        """What a new customer is expected to leave by the end of each month ahead, the first order included,
        and its standard error from the parameters: shape (months + 1,), the first being the day itself.
        Without discount, so that a payback can be read from it."""
        people, ratio = self.people, self.ratio
        first = float(people.first.sum()) / max(len(people), 1) * ratio
        ends = np.arange(self.ahead.months + 1) * MONTH
        repeats = self.model.expected_of_new(self.fitted, ends)
        value = self.values.population
        by_model = by_parameters(self.fitted, lambda fit: self.model.expected_of_new(fit, ends))
        if self.values.fitted is None:
            by_value = self.values.stderr
        else:
            found = by_parameters(self.values.fitted, lambda fit: np.array(gg.population_mean(fit)))
            by_value = float(found)
        spread_of_mean = float(people.first.std()) / max(len(people), 1) ** 0.5
        parts = np.stack([by_model * value, repeats * by_value, np.full(len(ends), spread_of_mean)])
        return first + repeats * value * ratio, np.abs(ratio) * np.sqrt((parts**2).sum(axis=0))

    @property
    def ratio(self) -> float:
        """What is left of the brand's revenue, refunds taken off."""
        revenue = float(self.people.revenue.sum())
        return float(self.people.margin.sum()) / revenue if revenue > 0 else 0.0

    def _by_values(self, groups: Groups, at: Integers, told: Floats) -> Floats:
        """What the parameters of the value of a purchase add to the standard error."""
        weights = told * self.ratios[at]
        fitted = self.values.fitted
        if fitted is None:
            return np.abs(groups.sums(weights)) * self.values.stderr
        return by_parameters(fitted, lambda fit: groups.sums(weights * self.values.expected(fit)[at]))

    def _purchases(self, customers: Integers, rng: np.random.Generator) -> Integers:
        at = self.history.row_of[customers]
        known = Known(*(column[at] for column in self.history.known))
        return self.model.draw(self.fitted, known, self.ahead.days, rng)

    def _drawn(self, rng: np.random.Generator) -> Callable[[Integers], Floats]:
        def drawn(customers: Integers) -> Floats:
            purchases = self._purchases(customers, rng)
            return self.values.spent(customers, purchases, rng) * self.ratios[customers]

        return drawn
