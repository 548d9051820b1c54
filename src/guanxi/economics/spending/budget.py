"""How the money of four weeks should be divided over the channels: the report "budget"."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from guanxi.economics import assumptions, metrics, running
from guanxi.economics.forecasts.allocation import Infeasible, Place, divide
from guanxi.economics.forecasts.response import Z90
from guanxi.economics.reporting import Drawn, Graph, KeyFigure, Line, Report, Unit
from guanxi.economics.spending import curves, facts
from guanxi.economics.spending.budget_columns import COLUMNS
from guanxi.economics.spending.curves import BELIEF, Channel
from guanxi.economics.spending.limits import Limit, limits_of
from guanxi.economics.spending.words import NO_SPEND, NO_SYNC, NONE, group_name, listed
from guanxi.kernel.conditions.features import BrandRow
from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import Wording, say
from guanxi.ui import figures
from guanxi.warehouse import queries as warehouse

WEEKS: Final = 4
FEN: Final = 100
SEEN: Final = 2  # a channel may take twice the greatest spend seen, unless a limit says otherwise


@dataclass
class Part:
    """A channel's share of the budget, in minor units of four weeks."""

    channel: Channel
    margin_fen: float | None  # of a customer, so far
    least: float
    most: float
    then: float = 0.0

    @property
    def now(self) -> float:
        return self.channel.now_fen * WEEKS

    def customers(self, spend: float) -> float:
        """Expected in four weeks; where no curve is, as many as now."""
        curve = self.channel.curve
        if curve is None:
            return self.channel.customers_now * WEEKS
        return (curve.base + curve.brought(spend / WEEKS)) * WEEKS

    def margin(self, spend: float) -> float | None:
        return None if self.margin_fen is None else self.customers(spend) * self.margin_fen


def budget(brand: BrandRow, values: Mapping[str, Any]) -> Report:
    """The report "budget". Raises Invalid for limits that cannot be read or kept."""
    found = facts.gathered(brand, values["since"], values["until"])
    channels = curves.channels(found)
    wanted = limits_of(values["limits"], [one.name for one in channels])
    if not channels or found.last is None:
        return Report(COLUMNS, [], answers=[NO_SPEND], notes=[NO_SYNC])
    held = assumptions.of(brand.pk)
    margins = _margins(brand, found.last, held.margins)
    parts = [_part(one, wanted.get(one.name), margins.get(one.name)) for one in channels]
    total = sum(part.now for part in parts) if values["total"] is None else values["total"] * FEN
    if not any(part.channel.curve for part in parts):
        return Report(
            COLUMNS,
            [_row(part) for part in parts],
            answers=[say("Not enough data: no channel's response to spend can be told.")],
            notes=_silent(parts),
        )
    _fill(parts, total, by_margin=values["goal"] == "margin", currency=brand.currency)
    return Report(
        COLUMNS,
        [_row(part) for part in parts],
        head=_head(parts, total, values["goal"]),
        answers=_answers(parts, total, brand.currency),
        notes=[*_silent(parts), *_beyond(parts), *(held.notes if values["goal"] == "margin" else []), BELIEF],
        figures=_figures(parts),
        graphs=_graphs(parts),
    )


def _margins(brand: BrandRow, until_day: int, margins: metrics.Margins) -> dict[str, float]:
    """What a customer of each first channel has left so far, in minor units."""
    tables = warehouse.tables()
    rows = running.ask(
        brand, metrics.channel_margins(tables["touchpoints"], tables["subject_map"], until_day, margins)
    ).to_pylist()
    return {row["channel"]: row["margin_mfen"] / metrics.PER_MILLE / row["customers"] for row in rows}


def _part(channel: Channel, limit: Limit | None, margin_fen: float | None) -> Part:
    """Bounds as asked; without any from nothing to twice what was seen, and as today where no curve is."""
    curve, now = channel.curve, channel.now_fen * WEEKS
    least, most = (0.0, SEEN * curve.most * WEEKS) if curve is not None else (now, now)
    if limit is not None:
        least = limit.least if limit.least is not None else min(least, limit.most or least)
        most = limit.most if limit.most is not None else max(most, least)
        if curve is None:
            least = most = min(max(now, least), most)
    return Part(channel, margin_fen, least, most, now)


def _fill(parts: list[Part], total: float, *, by_margin: bool, currency: str) -> None:
    """Give each part what it should take."""
    open_parts = [part for part in parts if part.channel.curve is not None]
    fixed = sum(part.least for part in parts if part.channel.curve is None)
    for part in parts:
        if part.channel.curve is None:
            part.then = part.least
    places = [
        Place(
            part.channel.curve,
            (part.margin_fen or 0.0) if by_margin else 1.0,
            part.least / WEEKS,
            part.most / WEEKS,
        )
        for part in open_parts
        if part.channel.curve is not None
    ]
    try:
        found = divide(places, (total - fixed) / WEEKS)
    except Infeasible as refused:
        least, most = (bound * WEEKS + fixed for bound in (refused.least, refused.most))
        raise Invalid(
            say(
                "%(total)s cannot be divided: within the limits the channels take %(least)s to %(most)s.",
                total=figures.money(round(total), currency),
                least=figures.money(round(least), currency),
                most=figures.money(round(most), currency),
            ),
            remedy=say("Change the total, or the limits: douyin=100000-500000."),
            field="total",
        ) from refused
    for part, weekly in zip(open_parts, found, strict=True):
        part.then = float(weekly) * WEEKS


def _row(part: Part) -> dict[str, Any]:
    curve, now, then = part.channel.curve, part.now, part.then
    before, after = part.customers(now), part.customers(then)
    return {
        "channel": part.channel.name or NONE["channel"],
        "now_fen": now,
        "then_fen": then,
        "change": then / now - 1 if now else None,
        "least_fen": part.least,
        "most_fen": part.most,
        "customers_now": before,
        "customers_then": after,
        "cac_now_fen": now / before if before and now else None,
        "cac_then_fen": then / after if after and then else None,
        "marginal_now_fen": None if curve is None else curve.marginal_cost(now / WEEKS)[0],
        "marginal_then_fen": None if curve is None else curve.marginal_cost(then / WEEKS)[0],
        "margin_now_fen": part.margin(now),
        "margin_then_fen": part.margin(then),
        "why": part.channel.why,
    }


def _sums(parts: list[Part]) -> dict[str, float]:
    return {
        "now_fen": sum(part.now for part in parts),
        "then_fen": sum(part.then for part in parts),
        "customers_now": sum(part.customers(part.now) for part in parts),
        "customers_then": sum(part.customers(part.then) for part in parts),
        "margin_now_fen": sum(part.margin(part.now) or 0.0 for part in parts),
        "margin_then_fen": sum(part.margin(part.then) or 0.0 for part in parts),
    }


def _head(parts: list[Part], total: float, goal: str) -> dict[str, Any]:
    sums = _sums(parts)

    def by(name: str, other: str) -> float | None:
        return sums[name] / sums[other] if sums[other] else None

    return {
        "total_fen": total,
        "goal": goal,
        "weeks": WEEKS,
        **sums,
        "cac_now_fen": by("now_fen", "customers_now"),
        "cac_then_fen": by("then_fen", "customers_then"),
        "returned_now": by("margin_now_fen", "now_fen"),
        "returned_then": by("margin_then_fen", "then_fen"),
    }


def gain(parts: list[Part]) -> tuple[float, float, float]:
    """(customers more, low, high) in four weeks against today's division, with the 90% interval of the
    curves by the delta method."""
    value = variance = 0.0
    for part in parts:
        value += part.customers(part.then) - part.customers(part.now)
        if (curve := part.channel.curve) is not None:
            slope = (curve.gradient(part.then / WEEKS) - curve.gradient(part.now / WEEKS)) * WEEKS
            variance += max(0.0, float(slope @ curve.covariance @ slope))
    error = Z90 * math.sqrt(variance)
    return value, value - error, value + error


def _figures(parts: list[Part]) -> list[KeyFigure]:
    head = _head(parts, 0.0, "")
    more, low, high = gain(parts)
    return [
        KeyFigure(
            say("Customers more"),
            more,
            say("New customers in four weeks above today's division, and what the curves leave open."),
            Unit.NUMBER,
            low,
            high,
        ),
        KeyFigure(
            say("New customers"),
            head["customers_then"],
            say("Expected in four weeks with this division."),
            Unit.NUMBER,
        ),
        KeyFigure(
            say("CAC then"), head["cac_then_fen"], say("The budget by the customers expected."), Unit.FEN
        ),
        KeyFigure(
            say("Returned so far"),
            head["returned_then"],
            say(
                "Margin of the customers expected, at what a customer of the channel has left until now, by "
                "the budget: 1 and the money is back."
            ),
            Unit.RATIO,
        ),
    ]


def _answers(parts: list[Part], total: float, currency: str) -> list[Wording]:
    sums = _sums(parts)
    more, low, _high = gain(parts)
    told = [
        say(
            "Divided this way, %(total)s would bring %(then)s new customers in four weeks; today's "
            "%(before)s bring %(now)s.",
            total=figures.money(round(total), currency),
            then=f"{sums['customers_then']:,.0f}",
            before=figures.money(round(sums["now_fen"]), currency),
            now=f"{sums['customers_now']:,.0f}",
        )
    ]
    if more <= 0.5:
        told.append(say("Today's division is as good as any within the limits."))
    elif low <= 0:
        told.append(say("The difference is within what the curves leave open: try it small first."))
    ranked = sorted(parts, key=lambda part: part.then - part.now)
    less, most = ranked[0], ranked[-1]
    if most.then - most.now > 0.01 * total and more > 0.5:
        told.append(
            say(
                "Most should be added to %(more)s, most taken from %(less)s.",
                more=group_name("channel", most.channel.name),
                less=group_name("channel", less.channel.name),
            )
            if less.then < less.now
            else say("Most should be added to %(more)s.", more=group_name("channel", most.channel.name))
        )
    return told


def _silent(parts: list[Part]) -> list[Wording]:
    return [
        say(
            "%(name)s stays as it is: %(why)s.",
            name=group_name("channel", part.channel.name),
            why=part.channel.why,
        )
        for part in parts
        if part.channel.why is not None
    ]


def _beyond(parts: list[Part]) -> list[Wording]:
    """Who would be given more than was ever seen."""
    names = [
        group_name("channel", part.channel.name)
        for part in parts
        if (curve := part.channel.curve) is not None and part.then / WEEKS > curve.most * (1 + 1e-9)
    ]
    if not names:
        return []
    return [
        say(
            "More than was ever spent in a week: %(names)s. What happens there is the curve's guess.",
            names=listed(names),
        )
    ]


def _graphs(parts: list[Part]) -> list[Graph]:
    labels = [group_name("channel", part.channel.name) for part in parts]
    shown = np.argsort([-max(part.now, part.then) for part in parts], kind="stable").tolist()
    return [
        Graph(
            "division",
            say("Spend of four weeks, now and then"),
            Drawn.RANKED,
            [labels[at] for at in shown],
            [
                Line(say("Now"), [parts[at].now for at in shown]),
                Line(say("Then"), [parts[at].then for at in shown]),
            ],
            unit=Unit.FEN,
        )
    ]
