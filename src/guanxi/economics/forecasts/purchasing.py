"""The three models of when customers buy, behind one set of functions, and how sure their forecasts are."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol, TypeVar

import numpy as np

from guanxi.economics.forecasts import bgnbd, paretonbd
from guanxi.economics.forecasts.fitting import Fit
from guanxi.economics.forecasts.history import Floats, History, Integers, Known

STEP: Final = 1e-3  # of a log parameter, for the slope of a forecast
Z90: Final = 1.6448536269514722  # the normal distribution's 95th percentile: a 90% interval

Given = TypeVar("Given")
Told = TypeVar("Told")


class Simulate(Protocol):
    def __call__(
        self, values: Sequence[float], ages: Any, rng: np.random.Generator
    ) -> tuple[Integers, Integers, Integers]: ...


@dataclass(frozen=True)
class Model:
    """A model of purchases: `fit` a history, then ask for what comes. All times are days; see the functions
    of the same names in `bgnbd` and `paretonbd` for shapes and sources."""

    name: str
    title: str
    fit: Callable[[History], Fit]
    alive: Callable[[Fit, Known], Floats]
    expected: Callable[[Fit, Known, float], Floats]
    expected_of_new: Callable[[Fit, Any], Floats]
    draw: Callable[[Fit, Known, float, np.random.Generator], Integers]
    simulate: Simulate


def _bg(name: str, title: str) -> Model:
    return Model(
        name=name,
        title=title,
        fit=lambda history: bgnbd.fit(history, name),
        alive=bgnbd.alive,
        expected=bgnbd.expected,
        expected_of_new=bgnbd.expected_of_new,
        draw=bgnbd.draw,
        simulate=lambda values, ages, rng: bgnbd.simulate(values, ages, rng, name),
    )


MODELS: Final[dict[str, Model]] = {
    "bgnbd": _bg("bgnbd", "BG/NBD"),
    "mbgnbd": _bg("mbgnbd", "MBG/NBD"),
    "paretonbd": Model(
        name="paretonbd",
        title="Pareto/NBD",
        fit=paretonbd.fit,
        alive=paretonbd.alive,
        expected=paretonbd.expected,
        expected_of_new=paretonbd.expected_of_new,
        draw=paretonbd.draw,
        simulate=paretonbd.simulate,
    ),
}


@dataclass(frozen=True)
class Forecast:
    """What groups of customers are expected to buy, shape (groups,) each: the expectation and its standard
    errors from not knowing the parameters, and from people being single people."""

    expected: Floats
    by_parameters: Floats
    by_chance: Floats

    @property
    def stderr(self) -> Floats:
        return np.hypot(self.by_parameters, self.by_chance)

    def interval(self, z: float = Z90) -> tuple[Floats, Floats]:
        """The 90% interval of what will be seen; never below nothing."""
        return np.maximum(self.expected - z * self.stderr, 0.0), self.expected + z * self.stderr


def slopes(fitted: Fit, told: Callable[[Fit], Floats]) -> Floats:
    """The derivative of a figure by each log parameter, shape (parameters, …), by central differences."""

    def moved(parameter: int, step: float) -> Floats:
        values = list(fitted.values)
        values[parameter] *= float(np.exp(step))
        return told(replace(fitted, values=tuple(values)))

    def slope(parameter: int) -> Floats:
        return (moved(parameter, STEP) - moved(parameter, -STEP)) / (2 * STEP)

    return np.stack(side_by_side(slope, range(len(fitted.values))))


def side_by_side(work: Callable[[Given], Told], given: Iterable[Given]) -> list[Told]:
    """`work` of each, in order, on as many processors as there are: what works in arrays lets others run."""
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return list(threads.map(work, given))


def by_parameters(fitted: Fit, told: Callable[[Fit], Floats]) -> Floats:
    """The standard error that a figure owes to the parameters' (the delta method), of the figure's shape."""
    slope = slopes(fitted, told)
    variance = np.einsum("i...,ij,j...->...", slope, fitted.covariance, slope)
    return np.asarray(np.sqrt(np.maximum(variance, 0.0)))


@dataclass(frozen=True)
class Groups:
    """Which group each customer of a history is in: `of` (customers,) in 0..count-1."""

    of: Integers
    count: int

    def sums(self, each: Any) -> Floats:
        return np.bincount(self.of, weights=each, minlength=self.count).astype(np.float64)


def forecast(
    model: Model, fitted: Fit, history: History, groups: Groups, days: float, *, seed: int = 0
) -> Forecast:
    """Purchases expected of each group in the next `days`."""
    rows, known = history.row_of, history.known

    def total(fit: Fit) -> Floats:
        return groups.sums(model.expected(fit, known, days)[rows])

    each = model.expected(fitted, known, days)[rows]
    rng = np.random.default_rng(seed)

    def drawn(customers: Integers) -> Floats:
        at = rows[customers]
        return model.draw(fitted, Known(*(column[at] for column in known)), days, rng).astype(np.float64)

    return Forecast(total(fitted), by_parameters(fitted, total), spread(groups, each, drawn))


def spread(groups: Groups, each: Floats, drawn: Callable[[Integers], Floats]) -> Floats:
    """The standard error that each group's sum owes to chance, shape (groups,).

    `each` (customers,) is expected, `drawn` answers one draw for each of the customers it is given. It is
    read from one draw of every customer: the squares of what it misses its expectation by, which are right in
    sum. Small groups are drawn again until some 200 draws stand behind their figure.
    """
    again = np.clip(200 // np.maximum(np.bincount(groups.of, minlength=groups.count), 1), 1, 200)
    variance = np.zeros(groups.count)
    for times in np.unique(again):
        customers = np.repeat(np.flatnonzero(again[groups.of] == times), times)
        missed = (drawn(customers) - each[customers]) ** 2 / times
        variance += np.bincount(groups.of[customers], weights=missed, minlength=groups.count)
    return np.sqrt(variance)
