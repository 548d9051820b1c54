"""What the columns of the reports on retention mean."""

from __future__ import annotations

from typing import Final

from guanxi.economics.reporting import Column, Unit
from guanxi.kernel.wording import say

GROUP: Final = Column(
    "group",
    say("Group"),
    say("The customers' channel, city or first product, as asked for; all of them together otherwise."),
    Unit.TEXT,
)
COHORTS: Final = (
    Column(
        "cohort",
        say("First order"),
        say("The week, month or quarter of the customers' first paid order."),
        Unit.TEXT,
    ),
    GROUP,
    Column("size", say("Size"), say("Customers of the cohort (and group).")),
    Column("age", say("Age"), say("Periods since the one of the first order, which is 0.")),
    Column(
        "observed",
        say("Observed"),
        say("The part of that period that is over at the last day known; below 1 it is still running."),
        Unit.SHARE,
        detail=True,
    ),
    Column("customers", say("Customers"), say("Those of the cohort who bought in that period.")),
    Column("share", say("Share"), say("These customers, by the size of the cohort."), Unit.SHARE),
    Column("orders", say("Orders"), say("Paid orders of the cohort in that period.")),
    Column("revenue_fen", say("Revenue"), say("What was paid for them, before refunds."), Unit.FEN),
    Column(
        "refunds_fen",
        say("Refunds"),
        say("What was given back to the cohort in that period, whenever it had been paid."),
        Unit.FEN,
        detail=True,
    ),
    Column(
        "margin_fen",
        say("Margin"),
        say("What is left of the revenue less the refunds, at the brand's margins."),
        Unit.FEN,
    ),
    Column(
        "revenue_per_head_fen",
        say("Revenue a head so far"),
        say("The revenue of this and all earlier ages, by the size of the cohort."),
        Unit.FEN,
    ),
    Column(
        "margin_per_head_fen",
        say("Margin a head so far"),
        say("The margin of this and all earlier ages, by the size of the cohort."),
        Unit.FEN,
    ),
)
REPEAT: Final = (
    GROUP,
    Column("customers", say("Customers"), say("Customers of the group, however long they are known.")),
    Column("days", say("Within"), say("Days since the first order."), Unit.DAYS),
    Column(
        "observed", say("Known so long"), say("Customers whose first order is at least so many days ago.")
    ),
    Column(
        "returned",
        say("Came back"),
        say("Those of them who bought on a later day within that time; orders of one day count once."),
    ),
    Column("share", say("Share"), say("Who came back, of those known so long."), Unit.SHARE),
    Column("low", say("Low"), say("The lower end of the share's 90% interval (Wilson)."), Unit.SHARE),
    Column("high", say("High"), say("The upper end of the share's 90% interval (Wilson)."), Unit.SHARE),
    Column(
        "expected",
        say("Expected"),
        say("The share by Kaplan–Meier, which also learns from those who are not known so long."),
        Unit.SHARE,
    ),
    Column(
        "expected_low",
        say("Expected, low"),
        say("The lower end of its 90% interval."),
        Unit.SHARE,
        detail=True,
    ),
    Column(
        "expected_high",
        say("Expected, high"),
        say("The upper end of its 90% interval."),
        Unit.SHARE,
        detail=True,
    ),
    Column(
        "median_days",
        say("Median wait"),
        say("The day by which half of the group is expected back (Kaplan–Meier); unknown where not seen."),
        Unit.DAYS,
    ),
)
RFM: Final = (
    Column(
        "group",
        say("Group"),
        say("What customers of these scores are called; each key figure says which they are."),
        Unit.TEXT,
    ),
    Column("customers", say("Customers"), say("Customers with a paid order.")),
    Column("share", say("Share"), say("These, of all customers with a paid order."), Unit.SHARE),
    Column("orders", say("Orders"), say("Their paid orders.")),
    Column("net_fen", say("Net revenue"), say("What they paid less what they were given back."), Unit.FEN),
    Column(
        "net_share",
        say("Share of net revenue"),
        say("This, of all customers' net revenue."),
        Unit.SHARE,
        detail=True,
    ),
    Column(
        "orders_each",
        say("Orders a head"),
        say("Orders, by the customers."),
        Unit.RATIO,
        detail=True,
    ),
    Column("net_each_fen", say("Net revenue a head"), say("Net revenue, by the customers."), Unit.FEN),
    Column("recency_days", say("Recency"), say("Days since the last order, on average."), Unit.DAYS),
    Column(
        "r",
        say("R"),
        say("The score of recency, on average: 5 is the most recent."),
        Unit.RATIO,
        detail=True,
    ),
    Column(
        "f",
        say("F"),
        say("The score of the number of orders, on average: 5 is the most."),
        Unit.RATIO,
        detail=True,
    ),
    Column(
        "m",
        say("M"),
        say("The score of net revenue, on average: 5 is the most."),
        Unit.RATIO,
        detail=True,
    ),
)
ALIVE: Final = (
    GROUP,
    Column("low_alive", say("P(alive) from"), say("The band's lower end."), Unit.SHARE),
    Column(
        "high_alive", say("To below"), say("The band's upper end, which only the last includes."), Unit.SHARE
    ),
    Column("customers", say("Customers"), say("Customers whose P(alive) lies in the band.")),
    Column("share", say("Share"), say("These, of the group's customers."), Unit.SHARE),
    Column("revenue_fen", say("Revenue"), say("What they have paid so far, before refunds."), Unit.FEN),
    Column("alive", say("P(alive)"), say("Theirs, on average."), Unit.SHARE),
    Column(
        "expected",
        say("Purchases in 90 days"),
        say("Days with a purchase that are expected of them in the next 90 days."),
        Unit.NUMBER,
    ),
    Column(
        "expected_low",
        say("Low"),
        say("The lower end of its 90% interval."),
        Unit.NUMBER,
        detail=True,
    ),
    Column(
        "expected_high",
        say("High"),
        say("The upper end of its 90% interval."),
        Unit.NUMBER,
        detail=True,
    ),
)
