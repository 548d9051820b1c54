"""What the columns, key figures and graphs of `ltv` are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from guanxi.economics.forecasts.purchasing import Z90
from guanxi.economics.lifetime.worth import Base, Worth
from guanxi.economics.reporting import Column, Drawn, Graph, KeyFigure, Line, Unit
from guanxi.kernel.wording import say

MOST_DRAWN: Final = 36  # groups; of more the last are drawn: months that are still young

_GROUP: Final = Column("group", say("Group"), say("The cohort, channel, segment or customer."), Unit.TEXT)
_BOUGHT: Final = Column(
    "bought",
    say("Purchase days"),
    say("Days with a paid order, per customer; orders of one day count once."),
    Unit.NUMBER,
    detail=True,
)
_REVENUE: Final = Column(
    "revenue_fen",
    say("Revenue so far"),
    say("Paid so far, refunds not taken off, per customer."),
    Unit.FEN,
    detail=True,
)
_REALISED: Final = Column(
    "realised_fen",
    say("Margin so far"),
    say("Orders less refunds so far, each at its margin, per customer. Not discounted."),
    Unit.FEN,
)
_ALIVE: Final = Column(
    "alive",
    say("P(alive)"),
    say("The chance that the customer has not left for good, by the model; of a group the mean."),
    Unit.SHARE,
)
_TO_COME: Final = Column(
    "to_come_fen",
    say("Margin to come"),
    say("Expected in the months ahead, per customer, discounted to today."),
    Unit.FEN,
)
_LOW: Final = Column("low_fen", say("90% from"), say("The lower end of its 90% interval."), Unit.FEN)
_HIGH: Final = Column(
    "high_fen",
    say("90% to"),
    say("The upper end; it holds what the parameters and what chance make uncertain."),
    Unit.FEN,
)
_LTV: Final = Column(
    "ltv_fen", say("LTV"), say("Margin so far and margin to come together, per customer."), Unit.FEN
)
BY_GROUP: Final = (
    _GROUP,
    Column("customers", say("Customers"), say("Customers with a paid order until then."), Unit.COUNT),
    _ALIVE,
    _BOUGHT,
    _REVENUE,
    _REALISED,
    Column(
        "purchases",
        say("Purchases to come"),
        say("Purchase days expected in the months ahead, per customer."),
        Unit.NUMBER,
        detail=True,
    ),
    _TO_COME,
    _LOW,
    _HIGH,
    _LTV,
    Column(
        "ltv_low_fen", say("LTV from"), say("The lower end of the LTV's 90% interval."), Unit.FEN, detail=True
    ),
    Column(
        "ltv_high_fen", say("LTV to"), say("The upper end of the LTV's 90% interval."), Unit.FEN, detail=True
    ),
    Column(
        "total_fen", say("To come in all"), say("The margin to come of all its customers together."), Unit.FEN
    ),
)
BY_CUSTOMER: Final = (
    _GROUP,
    Column("first_day", say("First order"), say("The day of the first paid order."), Unit.DATE),
    Column("last_day", say("Last order"), say("The day of the last paid order."), Unit.DATE),
    _BOUGHT,
    _REVENUE,
    _REALISED,
    _ALIVE,
    _TO_COME,
    _LOW,
    _HIGH,
    _LTV,
)


def figures_of(base: Base, whole: Worth) -> list[KeyFigure]:
    """What stands above the rows."""
    low, high = (float(bound[0]) for bound in whole.interval())
    customers = len(base.people)
    told, stderr = base.of_new()
    return [
        KeyFigure(
            say("Margin to come"),
            float(whole.margin.expected[0]),
            say("Of all customers together in the months ahead, discounted to today."),
            Unit.FEN,
            low,
            high,
        ),
        KeyFigure(
            say("Per customer"),
            float(whole.margin.expected[0]) / customers,
            say("Margin to come over the customers with a paid order."),
            Unit.FEN,
            low / customers,
            high / customers,
        ),
        KeyFigure(
            say("A new customer"),
            float(told[-1]),
            say("What a customer won today leaves by then, the first order included, not discounted."),
            Unit.FEN,
            float(told[-1] - Z90 * stderr[-1]),
            float(told[-1] + Z90 * stderr[-1]),
        ),
        KeyFigure(
            say("Half of it comes from"),
            _half(base),
            say("The smallest share of customers of whom half of the margin to come is expected."),
            Unit.SHARE,
        ),
    ]


def _half(base: Base) -> float | None:
    each = np.sort(np.maximum(base.each, 0.0))[::-1]
    total = float(each.sum())
    if total <= 0:
        return None
    return float(np.searchsorted(np.cumsum(each), total / 2) + 1) / len(each)


def worth_graphs(base: Base, rows: Sequence[Mapping[str, Any]]) -> list[Graph]:
    """A new customer's months, and LTV by group where there are groups."""
    told, stderr = base.of_new()
    months = [str(month) for month in range(len(told))]
    low, high = (told - Z90 * stderr).tolist(), (told + Z90 * stderr).tolist()
    new = Graph(
        "new-customer",
        say("What a new customer leaves, by months since the first order"),
        Drawn.BANDS,
        months,
        [Line(say("margin"), told.tolist(), low, high)],
        unit=Unit.FEN,
        definition=say(
            "The mean margin of a first order and of the repeat purchases that the model expects, cumulated; "
            "the band is the 90% interval of the mean."
        ),
    )
    drawn = [row for row in rows if row.get("ltv_fen") is not None][-MOST_DRAWN:]
    if len(drawn) < 2:
        return [new]
    parts = ((say("so far"), "realised_fen"), (say("to come"), "to_come_fen"))
    by_group = Graph(
        "by-group",
        say("LTV by group: so far and to come"),
        Drawn.STACKED,
        [row["group"] for row in drawn],
        [Line(name, [row[column] for row in drawn]) for name, column in parts],
        unit=Unit.FEN,
        definition=say("Margin per customer so far, and what is expected in the months ahead."),
    )
    return [new, by_group]
