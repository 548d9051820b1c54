"""What the cohorts say: in sentences, key figures and graphs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from guanxi.economics.reporting import Drawn, Graph, KeyFigure, Line, Unit
from guanxi.economics.retention.intervals import wilson
from guanxi.economics.retention.periods import label
from guanxi.economics.retention.reading import ALL, EVERYBODY, Groups
from guanxi.economics.retention.triangles import Cohort, Point, pooled
from guanxi.kernel.conditions.features import BrandRow
from guanxi.kernel.wording import Wording, say
from guanxi.ui import figures

SHOWN_COHORTS: Final = 24
SHOWN_AGES: Final = 36
SHOWN_GROUPS: Final = 8
NEWEST: Final = 3
CHECKED: Final = {"week": (1, 4, 12), "month": (1, 3, 12), "quarter": (1, 2, 4)}
CUSTOMERS: Final = "customers"
SO_FAR: Final = {"revenue": "revenue_so_far", "margin": "margin_so_far"}


def answers_of(brand: BrandRow, cohorts: Sequence[Cohort], values: Mapping[str, Any]) -> list[Wording]:
    """What came back at the first age, whether the newest cohorts do better, and what one leaves."""
    per, curve = values["per"], pooled(cohorts, CUSTOMERS)
    said = []
    if len(curve) > 1:
        said.append(
            say(
                "%(share)s of the customers bought %(when)s; 90%% interval %(low)s to %(high)s.",
                share=figures.share(curve[1].mean),
                when=later(per, 1),
                **_bounds(curve[1]),
            )
        )
        said += _newest(cohorts, per)
    if values["value"] in SO_FAR and (money := pooled(cohorts, values["value"])):
        said.append(
            say(
                "On average a customer has brought %(money)s %(when)s.",
                when=later(per, money[-1].age),
                money=figures.money(round(money[-1].mean), brand.currency),
            )
        )
    return said


def _newest(cohorts: Sequence[Cohort], per: str) -> list[Wording]:
    """The newest cohorts that have wholly seen the first age, against those before them."""
    ripe = [one for one in cohorts if len(one.cells) > 1 and one.cells[1].observed >= 1]
    edge = sorted({one.period for one in ripe})[-NEWEST:]
    if not edge or ripe[0].period == edge[0]:
        return []
    late = pooled((one for one in ripe if one.period >= edge[0]), CUSTOMERS)[1]
    early = pooled((one for one in ripe if one.period < edge[0]), CUSTOMERS)[1]
    told = {
        "since": label(per, edge[0]),
        "late": figures.share(late.mean),
        "early": figures.share(early.mean),
        "when": later(per, 1),
    }
    low, high = wilson(late.total, late.size)
    if low is not None and high is not None and low <= early.mean <= high:
        return [
            say(
                "Of the cohorts since %(since)s it is %(late)s, of those before %(early)s: "
                "no sure difference.",
                **told,
            )
        ]
    if late.mean > early.mean:
        return [
            say("It has risen: %(late)s of the cohorts since %(since)s, %(early)s of those before.", **told)
        ]
    return [say("It has fallen: %(late)s of the cohorts since %(since)s, %(early)s of those before.", **told)]


def figures_of(cohorts: Sequence[Cohort], values: Mapping[str, Any]) -> list[KeyFigure]:
    per = values["per"]
    curve = {point.age: point for point in pooled(cohorts, CUSTOMERS)}
    found = [
        KeyFigure(say("Customers"), sum(one.size for one in cohorts), say("In the cohorts that are shown."))
    ]
    for age in CHECKED[per]:
        if point := curve.get(age):
            low, high = wilson(point.total, point.size)
            meaning = say(
                "The share of customers who bought in that period after the one of their first order, over "
                "all cohorts that have wholly seen it, each weighted by its size."
            )
            found.append(KeyFigure(later(per, age), point.mean, meaning, Unit.SHARE, low, high))
    return found


def graphs_of(cohorts: Sequence[Cohort], values: Mapping[str, Any], split: Groups) -> list[Graph]:
    """The triangle (or, by groups, a curve for each) as a heatmap, and the average curve."""
    if not cohorts:
        return []
    value, by = values["value"], values["by"]
    rows = _by_cohort(cohorts, values) if by == ALL else _by_group(cohorts, value, split)
    start = _start(value)
    rows = [(name, line) for name, line in rows if len(line) > start]
    width = min(SHOWN_AGES, max((len(line) for _, line in rows), default=0))
    unit = Unit.SHARE if value == CUSTOMERS else Unit.FEN
    ages = [f"+{age}" for age in range(start, width)]
    heat = Graph(
        "triangle",
        _TITLES[value],
        Drawn.HEATMAP,
        ages,
        [Line(name, [*line, *([None] * width)][start:width]) for name, line in reversed(rows)],
        unit=unit,
        definition=_DEFINITIONS[value],
    )
    graphs = [heat] if ages else []
    average = _curves(cohorts, values, split, unit)
    return [*graphs, average] if average.labels else graphs


def _by_cohort(cohorts: Sequence[Cohort], values: Mapping[str, Any]) -> list[tuple[str, list[float | None]]]:
    name = SO_FAR.get(values["value"], CUSTOMERS)
    return [
        (
            label(values["per"], one.period),
            [getattr(cell, name) / one.size for cell in one.cells if cell.observed >= 1],
        )
        for one in cohorts[-SHOWN_COHORTS:]
    ]


def _by_group(cohorts: Sequence[Cohort], value: str, split: Groups) -> list[tuple[str, list[float | None]]]:
    curves = [
        (name, [point.mean for point in pooled((one for one in cohorts if one.grp == at), value)])
        for at, name in enumerate(split.names)
    ]
    return [(name, list(curve)) for name, curve in reversed(curves) if curve]


def _start(value: str) -> int:
    """The first age that is drawn: all of a cohort bought at age 0, which says nothing."""
    return 1 if value == CUSTOMERS else 0


def _curves(cohorts: Sequence[Cohort], values: Mapping[str, Any], split: Groups, unit: Unit) -> Graph:
    value = values["value"]
    start = _start(value)
    whole = pooled(cohorts, value)[start:SHOWN_AGES]
    if values["by"] == ALL:
        bounds = [wilson(one.total, one.size) for one in whole] if value == CUSTOMERS else []
        low, high = [low for low, _ in bounds], [high for _, high in bounds]
        lines = [Line(EVERYBODY, [point.mean for point in whole], low, high)]
    else:
        drawn = list(reversed(_by_group(cohorts, value, split)))[:SHOWN_GROUPS]
        lines = [Line(name, [*curve[start:], *([None] * len(whole))][: len(whole)]) for name, curve in drawn]
    return Graph(
        "average",
        say("On average, by the periods since the first order"),
        Drawn.BANDS if values["by"] == ALL and value == CUSTOMERS else Drawn.LINES,
        [f"+{point.age}" for point in whole],
        lines,
        unit=unit,
        definition=say(
            "At each age over the cohorts that have wholly seen it, each weighted by its size; shaded: the "
            "90% interval (Wilson)."
        ),
    )


def _bounds(point: Point) -> dict[str, str]:
    low, high = wilson(point.total, point.size)
    return {"low": figures.share(low), "high": figures.share(high)}


def later(per: str, n: int) -> Wording:
    """ "3 months later", that is, in the third after that of the first order."""
    if n == 1:
        return _NEXT[per]
    return say(_LATER[per].template, n=n)


_NEXT: Final = {
    "week": say("one week later"),
    "month": say("one month later"),
    "quarter": say("one quarter later"),
}
_LATER: Final = {
    "week": say("%(n)s weeks later"),
    "month": say("%(n)s months later"),
    "quarter": say("%(n)s quarters later"),
}
_TITLES: Final = {
    "customers": say("Who buys again, and when?"),
    "revenue": say("What has one paid so far?"),
    "margin": say("What has one left so far?"),
}
_DEFINITIONS: Final = {
    "customers": say(
        "The share of the customers who bought in that period after the one of their first order."
    ),
    "revenue": say("What was paid from the first order up to that period, by the size of the cohort."),
    "margin": say(
        "The margin of orders less refunds from the first order up to that period, by the size of the cohort."
    ),
}
