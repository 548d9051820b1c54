"""The reports on what a customer is worth."""

from __future__ import annotations

from typing import Final

from guanxi.economics.params import UNIT, UNTIL
from guanxi.economics.reporting import Area, Kind, Param, ReportKind
from guanxi.kernel.wording import say

MODEL: Final = Param(
    "model",
    Kind.CHOICE,
    say("Model"),
    say("auto takes the model that the back-test finds least wrong."),
    default="auto",
    choices=("auto", "bgnbd", "mbgnbd", "paretonbd"),
    choice_labels=(say("the least wrong"), say("BG/NBD"), say("MBG/NBD"), say("Pareto/NBD")),
)
BY: Final = Param(
    "by",
    Kind.CHOICE,
    say("By"),
    say(
        "One row for all, or for each cohort (month of the first order), first channel, segment or customer."
    ),
    default="cohort",
    choices=("all", "cohort", "channel", "segment", "customer"),
    choice_labels=(
        say("all customers"),
        say("cohort"),
        say("first channel"),
        say("segment"),
        say("customer"),
    ),
)
MONTHS: Final = Param(
    "months",
    Kind.INTEGER,
    say("Months ahead"),
    say("How many months are looked ahead: 1 to 60."),
    default=12,
    least=1,
    most=60,
)
LIFETIME: Final[tuple[ReportKind, ...]] = (
    ReportKind(
        "ltv",
        say("Lifetime value"),
        say("What has a customer left so far, and what is still to come?"),
        "guanxi.economics.lifetime.report:ltv",
        (MODEL, BY, MONTHS, UNTIL, UNIT),
        Area.WORTH,
    ),
    ReportKind(
        "backtest",
        say("Back-test of the forecasts"),
        say("What would the models have said some months ago, and what came?"),
        "guanxi.economics.lifetime.trying:backtest",
        (UNTIL,),
        Area.WORTH,
    ),
)
