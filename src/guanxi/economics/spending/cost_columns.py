"""What the columns of the report "cac" mean."""

from __future__ import annotations

from typing import Final

from guanxi.economics.reporting import Column, Unit
from guanxi.kernel.wording import Wording, say

LABELS: Final[dict[str, Wording]] = {
    "channel": say("Channel"),
    "platform": say("Platform"),
    "campaign": say("Campaign"),
    "kol": say("KOL"),
    "month": say("Month"),
}
MEANINGS: Final[dict[str, Wording]] = {
    "channel": say("Where customers first came, and where spend was meant to bring them."),
    "platform": say("Where the money was spent; customers belong to the platform of their first channel."),
    "campaign": say("The campaign that the spend and the customer's first touch name."),
    "kol": say(
        "Whom the spend paid; customers belong to the KOL whose code they first came by, or who alone was "
        "paid for the campaign of their first touch."
    ),
    "month": say("Of the spend, and of the first paid order."),
}
CLOSING: Final = say(
    "A customer belongs to the period of the first paid order, spend to the day it was spent: what a "
    "campaign brings later counts later."
)
_MONEY: Final = (
    Column("spend_fen", say("Spend"), say("What was spent in the period."), Unit.FEN),
    Column(
        "customers",
        say("New customers"),
        say(
            "Customers whose first paid order is of the period, by first touch: the earliest touch at or "
            "before it that names a channel or a campaign, else the shop of the order itself."
        ),
    ),
    Column("cac_fen", say("CAC"), say("Spend by new customers."), Unit.FEN),
    Column(
        "cac_low_fen",
        say("from"),
        say("The lower end of its 90% interval, customers being a Poisson count."),
        Unit.FEN,
    ),
    Column("cac_high_fen", say("to"), say("The upper end of its 90% interval."), Unit.FEN),
)
_CURVED: Final = (
    Column(
        "marginal_fen",
        say("Marginal CAC"),
        say("What one customer more costs: the slope of the response curve at today's spend."),
        Unit.FEN,
    ),
    Column("marginal_low_fen", say("from"), say("The lower end of its 90% interval."), Unit.FEN),
    Column(
        "marginal_high_fen", say("to"), say("The upper end; unknown where the curve may be flat."), Unit.FEN
    ),
)
_PLANNED: Final = (
    Column(
        "planned_fen",
        say("Planned CAC"),
        say(
            "By the rate card of the day: fee or price → reach → clicks → customers, of the spend that the "
            "card says something about."
        ),
        Unit.FEN,
    ),
    Column("planned_low_fen", say("at best"), say("At the low prices and high conversions."), Unit.FEN),
    Column("planned_high_fen", say("at worst"), say("At the high prices and low conversions."), Unit.FEN),
    Column(
        "planned_share",
        say("Planned"),
        say("The share of the spend that the rate card says something about."),
        Unit.SHARE,
    ),
    Column(
        "impressions", say("Impressions"), say("As the platforms count them; unknown where no file says.")
    ),
    Column("clicks", say("Clicks"), say("As the platforms count them; unknown where no file says.")),
    Column(
        "orders",
        say("Orders as platforms say"),
        say("Orders that the platforms claim for the spend; they claim repeat buyers too, and often twice."),
    ),
)


def columns(by: str, *, curved: bool) -> tuple[Column, ...]:
    """The report's columns, in order."""
    unit = Unit.MONTH if by == "month" else Unit.TEXT
    return (Column(by, LABELS[by], MEANINGS[by], unit), *_MONEY, *(_CURVED if curved else ()), *_PLANNED)
