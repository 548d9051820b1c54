"""The reports on what customers cost and where the next yuan should go."""

from __future__ import annotations

from typing import Final

from guanxi.economics.params import SINCE
from guanxi.economics.reporting import Area, Kind, Param, ReportKind
from guanxi.kernel.wording import say

SPEND_SINCE: Final = Param(
    SINCE.name, Kind.DATE, SINCE.label, say("The first day. Default: the first day with spend.")
)
SPEND_UNTIL: Final = Param(
    "until", Kind.DATE, say("Until"), say("The last day. Default: the last day with spend.")
)
BY: Final = Param(
    "by",
    Kind.CHOICE,
    say("By"),
    say("A row for each channel, platform, campaign, KOL or month."),
    default="channel",
    choices=("channel", "platform", "campaign", "kol", "month"),
    choice_labels=(say("channel"), say("platform"), say("campaign"), say("KOL"), say("month")),
)
TOTAL: Final = Param(
    "total",
    Kind.NUMBER,
    say("Budget of four weeks"),
    say("In whole units of money. Default: what the last four whole weeks cost."),
    least=0,
    most=10**11,
)
LIMITS: Final = Param(
    "limits",
    Kind.TEXT,
    say("Limits"),
    say(
        "The least and most of four weeks for each channel: douyin=100000-500000, jd=-20000, tmall=5000-. "
        "Default: nothing up to twice the greatest spend seen."
    ),
    default="",
)
GOAL: Final = Param(
    "goal",
    Kind.CHOICE,
    say("Aim for"),
    say("Most new customers, or most of their margin: what a customer of the channel has left so far."),
    default="customers",
    choices=("customers", "margin"),
    choice_labels=(say("new customers"), say("margin")),
)
SPENDING: Final[tuple[ReportKind, ...]] = (
    ReportKind(
        "cac",
        say("Customer acquisition cost"),
        say("What does a new customer cost?"),
        "guanxi.economics.spending.cost:cac",
        (BY, SPEND_SINCE, SPEND_UNTIL),
        Area.COST,
        guide="spend#what-a-customer-costs-guanxi-report-cac",
    ),
    ReportKind(
        "response",
        say("Response to spend"),
        say("What would one customer more cost, channel by channel?"),
        "guanxi.economics.spending.curves:response",
        (SPEND_SINCE, SPEND_UNTIL),
        Area.COST,
        guide="spend#response-to-spend-guanxi-report-response",
    ),
    ReportKind(
        "budget",
        say("Budget"),
        say("Where should the next yuan go?"),
        "guanxi.economics.spending.budget:budget",
        (TOTAL, LIMITS, GOAL, SPEND_SINCE, SPEND_UNTIL),
        Area.BUDGET,
        guide="spend#budget-guanxi-report-budget",
    ),
)
