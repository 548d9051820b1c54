"""The reports on what came before an order."""

from __future__ import annotations

from typing import Final

from guanxi.economics.params import SINCE, UNTIL
from guanxi.economics.reporting import Area, Kind, Param, ReportKind
from guanxi.kernel.wording import say

JOURNEYS: Final = (
    ReportKind(
        name="attribution",
        title=say("Attribution"),
        question=say("Which channels bring the orders, the last ones or those before?"),
        compute="guanxi.economics.journeys.attribution:attribution",
        area=Area.BUDGET,
        params=(
            Param(
                "conversions",
                Kind.CHOICE,
                say("Orders"),
                say("What a journey leads to: a customer's first paid order, or every paid order."),
                default="first",
                choices=("first", "all"),
                choice_labels=(say("First orders"), say("All orders")),
            ),
            Param(
                "days",
                Kind.INTEGER,
                say("Days before"),
                say("How many days before the order a touch counts."),
                default=30,
                least=1,
                most=730,
            ),
            Param(
                "half_life_days",
                Kind.NUMBER,
                say("Half-life (days)"),
                say("By time decay, a touch weighs half of one that came so many days later."),
                default=7.0,
                least=0.1,
                most=365,
            ),
            SINCE,
            UNTIL,
        ),
        guide="attribution",
    ),
)
