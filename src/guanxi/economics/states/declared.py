"""The report on customers' states."""

from __future__ import annotations

from typing import Final

from guanxi.economics.reporting import Area, Kind, Param, ReportKind
from guanxi.kernel.wording import say

SINCE: Final = Param(
    "since",
    Kind.DATE,
    say("From day"),
    say("Flows are counted from the end of that day. Default: 90 days before the last."),
)
UNTIL: Final = Param(
    "until",
    Kind.DATE,
    say("Until"),
    say("States as they were at the end of that day. Default: the last day with an order."),
)
STATES: Final[tuple[ReportKind, ...]] = (
    ReportKind(
        "states",
        say("Customers' states"),
        say("Who is loyal, who is leaving, and what is each worth?"),
        "guanxi.economics.states.report:states",
        (SINCE, UNTIL),
        Area.RETENTION,
        guide="states#the-report",
    ),
)
