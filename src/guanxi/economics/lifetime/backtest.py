"""What the models would have said some months ago, beside what came: who may be believed, and which to ask.

Each model is fitted to what was known at the split and forecasts the days held out, for everybody known by
then. The error is told by cohort (the month of the first order): the sum of what each cohort's forecast is
off by, over what all bought (WAPE). The model that is least off is chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

import numpy as np

from guanxi.economics import running
from guanxi.economics.forecasts import (
    MODELS,
    Fit,
    Forecast,
    Groups,
    History,
    Model,
    by_parameters,
    forecast,
    side_by_side,
)
from guanxi.economics.forecasts.history import Floats, Integers
from guanxi.economics.lifetime import people
from guanxi.economics.lifetime.people import People
from guanxi.warehouse.contracts import BrandRow

ORDER: Final = ("bgnbd", "mbgnbd", "paretonbd")  # in which models are asked where nothing speaks for one
LONGEST: Final = 182  # days held out
SHORTEST: Final = 28
LEAST_COMING: Final = 30  # customers who must have come again on either side of the split
GOOD, FAIR = 0.10, 0.25  # of the WAPE


class Verdict(StrEnum):
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    UNKNOWN = "unknown"  # nothing could be tried


@dataclass(frozen=True)
class Trial:
    """One model's forecast of the days held out. `by_cohort` has the shape of `Backtest.cohorts`.

    wape         sum over cohorts of |forecast - came| over the sum of what came
    bias         forecast over what came, less 1
    correlation  of forecast and what came, over customers; None where one of them does not vary
    covered      of cohorts, the share whose purchases lie within the 90% interval
    total_stderr of the sum of all cohorts
    """

    model: str
    fitted: Fit
    each: Floats
    by_cohort: Forecast
    wape: float
    bias: float
    correlation: float | None
    covered: float
    total_stderr: float

    @property
    def verdict(self) -> Verdict:
        return Verdict.GOOD if self.wape <= GOOD else Verdict.FAIR if self.wape <= FAIR else Verdict.POOR


@dataclass(frozen=True)
class Backtest:
    """came, came_fen   days with a purchase, and their revenue, of each customer within the days held out
    of                the cohort of each customer, a place in `cohorts`
    naive_wape        that of expecting everybody to go on as before: frequency / age × days
    """

    known: People
    history: History
    days: int
    cohorts: list[str]
    of: Integers
    came: Integers
    came_fen: Floats
    trials: Sequence[Trial]
    naive_wape: float

    @property
    def came_by_cohort(self) -> Floats:
        return Groups(self.of, len(self.cohorts)).sums(self.came)

    @property
    def best(self) -> Trial | None:
        """The least wrong of those that converged."""
        return min(
            (one for one in self.trials if one.fitted.converged), key=lambda one: one.wape, default=None
        )

    @property
    def verdict(self) -> Verdict:
        return self.best.verdict if self.best else Verdict.UNKNOWN


def split_of(first: date, until: date) -> date | None:
    """The last day that is not held out: a third of the time seen is, at most half a year. None where too
    little time was seen to try anything."""
    days = min(LONGEST, (until - first).days // 3)
    return None if days < SHORTEST else until - timedelta(days=days)


def run(brand: BrandRow, until: date, models: Sequence[str] = ORDER) -> Backtest | None:
    """Try the models; None where too few people came again for any of it to mean something."""
    return of(brand, people.read(brand, until, channels=False), models)


def of(brand: BrandRow, all_known: People, models: Sequence[str] = ORDER) -> Backtest | None:
    """`run`, where everybody until the end is known already."""
    name = f"backtest until {all_known.until} of {models}"
    found: Backtest | None = running.once(brand, name, lambda: _of(brand, all_known, models))
    return found


def _of(brand: BrandRow, all_known: People, models: Sequence[str]) -> Backtest | None:
    if not len(all_known):
        return None
    until = all_known.until
    split = split_of(people.EPOCH + timedelta(days=int(all_known.first_day.min())), until)
    if split is None:
        return None
    known = people.read(brand, split, channels=False)
    ids, days, revenue = people.purchases_between(brand, split, until)
    came, came_fen = _placed(known.customer_id, ids, days), _placed(known.customer_id, ids, revenue)
    if min(int((known.known.frequency > 0).sum()), int((came > 0).sum())) < LEAST_COMING:
        return None
    return tried(known, (until - split).days, came.astype(np.int64), came_fen, models)


def tried(
    known: People, days: int, came: Integers, came_fen: Floats, models: Sequence[str] = ORDER
) -> Backtest:
    """The models' forecasts for `known` beside what `came` (customers,) in the `days` after."""
    cohorts, of = np.unique(
        known.first_day.astype("datetime64[D]").astype("datetime64[M]"), return_inverse=True
    )
    history, groups = known.history(), Groups(of.astype(np.int64), len(cohorts))
    naive = groups.sums(known.known.frequency / np.maximum(known.known.age, 1) * days)
    actual = groups.sums(came)
    trials = side_by_side(lambda name: _trial(name, history, groups, days, (came, actual)), models)
    return Backtest(
        known=known,
        history=history,
        days=days,
        cohorts=np.datetime_as_string(cohorts).tolist(),
        of=groups.of,
        came=came,
        came_fen=came_fen,
        trials=trials,
        naive_wape=_wape(naive, actual),
    )


def weekly(found: Backtest, trial: Trial) -> Floats:
    """Purchases forecast by the end of each week held out, summed over all customers; the last is the end."""
    model, rows = MODELS[trial.model], found.history
    ends = week_ends(found.days)
    return np.array([float(rows.count @ model.expected(trial.fitted, rows.known, end)) for end in ends])


def came_weekly(brand: BrandRow, found: Backtest) -> Floats:
    """The purchases that came by the end of each week held out, of everybody known at the split."""
    since = people.day_of(found.known.until)
    ids, days = people.purchase_days(brand, since + 1, since + found.days)
    known = np.isin(ids, found.known.customer_id)
    after = np.sort(days[known] - since)
    return np.searchsorted(after, week_ends(found.days), side="right").astype(np.float64)


def week_ends(days: int) -> list[int]:
    """The days since the split on which a week ends."""
    return [*range(7, days, 7), days]


def by_frequency(found: Backtest, each: Mapping[str, Floats], most: int = 7) -> dict[str, Floats]:
    """The mean of each figure (customers,) by the purchases before the split: 0, 1, … `most` and more."""
    groups = Groups(np.minimum(found.known.known.frequency, most), most + 1)
    size = np.maximum(groups.sums(np.ones(len(found.came))), 1)
    return {name: groups.sums(values) / size for name, values in each.items()}


def _trial(name: str, history: History, groups: Groups, days: int, seen: tuple[Integers, Floats]) -> Trial:
    came, actual = seen  # by customer, by cohort
    model = MODELS[name]
    fitted = model.fit(history)
    if not fitted.converged:
        return Trial(name, fitted, np.empty(0), _none(groups), np.inf, np.inf, None, 0.0, np.inf)
    by_cohort = forecast(model, fitted, history, groups, days)
    each = model.expected(fitted, history.known, days)[history.row_of]
    low, high = by_cohort.interval()
    return Trial(
        model=name,
        fitted=fitted,
        each=each,
        by_cohort=by_cohort,
        wape=_wape(by_cohort.expected, actual),
        bias=float(by_cohort.expected.sum() / max(actual.sum(), 1.0) - 1.0),
        correlation=_correlation(each, came),
        covered=float(np.mean((actual >= low) & (actual <= high))),
        total_stderr=float(np.hypot(_whole_stderr(model, fitted, history, days), _root(by_cohort.by_chance))),
    )


def _whole_stderr(model: Model, fitted: Fit, history: History, days: int) -> float:
    """What the parameters make uncertain of everybody's sum: cohorts share it, so theirs do not add up."""

    def told(fit: Fit) -> Floats:
        return np.array(history.count @ model.expected(fit, history.known, days))

    return float(by_parameters(fitted, told))


def _root(stderr: Floats) -> float:
    return float(np.sqrt((stderr**2).sum()))


def _none(groups: Groups) -> Forecast:
    nothing = np.full(groups.count, np.nan)
    return Forecast(nothing, nothing, nothing)


def _wape(told: Floats, actual: Floats) -> float:
    return float(np.abs(told - actual).sum() / max(float(actual.sum()), 1.0))


def _correlation(told: Floats, came: Integers) -> float | None:
    if len(told) < 2 or np.ptp(told) == 0 or np.ptp(came) == 0:
        return None
    return float(np.corrcoef(told, came)[0, 1])


def _placed(at: Integers, ids: Integers, values: Integers | Floats) -> Floats:
    """For each id of `at` (ascending) its value, 0 where it has none; ids not in `at` are passed over."""
    places = np.searchsorted(at, ids)
    inside = places < len(at)
    inside[inside] = at[places[inside]] == ids[inside]
    found = np.zeros(len(at))
    found[places[inside]] = values[inside]
    return found
