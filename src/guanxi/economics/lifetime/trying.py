"""`backtest`: the forecasts of some months ago beside what came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from guanxi.economics.forecasts import MODELS
from guanxi.economics.forecasts.purchasing import Z90
from guanxi.economics.lifetime import backtest as trying
from guanxi.economics.lifetime import people
from guanxi.economics.lifetime.backtest import Backtest, Trial
from guanxi.economics.lifetime.choosing import VERDICTS, warned
from guanxi.economics.lifetime.worth import values_of
from guanxi.economics.reporting import Column, Drawn, Graph, KeyFigure, Line, Report, Unit
from guanxi.kernel.wording import Wording, say
from guanxi.ui import figures
from guanxi.warehouse.contracts import BrandRow

COLUMNS: Final = (
    Column(
        "model",
        say("Model"),
        say("The model; `as before` expects everybody to go on as until then."),
        Unit.TEXT,
        words={name: model.title for name, model in MODELS.items()},
    ),
    Column(
        "chosen",
        say("Chosen"),
        say("Whether it is the model that forecasts ask where none is named."),
        Unit.COUNT,
    ),
    Column(
        "verdict", say("Verdict"), say("good: off by at most 10%; fair: at most 25%; else poor."), Unit.TEXT
    ),
    Column("forecast", say("Forecast"), say("Purchase days forecast for the time held out."), Unit.COUNT),
    Column("came", say("Actual"), say("Purchase days that came."), Unit.COUNT),
    Column("bias", say("Off in sum"), say("Forecast over what came, less 1."), Unit.SHARE),
    Column(
        "wape",
        say("Off by cohort"),
        say("What the forecasts of the cohorts are off by, summed without sign, over what came (WAPE)."),
        Unit.SHARE,
    ),
    Column(
        "covered",
        say("Within the interval"),
        say("Cohorts whose purchases lie within the 90% interval; 90% would be right."),
        Unit.SHARE,
    ),
    Column(
        "correlation",
        say("Correlation"),
        say("Of the forecast and what came, over single customers."),
        Unit.NUMBER,
    ),
    Column(
        "revenue_bias",
        say("Revenue off"),
        say("Forecast purchases at their forecast value over the revenue that came, less 1."),
        Unit.SHARE,
    ),
)


def backtest(brand: BrandRow, values: Mapping[str, Any]) -> Report:
    """The report; see `declared` for its parameters."""
    until = values["until"] or people.last_day(brand)
    tried = trying.run(brand, until) if until else None
    if tried is None:
        return Report(COLUMNS, [], {"until": until, "days": None}, [_too_little()])
    best = tried.best
    head = {
        "until": until,
        "split": tried.known.until,
        "days": tried.days,
        "customers": len(tried.known),
        "cohorts": len(tried.cohorts),
        "chosen": best.model if best else None,
        "verdict": tried.verdict.value,
    }
    notes = [note for trial in tried.trials for note in warned(trial.fitted)]
    if best is None:
        return Report(COLUMNS, _rows(tried), head, [*notes, say("No model fits these customers.")])
    return Report(
        COLUMNS,
        _rows(tried),
        head,
        notes,
        [_answer(tried, best)],
        _figures(tried, best),
        [_by_week(brand, tried, best), _by_cohort(tried, best), _by_frequency(tried, best)],
    )


def _too_little() -> Wording:
    return say(
        "Not enough data: a back-test wants %(days)s days of orders, and %(least)s customers who came again "
        "before the day from which the rest is held out, and as many after it.",
        days=3 * trying.SHORTEST,
        least=trying.LEAST_COMING,
    )


def _answer(tried: Backtest, best: Trial) -> Wording:
    return say(
        "Fitted to what was known on %(split)s, %(model)s said %(forecast)s purchases for the %(days)s days "
        "after; %(came)s came. By cohort it was off by %(wape)s: %(verdict)s.",
        split=tried.known.until.isoformat(),
        model=MODELS[best.model].title,
        forecast=f"{best.by_cohort.expected.sum():,.0f}",
        days=tried.days,
        came=f"{tried.came.sum():,}",
        wape=figures.share(best.wape),
        verdict=VERDICTS[best.verdict],
    )


def _rows(tried: Backtest) -> list[dict[str, Any]]:
    value = values_of(tried.known).expected()
    paid = float(tried.came_fen.sum())
    came = int(tried.came.sum())
    rows = [_row(tried, trial, value, paid, came) for trial in tried.trials]
    known = tried.known.known
    naive = float((known.frequency / np.maximum(known.age, 1)).sum() * tried.days)
    before = {"model": say("as before"), "chosen": False, "verdict": None, "forecast": naive, "came": came}
    return [*rows, {**before, "bias": naive / max(came, 1) - 1, "wape": tried.naive_wape}]


def _row(tried: Backtest, trial: Trial, value: Any, paid: float, came: int) -> dict[str, Any]:
    row = {"model": trial.model, "chosen": trial is tried.best, "came": came}
    if not trial.fitted.converged:
        return {**row, "verdict": say("does not fit")}
    return {
        **row,
        "verdict": VERDICTS[trial.verdict],
        "forecast": float(trial.by_cohort.expected.sum()),
        "bias": trial.bias,
        "wape": trial.wape,
        "covered": trial.covered,
        "correlation": trial.correlation,
        "revenue_bias": float(trial.each @ value) / paid - 1 if paid > 0 else None,
    }


def _figures(tried: Backtest, best: Trial) -> list[KeyFigure]:
    total = float(best.by_cohort.expected.sum())
    stderr = best.total_stderr
    return [
        KeyFigure(say("Chosen model"), MODELS[best.model].title, say("The least wrong."), Unit.TEXT),
        KeyFigure(
            say("Forecast"),
            total,
            say("Purchase days of everybody known at the split, in the time held out."),
            Unit.COUNT,
            max(total - Z90 * stderr, 0.0),
            total + Z90 * stderr,
        ),
        KeyFigure(say("Actual"), int(tried.came.sum()), say("Purchase days that came."), Unit.COUNT),
        KeyFigure(say("Off by cohort"), best.wape, COLUMNS[6].definition, Unit.SHARE),
    ]


def _by_week(brand: BrandRow, tried: Backtest, best: Trial) -> Graph:
    ends = trying.week_ends(tried.days)
    return Graph(
        "by-week",
        say("Purchases since the split, cumulated by week"),
        Drawn.LINES,
        [str(week + 1) for week in range(len(ends))],
        [
            Line(say("forecast"), trying.weekly(tried, best).tolist()),
            Line(say("came"), trying.came_weekly(brand, tried).tolist()),
        ],
        definition=say("Of everybody who had bought by the split; new customers are in neither line."),
    )


def _by_cohort(tried: Backtest, best: Trial) -> Graph:
    low, high = best.by_cohort.interval()
    told = best.by_cohort.expected
    return Graph(
        "by-cohort",
        say("Purchases of each cohort in the time held out"),
        Drawn.BANDS,
        tried.cohorts,
        [
            Line(say("forecast"), told.tolist(), low.tolist(), high.tolist()),
            Line(say("came"), tried.came_by_cohort.tolist()),
        ],
        definition=say("The band is the 90% interval of what will be seen."),
    )


def _by_frequency(tried: Backtest, best: Trial) -> Graph:
    means = trying.by_frequency(tried, {"forecast": best.each, "came": tried.came.astype(np.float64)})
    last = len(means["came"]) - 1
    return Graph(
        "by-frequency",
        say("Purchases per customer in the time held out, by purchases before"),
        Drawn.LINES,
        [*(str(number) for number in range(last)), f"{last}+"],
        [Line(say("forecast"), means["forecast"].tolist()), Line(say("came"), means["came"].tolist())],
        unit=Unit.NUMBER,
        definition=say("Customers by the purchase days after their first one, before the split."),
    )
