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
OF: Final = Param(
    "by",
    Kind.CHOICE,
    say("By"),
    say(
        "One row for each first channel, each cohort (month of the first order), or each cohort of a channel."
    ),
    default="channel",
    choices=("channel", "cohort", "both"),
    choice_labels=(say("first channel"), say("cohort"), say("channel and cohort")),
)
HORIZON: Final = Param(
    "months",
    Kind.INTEGER,
    say("Months looked at"),
    say("How many months after the first order are looked at: 1 to 60."),
    default=24,
    least=1,
    most=60,
)
WITHIN: Final = Param(
    "within",
    Kind.INTEGER,
    say("Back within, months"),
    say("Within how many months the money must be back, for the highest affordable CAC."),
    default=12,
    least=0,
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
        guide="worth#lifetime-value-guanxi-report-ltv",
    ),
    ReportKind(
        "payback",
        say("Payback and LTV:CAC"),
        say("When is the money back that a customer cost?"),
        "guanxi.economics.lifetime.payback:payback",
        (OF, HORIZON, WITHIN, UNTIL),
        Area.COST,
        guide="worth#payback-guanxi-report-payback",
    ),
    ReportKind(
        "backtest",
        say("Back-test of the forecasts"),
        say("What would the models have said some months ago, and what came?"),
        "guanxi.economics.lifetime.trying:backtest",
        (UNTIL,),
        Area.WORTH,
        guide="worth#can-it-be-believed-guanxi-report-backtest",
    ),
)
