"""`ltv`: what customers have left so far and what is still to come, of all or by a group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import numpy as np

from guanxi.economics import assumptions
from guanxi.economics.forecasts import Groups
from guanxi.economics.lifetime import backtest, people
from guanxi.economics.lifetime.choosing import AUTO, VERDICTS, choose, described, warned
from guanxi.economics.lifetime.grouping import MOST_CUSTOMERS, Split, split
from guanxi.economics.lifetime.people import People
from guanxi.economics.lifetime.worth import Ahead, Base, Worth, margin_ratios, values_of
from guanxi.economics.lifetime.worth_columns import BY_CUSTOMER, BY_GROUP, figures_of, worth_graphs
from guanxi.economics.reporting import Column, Report
from guanxi.kernel.conditions.features import BrandRow
from guanxi.kernel.wording import Wording, say
from guanxi.ui import figures

UNIT_DAYS: Final = {"day": 1, "week": 7}


def ltv(brand: BrandRow, values: Mapping[str, Any]) -> Report:
    """The report; see `declared` for its parameters."""
    assumed = assumptions.of(brand.pk)
    until = values["until"] or people.last_day(brand)
    everybody = people.read(brand, until) if until else None
    if everybody is None or not len(everybody):
        return _nobody(values, until)
    tried = backtest.of(brand, everybody) if values["model"] == AUTO else None
    history = everybody.history()
    choice = choose(values["model"], history, tried)
    notes = [*choice.notes, *assumed.notes, *_trust(values["model"], tried)]
    head = {
        "model": choice.model.name,
        **described(choice.fitted, UNIT_DAYS[values["unit"]]),
        "unit": values["unit"],
        "until": until,
        "months": values["months"],
        "discount_yearly": assumed.discount_yearly,
        "verdict": tried.verdict.value if tried else backtest.Verdict.UNKNOWN.value,
    }
    if choice.fitted is None:
        return _realised(brand, everybody, values["by"], head, notes)
    value = values_of(everybody)
    notes += _valued(value.name) + (warned(value.fitted) if value.fitted else [])
    ahead = Ahead(values["months"], assumed.discount_yearly)
    base = Base(everybody, history, choice.model, choice.fitted, value, margin_ratios(everybody), ahead)
    fitted_value = described(value.fitted) if value.fitted else {}
    head["value_model"] = {"model": value.name, "mean_fen": value.population, **fitted_value}
    return _forecast(brand, base, values["by"], head, notes)


def _forecast(
    brand: BrandRow, base: Base, by: str, head: Mapping[str, Any], notes: Sequence[Wording]
) -> Report:
    whole = base.worth(Groups(np.zeros(len(base.people), np.int64), 1))
    answers = [_answer(brand, base, whole)]
    told: Sequence[Column] = BY_GROUP
    if by == "customer":
        rows, told = _customers(base), BY_CUSTOMER
    else:
        found = split(brand, base.people, by)
        rows = _groups(base, found)
        notes = [*notes, *found.notes]
    return Report(
        columns=told,
        rows=rows,
        head=head,
        notes=notes,
        answers=answers,
        figures=figures_of(base, whole),
        graphs=worth_graphs(base, rows if by in {"cohort", "channel", "segment"} else []),
    )


def _groups(base: Base, found: Split) -> list[dict[str, Any]]:
    """A row for each group; groups may overlap."""
    of, rows = found.groups, found.rows
    worth = base.worth(of, rows)
    size = np.maximum(of.sums(np.ones(len(rows))), 1.0)
    low, high = worth.interval()
    people = base.people
    alive, realised = of.sums(base.alive()[rows]) / size, of.sums(people.margin[rows]) / size
    revenue, bought = of.sums(people.revenue[rows]) / size, of.sums(people.known.frequency[rows] + 1.0) / size
    to_come = worth.margin.expected / size
    return [
        {
            "group": label,
            "customers": int(size[at]),
            "alive": alive[at],
            "bought": bought[at],
            "revenue_fen": revenue[at],
            "realised_fen": realised[at],
            "purchases": worth.purchases.expected[at] / size[at],
            "to_come_fen": to_come[at],
            "low_fen": low[at] / size[at],
            "high_fen": high[at] / size[at],
            "ltv_fen": realised[at] + to_come[at],
            "ltv_low_fen": realised[at] + low[at] / size[at],
            "ltv_high_fen": realised[at] + high[at] / size[at],
            "total_fen": worth.margin.expected[at],
        }
        for at, label in enumerate(found.labels)
    ]


def _customers(base: Base) -> list[dict[str, Any]]:
    """The customers of whom most is expected."""
    top = np.argsort(-base.each, kind="stable")[:MOST_CUSTOMERS]
    low, high = base.quantiles(top)
    people, alive = base.people, base.alive()
    return [
        {
            "group": str(people.customer_id[at]),
            "first_day": _iso(int(people.first_day[at])),
            "last_day": _iso(int(people.first_day[at] + people.known.recency[at])),
            "bought": int(people.known.frequency[at]) + 1,
            "revenue_fen": people.revenue[at],
            "realised_fen": people.margin[at],
            "alive": alive[at],
            "to_come_fen": base.each[at],
            "low_fen": low[place],
            "high_fen": high[place],
            "ltv_fen": people.margin[at] + base.each[at],
        }
        for place, at in enumerate(top)
    ]


def _iso(day: int) -> str:
    return str(np.datetime64(day, "D"))


def _answer(brand: BrandRow, base: Base, whole: Worth) -> Wording:
    low, high = (float(bound[0]) for bound in whole.interval())
    money = [
        figures.money(round(fen), brand.currency) for fen in (float(whole.margin.expected[0]), low, high)
    ]
    return say(
        "In the next %(months)s months, %(customers)s customers are expected to leave a margin of %(total)s "
        "in today's money, with 90%% confidence %(low)s to %(high)s.",
        months=base.ahead.months,
        customers=f"{len(base.people):,}",
        total=money[0],
        low=money[1],
        high=money[2],
    )


def _trust(wanted: str, tried: backtest.Backtest | None) -> list[Wording]:
    """What the back-test says of the forecast."""
    if wanted != AUTO:
        return []
    if tried is None or tried.best is None:
        return [say("There was too little to try the forecast on: read its interval as too narrow.")]
    best = tried.best
    if tried.naive_wape < best.wape:
        return [
            say(
                "Expecting everybody to go on as before would have been less wrong (%(naive)s) than the best "
                "model (%(wape)s): do not decide by this forecast.",
                naive=figures.share(tried.naive_wape),
                wape=figures.share(best.wape),
            )
        ]
    return [
        say(
            "Tried on the last %(days)s days, this model was off by %(wape)s of what came by cohort: "
            "%(verdict)s.",
            days=tried.days,
            wape=figures.share(best.wape),
            verdict=VERDICTS[tried.verdict],
        )
    ]


def _valued(name: str) -> list[Wording]:
    if name != "mean":
        return []
    return [say("The value of an order could not be told by customer: everybody's is the mean.")]


def _nobody(values: Mapping[str, Any], until: date | None) -> Report:
    head = {"model": values["model"], **described(None), "unit": values["unit"], "until": until}
    return Report(BY_GROUP, [], head, [say("Not enough data: nobody has bought until then.")])


def _realised(
    brand: BrandRow, everybody: People, by: str, head: Mapping[str, Any], notes: Sequence[Wording]
) -> Report:
    """Where no model fits: what was left so far, and nothing of what is to come."""
    found = split(brand, everybody, "all" if by == "customer" else by)
    size = np.maximum(found.groups.sums(np.ones(len(found.rows))), 1.0)
    sums = {
        "bought": everybody.known.frequency + 1.0,
        "revenue_fen": everybody.revenue,
        "realised_fen": everybody.margin,
    }
    means = {name: found.groups.sums(values[found.rows]) / size for name, values in sums.items()}
    rows = [
        {"group": label, "customers": int(size[at]), **{name: values[at] for name, values in means.items()}}
        for at, label in enumerate(found.labels)
    ]
    return Report(BY_GROUP, rows, head, [*notes, *found.notes])
