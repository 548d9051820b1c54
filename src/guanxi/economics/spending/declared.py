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
SPENDING: Final[tuple[ReportKind, ...]] = (
    ReportKind(
        "cac",
        say("Customer acquisition cost"),
        say("What does a new customer cost?"),
        "guanxi.economics.spending.cost:cac",
        (BY, SPEND_SINCE, SPEND_UNTIL),
        Area.COST,
    ),
    ReportKind(
        "response",
        say("Response to spend"),
        say("What would one customer more cost, channel by channel?"),
        "guanxi.economics.spending.curves:response",
        (SPEND_SINCE, SPEND_UNTIL),
        Area.COST,
    ),
)
