"""What the columns of the report "budget" mean. Money and customers are of four weeks."""

from __future__ import annotations

from typing import Final

from guanxi.economics.reporting import Column, Unit
from guanxi.kernel.wording import say

COLUMNS: Final = (
    Column("channel", say("Channel"), say("Where the spend is meant to bring customers."), Unit.TEXT),
    Column("now_fen", say("Spend now"), say("What the last four whole weeks cost."), Unit.FEN),
    Column("then_fen", say("Spend then"), say("Its part of the budget."), Unit.FEN),
    Column("change", say("Change of spend"), say("Spend then against now."), Unit.SHARE),
    Column("least_fen", say("Least"), say("The lower limit."), Unit.FEN),
    Column(
        "most_fen",
        say("Most"),
        say("The upper limit; where none is given, twice the greatest spend seen in a week."),
        Unit.FEN,
    ),
    Column(
        "customers_now",
        say("Customers now"),
        say("New customers that the curve gives to today's spend, those without spend included."),
        Unit.NUMBER,
    ),
    Column(
        "customers_then",
        say("Customers then"),
        say("New customers that the curve gives to the spend then."),
        Unit.NUMBER,
    ),
    Column("cac_now_fen", say("CAC now"), say("Spend by customers, both of today."), Unit.FEN),
    Column("cac_then_fen", say("CAC then"), say("Spend by customers, both of then."), Unit.FEN),
    Column("marginal_now_fen", say("Marginal CAC now"), say("What one customer more costs today."), Unit.FEN),
    Column(
        "marginal_then_fen",
        say("Marginal CAC then"),
        say("What one more would cost then: the same everywhere that no limit holds."),
        Unit.FEN,
    ),
    Column(
        "margin_now_fen",
        say("Margin now"),
        say("Customers now by what a customer of the channel has left so far."),
        Unit.FEN,
    ),
    Column(
        "margin_then_fen",
        say("Margin then"),
        say("Customers then by what a customer of the channel has left so far."),
        Unit.FEN,
    ),
    Column("why", say("Why it stays"), say("Said where no curve could be fitted."), Unit.TEXT),
)
