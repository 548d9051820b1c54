"""What the columns, key figures and graphs of `payback` are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from guanxi.economics.lifetime.curves import Curves
from guanxi.economics.reporting import Column, Drawn, Graph, KeyFigure, Line, Unit
from guanxi.kernel.wording import say

MOST_DRAWN: Final = 6

COLUMNS: Final = (
    Column("group", say("Group"), say("Everybody, a channel, a cohort, or a channel's cohort."), Unit.TEXT),
    Column("customers", say("New customers"), say("Customers whose first paid order fell in it.")),
    Column(
        "spend_fen", say("Spend"), say("What was spent in it, by day and channel of the spend."), Unit.FEN
    ),
    Column("cac_fen", say("CAC"), say("Spend over new customers."), Unit.FEN),
    Column(
        "first_fen",
        say("At the first order"),
        say("The margin of the day of the first order, per customer."),
        Unit.FEN,
        detail=True,
    ),
    Column(
        "margin_fen",
        say("Margin"),
        say("Margin per customer by the last month looked at; beyond what was seen as the model foretells."),
        Unit.FEN,
    ),
    Column(
        "margin_low_fen", say("90% from"), say("The lower end of its 90% interval."), Unit.FEN, detail=True
    ),
    Column(
        "margin_high_fen", say("90% to"), say("The upper end of its 90% interval."), Unit.FEN, detail=True
    ),
    Column("ltv_cac", say("LTV:CAC"), say("That margin over CAC."), Unit.RATIO),
    Column("ltv_cac_low", say("LTV:CAC from"), say("The lower end of its 90% interval."), Unit.RATIO),
    Column("ltv_cac_high", say("LTV:CAC to"), say("The upper end of its 90% interval."), Unit.RATIO),
    Column(
        "payback",
        say("Payback, months"),
        say("Months after the first order when the margin has reached CAC and stays there; none: not yet."),
        Unit.NUMBER,
    ),
    Column(
        "payback_low", say("at best"), say("The same by the upper end of the curve's interval."), Unit.NUMBER
    ),
    Column("payback_high", say("at worst"), say("The same by the lower end of the interval."), Unit.NUMBER),
    Column(
        "break_even",
        say("Break-even"),
        say("The day on which a cohort has paid back, told from the middle of its month."),
        Unit.DATE,
    ),
    Column(
        "affordable_fen",
        say("Affordable CAC"),
        say("The highest CAC that is back within the months asked for."),
        Unit.FEN,
    ),
    Column(
        "cash_fen",
        say("Cash bound"),
        say("What is outstanding at most if every month wins as many customers at this CAC."),
        Unit.FEN,
        detail=True,
    ),
    Column("seen", say("Months seen"), say("Months that were seen; later ones are foretold."), detail=True),
)
_DEFINITIONS: Final = {column.name: column.definition for column in COLUMNS}


def figures_of(row: Mapping[str, Any], within: int) -> list[KeyFigure]:
    """What holds of all customers."""
    if not row.get("cac_fen"):
        return []
    return [
        KeyFigure(say("CAC"), row["cac_fen"], _DEFINITIONS["cac_fen"], Unit.FEN),
        KeyFigure(
            say("LTV:CAC"),
            row["ltv_cac"],
            _DEFINITIONS["ltv_cac"],
            Unit.RATIO,
            row["ltv_cac_low"],
            row["ltv_cac_high"],
        ),
        KeyFigure(
            say("Payback, months"),
            row["payback"],
            _DEFINITIONS["payback"],
            Unit.NUMBER,
            row["payback_low"],
            row["payback_high"],
        ),
        KeyFigure(
            say("Affordable CAC, %(n)s months", n=within),
            row["affordable_fen"],
            _DEFINITIONS["affordable_fen"],
            Unit.FEN,
        ),
    ]


def graphs_of(groups: Sequence[tuple[str, float | None]], curves: Curves) -> list[Graph]:
    """The curve of all with what a customer cost beside it, and the curves of the groups."""
    if not groups:
        return []
    ages = [str(age) for age in range(curves.value.shape[1])]
    label, cost = groups[0]
    lines = [
        Line(label, curves.value[0].tolist(), curves.low[0].tolist(), curves.high[0].tolist()),
    ]
    if cost is not None:
        lines.append(Line(say("CAC"), [cost] * len(ages)))
    whole = Graph(
        "payback",
        say("Margin per customer by months since the first order, and what it cost"),
        Drawn.BANDS,
        ages,
        lines,
        unit=Unit.FEN,
        definition=say("The band is the 90% interval of the mean; where the lines cross, the money is back."),
    )
    several = [
        (at, name, told)
        for at, (name, told) in enumerate(groups)
        if at and told is not None and curves.value[at, -1]
    ]
    if not several:
        return [whole]
    share = Graph(
        "payback-groups",
        say("Share of CAC that is back, by months since the first order"),
        Drawn.LINES,
        ages,
        [Line(name, (curves.value[at] / told).tolist()) for at, name, told in several[:MOST_DRAWN]],
        unit=Unit.SHARE,
        definition=say("The groups with the greatest spend; at 100% a customer has paid back what it cost."),
    )
    return [whole, share]
