"""The report on what others claim of retention."""

from __future__ import annotations

from typing import Final

from guanxi.economics.params import UNTIL
from guanxi.economics.reporting import Area, Kind, Param, ReportKind
from guanxi.kernel.wording import say

CLAIMS_REPORTS: Final = (
    ReportKind(
        name="claims",
        title=say("The claims, on your data"),
        question=say("What is claimed of retention, and what is so here?"),
        compute="guanxi.economics.claims.report:claims",
        area=Area.CLAIMS,
        params=(
            Param(
                "loyal_days",
                Kind.INTEGER,
                say("Loyal from"),
                say("From how many purchase days on a customer counts as loyal here."),
                default=3,
                least=2,
                most=1_000,
            ),
            Param(
                "horizon_days",
                Kind.INTEGER,
                say("Days looked ahead"),
                say("How many days, up to the last, loyal customers and others are watched."),
                default=180,
                least=7,
                most=1_000,
            ),
            Param(
                "retain_spend",
                Kind.NUMBER,
                say("Spent on keeping"),
                say(
                    "What was spent in the last 365 days on keeping customers (messages, coupons, points), "
                    "in whole currency: no file tells it apart."
                ),
                least=0,
                most=1_000_000_000_000,
            ),
            UNTIL,
        ),
        guide="claims",
    ),
)
