"""The simulator as a report: its levers are its parameters."""

from __future__ import annotations

from typing import Final

from guanxi.economics.reporting import Area, Kind, Param, ReportKind
from guanxi.kernel.wording import say

LEVERS: Final = (
    Param(
        "retention_change",
        Kind.NUMBER,
        say("Retention"),
        say(
            "How much more of a month's customers come back in each later month: 0.1 is 10% more, -0.1 less."
        ),
        default=0.0,
        least=-1,
        most=2,
    ),
    Param(
        "k_factor",
        Kind.NUMBER,
        say("K-factor"),
        say("How many customers a new customer brings, a month later: 0.2 is one of five."),
        default=0.0,
        least=0,
        most=0.95,
    ),
    Param(
        "price_change",
        Kind.NUMBER,
        say("Prices"),
        say(
            "0.05 is 5% more. Nobody is taken to buy less for it: say with retention and new customers if so."
        ),
        default=0.0,
        least=-0.5,
        most=1,
    ),
    Param(
        "new_customers",
        Kind.NUMBER,
        say("New customers a month"),
        say("How many are won with money each month. Default: as many as in the last twelve months."),
        least=0,
        most=10_000_000,
    ),
    Param(
        "cac",
        Kind.NUMBER,
        say("Cost of a customer"),
        say("What winning a customer costs in the scenario, in whole currency. Default: as today."),
        least=0,
        most=1_000_000,
    ),
    Param(
        "cac_inflation",
        Kind.NUMBER,
        say("Rise of that cost a year"),
        say("0.2 is 20% a year, in the scenario."),
        default=0.0,
        least=-0.5,
        most=2,
    ),
    Param(
        "cac_now",
        Kind.NUMBER,
        say("Cost of a customer today"),
        say("What winning a customer costs today, in whole currency. Default: last year's spend tells."),
        least=0,
        most=1_000_000,
    ),
    Param(
        "fixed_costs",
        Kind.NUMBER,
        say("Fixed costs a month"),
        say("In whole currency, today and in the scenario alike."),
        default=0.0,
        least=0,
        most=1_000_000_000,
    ),
    Param(
        "months",
        Kind.INTEGER,
        say("Months"),
        say("How many months to look ahead."),
        default=36,
        least=3,
        most=60,
    ),
)
SCENARIOS: Final = (
    ReportKind(
        name="simulate",
        title=say("Simulator"),
        question=say("What would better retention, referral or prices do in 36 months?"),
        compute="guanxi.economics.scenarios.report:simulate",
        area=Area.BUDGET,
        params=LEVERS,
        guide="scenarios",
    ),
)
