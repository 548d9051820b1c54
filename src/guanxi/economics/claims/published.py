"""What is claimed of retention, by whom, and how the brand's own figure is computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from guanxi.kernel.wording import Wording, say


@dataclass(frozen=True, slots=True)
class Claim:
    """`low` and `high` bound what is claimed; `unit` is "times" or "share" or "touches". `lacking` says what
    the brand's figure would need, where Guanxi holds nothing to compute it from."""

    name: str
    text: Wording
    published: str
    low: float
    high: float
    unit: str
    source: str
    how: Wording
    lacking: Wording | None = None


TIMES, SHARE, TOUCHES = "times", "share", "touches"
_SURVEY: Final = say(
    "A survey of shoppers' opinions; Guanxi knows what people do, and has no answers of theirs."
)

CLAIMS: Final = (
    Claim(
        "acquire_retain",
        say("Winning a customer costs more than keeping one"),
        "5–25×",
        5,
        25,
        TIMES,
        "HBR",
        say(
            "Spend on acquiring per new customer against spend on retaining per customer who came back, "
            "over the last 365 days. Interval: closed form, counts of customers as Poisson."
        ),
    ),
    Claim(
        "retention_profit",
        say("Five points more retention raise profit"),
        "+25–95%",
        0.25,
        0.95,
        SHARE,
        "HBR",
        say(
            "What a customer earns for ever, at the share of last year's buyers who bought again this year "
            "and discounted as assumed, against the same at five points more. The margin falls out. "
            "Interval: the Wilson interval of that share, put through the formula."
        ),
    ),
    Claim(
        "returning_spend",
        say("Returning customers spend more"),
        "+67%",
        0.67,
        0.67,
        SHARE,
        "Bain",
        say(
            "What a customer pays on a purchase day after the first against what one pays on the first. "
            "Interval: closed form (delta method), customers independent of each other."
        ),
    ),
    Claim(
        "loyal_repurchase",
        say("Loyal customers buy again more often"),
        "5×",
        5,
        5,
        TIMES,
        "Temkin",
        say(
            "The share that bought in the time after a day, of customers with three or more purchase days "
            "until then, against that of customers with fewer. Interval: closed form of a risk ratio (Katz)."
        ),
    ),
    Claim(
        "loyal_refer",
        say("Loyal customers refer more often"),
        "4×",
        4,
        4,
        TIMES,
        "Temkin",
        say(
            "The share that brought somebody, of loyal customers against others. Interval: as for buying "
            "again."
        ),
    ),
    Claim(
        "loyal_try",
        say("Loyal customers try new products more often"),
        "7×",
        7,
        7,
        TIMES,
        "Temkin",
        say(
            "The share that in the time after a day bought a product that was first sold in it, of loyal "
            "customers against others; the first line of an order counts. Interval: as for buying again."
        ),
    ),
    Claim(
        "loyal_forgive",
        say("Loyal customers forgive more often"),
        "5×",
        5,
        5,
        TIMES,
        "Temkin",
        say("The share that stayed after a mishap, of loyal customers against others."),
        say("Complaints are not recorded yet."),
    ),
    Claim(
        "touches_before",
        say("Touchpoints before the first purchase"),
        "8",
        8,
        8,
        TOUCHES,
        "McKinsey China",
        say(
            "Known touches in the 365 days before a first order, on average of first orders with any; see "
            "attribution for what is a touch. Interval: closed form, of a mean."
        ),
    ),
    Claim(
        "product_life",
        say("New products that live no more than 18 months"),
        "≤ 70%",
        0,
        0.70,
        SHARE,
        "Nielsen",
        say(
            "Of the products first sold more than 18 months ago (and not in the lake's first 90 days), the "
            "share not sold any more 18 months later. Interval: Wilson."
        ),
    ),
    Claim(
        "programme",
        say("Shoppers who prefer a retailer with a loyalty programme"),
        "86%",
        0.86,
        0.86,
        SHARE,
        "Nielsen",
        say("Not computed."),
        _SURVEY,
    ),
    Claim(
        "own_content",
        say("Shoppers whom others' photos move more than the brand's"),
        "85%",
        0.85,
        0.85,
        SHARE,
        "Wyng",
        say("Not computed."),
        _SURVEY,
    ),
    Claim(
        "active_followers",
        say("Followers who are active"),
        "< 9%",
        0,
        0.09,
        SHARE,
        "Weibo, 2013",
        say("Not computed."),
        say("Not part of this report: the report on followers counts who of them is active."),
    ),
)
