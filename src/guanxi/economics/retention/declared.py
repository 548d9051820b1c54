"""The reports on who comes back."""

from __future__ import annotations

from typing import Final

from guanxi.economics.params import SINCE, UNTIL
from guanxi.economics.reporting import Area, Kind, Param, ReportKind
from guanxi.kernel.wording import say

GROUP_LABELS: Final = {
    "all": say("all customers"),
    "channel": say("channel of the first order"),
    "city": say("city"),
    "first_product": say("first product"),
}


def by_param(*choices: str) -> Param:
    """The parameter `by` with some of the groups there are; the first is the default."""
    return Param(
        "by",
        Kind.CHOICE,
        say("By"),
        say(
            "Tell customers apart by the channel or the product of their first order, or by their city: the "
            "20 largest groups, and all others together."
        ),
        default=choices[0],
        choices=choices,
        choice_labels=tuple(GROUP_LABELS[choice] for choice in choices),
    )


PER: Final = Param(
    "per",
    Kind.CHOICE,
    say("Period"),
    say("Cohorts and ages by week, month or quarter."),
    default="month",
    choices=("week", "month", "quarter"),
    choice_labels=(say("week"), say("month"), say("quarter")),
)
VALUE: Final = Param(
    "value",
    Kind.CHOICE,
    say("Value"),
    say("What the graphs show: the share who bought, or what a customer has paid or left so far."),
    default="customers",
    choices=("customers", "revenue", "margin"),
    choice_labels=(say("customers"), say("revenue"), say("margin")),
)
GRID: Final = Param(
    "grid",
    Kind.CHOICE,
    say("Grid"),
    say("Score customers by fifths of all of them, or by the cuts given below."),
    default="quantile",
    choices=("quantile", "absolute"),
    choice_labels=(say("fifths of the customers"), say("the cuts below")),
)
CUTS: Final = (
    Param(
        "recency",
        Kind.TEXT,
        say("Cuts of recency"),
        say("Days since the last order: up to the first is 5, up to the last 2, above it 1."),
        default="30,90,180,365",
    ),
    Param(
        "frequency",
        Kind.TEXT,
        say("Cuts of frequency"),
        say("Orders: up to the first is 1, up to the last 4, above it 5."),
        default="1,2,3,5",
    ),
    Param(
        "money",
        Kind.TEXT,
        say("Cuts of money"),
        say("Whole yuan paid less given back: up to the first is 1, up to the last 4, above it 5."),
        default="100,500,1000,5000",
    ),
)
MODEL: Final = Param(
    "model",
    Kind.CHOICE,
    say("Model"),
    say("Where it does not fit, the next one that does is taken."),
    default="mbgnbd",
    choices=("mbgnbd", "bgnbd", "paretonbd"),
    choice_labels=(say("MBG/NBD"), say("BG/NBD"), say("Pareto/NBD")),
)
RETENTION: Final[tuple[ReportKind, ...]] = (
    ReportKind(
        "cohorts",
        say("Cohorts"),
        say("Of those who bought first in a period, how many buy again, and what do they leave?"),
        "guanxi.economics.retention.cohorts:cohorts",
        (PER, VALUE, by_param(*GROUP_LABELS), SINCE, UNTIL),
        Area.RETENTION,
        guide="retention#cohorts-guanxi-report-cohorts",
    ),
    ReportKind(
        "repeat",
        say("Second orders"),
        say("Who comes for a second order, how soon, and how long is it from one order to the next?"),
        "guanxi.economics.retention.repeats:repeat",
        (by_param(*GROUP_LABELS), UNTIL),
        Area.RETENTION,
        guide="retention#second-orders-guanxi-report-repeat",
    ),
    ReportKind(
        "rfm",
        say("Recency, frequency, money"),
        say("Who are the best customers, who is new, and who is slipping away?"),
        "guanxi.economics.retention.rfm:rfm",
        (GRID, *CUTS, UNTIL),
        Area.RETENTION,
        guide="retention#recency-frequency-money-guanxi-report-rfm",
    ),
    ReportKind(
        "alive",
        say("Alive or gone"),
        say("How many customers are still customers, and what will they buy in the next 90 days?"),
        "guanxi.economics.retention.alive:alive",
        (MODEL, by_param("all", "channel"), UNTIL),
        Area.RETENTION,
        guide="retention#alive-or-gone-guanxi-report-alive",
    ),
)
