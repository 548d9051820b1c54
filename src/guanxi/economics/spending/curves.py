"""The response curve of each channel, and where its spend stands on it now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from guanxi.economics.forecasts.response import FEWEST_CUSTOMERS, FEWEST_WEEKS, Curve, Refused, fit
from guanxi.economics.reporting import Column, Drawn, Graph, Line, Report, Unit
from guanxi.economics.spending.facts import Facts, day_of, gathered, weekly
from guanxi.economics.spending.words import NO_SPEND, NO_SYNC, NONE, group_name
from guanxi.kernel.conditions.features import BrandRow
from guanxi.kernel.wording import Wording, say
from guanxi.ui import figures

NOW_WEEKS: Final = 4  # today's spend is the mean of the last four whole weeks
PLACES: Final = 21  # of a graph's axis
MOST_GRAPHS: Final = 6
BEYOND: Final = 1.25  # how far past the greatest spend seen a curve is drawn
REASONS: Final[dict[str, Wording]] = {
    "few_weeks": say("fewer than %(n)s whole weeks of spend are known", n=FEWEST_WEEKS),
    "few_customers": say("fewer than %(n)s customers came by it", n=FEWEST_CUSTOMERS),
    "no_variation": say("its spend hardly varies from week to week, so nothing tells what more would do"),
    "no_effect": say("weeks with more spend brought no more customers"),
    "vague": say("its weeks differ too much for the effect of spend to be told"),
}


@dataclass(frozen=True)
class Channel:
    """A channel (or platform) by its weeks: money in minor units a week."""

    name: str
    now_fen: float
    customers_now: float
    found: Curve | Refused

    @property
    def curve(self) -> Curve | None:
        return self.found if isinstance(self.found, Curve) else None

    @property
    def why(self) -> Wording | None:
        return REASONS[self.found.reason] if isinstance(self.found, Refused) else None

    @property
    def marginal(self) -> tuple[float | None, float | None, float | None]:
        """What one customer more costs at today's spend: (minor units, low, high)."""
        return (None, None, None) if self.curve is None else self.curve.marginal_cost(self.now_fen)


def channels(facts: Facts, by: str = "channel") -> list[Channel]:
    """Each with spend, the greatest spend of today first."""
    _weeks, groups = weekly(facts, by)
    found = [
        Channel(
            name,
            float(np.mean(spend[-NOW_WEEKS:])) if spend else 0.0,
            float(np.mean(customers[-NOW_WEEKS:])) if customers else 0.0,
            fit(spend, customers),
        )
        for name, (spend, customers) in groups.items()
        if any(spend)
    ]
    return sorted(found, key=lambda one: (-one.now_fen, one.name))


def graph(channel: Channel, curve: Curve, currency: str) -> Graph:
    """Customers a week over spend a week, with the curve's 90% interval."""
    places = np.linspace(0, curve.most * BEYOND, PLACES)
    bands = [curve.band(float(place)) for place in places]
    return Graph(
        f"response-{channel.name or 'none'}",
        say("New customers a week by spend a week: %(name)s", name=group_name("channel", channel.name)),
        Drawn.BANDS,
        [figures.compact_money(round(place), currency) for place in places],
        [
            Line(
                say("New customers"),
                [value for value, _low, _high in bands],
                [low for _value, low, _high in bands],
                [high for _value, _low, high in bands],
            )
        ],
        unit=Unit.NUMBER,
        definition=say(
            "A saturating curve fitted to %(weeks)s weeks; the band is its 90%% interval. Beyond %(most)s a "
            "week nothing was seen.",
            weeks=curve.weeks,
            most=figures.money(round(curve.most), currency),
        ),
    )


COLUMNS: Final = (
    Column(
        "channel", say("Channel"), say("Where spend was meant to bring customers: first channel."), Unit.TEXT
    ),
    Column("weekly_fen", say("Spend a week now"), say("The mean of the last four whole weeks."), Unit.FEN),
    Column(
        "weekly_customers",
        say("New customers a week now"),
        say("Of the last four whole weeks, by first touch."),
        Unit.NUMBER,
    ),
    Column(
        "without",
        say("Without spend"),
        say("Customers a week that the curve gives to no spend at all."),
        Unit.NUMBER,
    ),
    Column(
        "first_fen",
        say("First customer"),
        say("What a customer costs where spend begins: the curve's first slope."),
        Unit.FEN,
    ),
    Column(
        "marginal_fen",
        say("Marginal CAC"),
        say("What one customer more costs at today's spend: the curve's slope there."),
        Unit.FEN,
    ),
    Column("marginal_low_fen", say("from"), say("The lower end of its 90% interval."), Unit.FEN),
    Column(
        "marginal_high_fen", say("to"), say("The upper end; unknown where the curve may be flat."), Unit.FEN
    ),
    Column(
        "used",
        say("Share of the curve used"),
        say(
            "Customers that today's spend brings, of those that any spend could. Unknown on a straight line."
        ),
        Unit.SHARE,
    ),
    Column("weeks", say("Weeks"), say("Whole weeks that the curve is fitted to.")),
    Column("why", say("Why there is no curve"), say("Said where none is fitted."), Unit.TEXT),
)


def response(brand: BrandRow, values: Mapping[str, Any]) -> Report:
    """The report "response"."""
    facts = gathered(brand, values["since"], values["until"])
    found = channels(facts)
    rows = [_row(one) for one in found]
    drawn = [(one, one.curve) for one in found if one.curve is not None][:MOST_GRAPHS]
    told = [
        say(
            "One customer more by %(name)s costs %(cost)s at today's spend.",
            name=group_name("channel", one.name),
            cost=figures.money(round(one.marginal[0]), brand.currency),
        )
        for one, _curve in drawn
        if one.marginal[0] is not None
    ]
    if not found:
        told = [NO_SPEND]
    return Report(
        COLUMNS,
        rows,
        head={
            "since": None if facts.first is None else day_of(facts.first),
            "until": None if facts.last is None else day_of(facts.last),
        },
        answers=told,
        notes=[*_notes(found), *([NO_SYNC] if not found else [])],
        graphs=[graph(one, curve, brand.currency) for one, curve in drawn],
    )


def _notes(found: list[Channel]) -> list[Wording]:
    silent = [one for one in found if one.curve is None]
    if not found:
        return []
    said = [
        say("No curve for %(name)s: %(why)s.", name=group_name("channel", one.name), why=one.why)
        for one in silent
    ]
    return [*said, BELIEF]


BELIEF: Final = say(
    "A curve tells what happened when spend rose and fell, not why: spend that followed demand, such as on "
    "11.11, looks better than it was. Try a change in one channel before moving much."
)


def _row(one: Channel) -> dict[str, Any]:
    curve = one.curve
    cost, low, high = one.marginal
    row: dict[str, Any] = {
        "channel": one.name or NONE["channel"],
        "weekly_fen": one.now_fen,
        "weekly_customers": one.customers_now,
        "without": None,
        "first_fen": None,
        "marginal_fen": cost,
        "marginal_low_fen": low,
        "marginal_high_fen": high,
        "used": None,
        "weeks": None,
        "why": one.why,
    }
    if curve is not None:
        at_most = curve.slope / curve.bend if curve.bend > 0 else None
        row |= {
            "without": curve.base,
            "first_fen": 1 / curve.slope,
            "used": None if at_most is None else curve.brought(one.now_fen) / at_most,
            "weeks": curve.weeks,
        }
    return row
