"""The chapter's loop: a purchase is rewarded, and who was rewarded buys again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from guanxi.kernel.wording import say
from guanxi.loops.contracts import LOOPS, Loop, Station

NAME: Final = "loyalty"
REPURCHASE_DAYS: Final = 90


def rewards(tables: Mapping[str, Any]) -> Any:
    """What rules gave for facts. What was given by hand is for no purchase, and none of the loop's."""
    rows = tables["ledger_rewards"]
    rows = rows.filter(rows.fact_id.notnull())
    return rows.select("subject_id", "local_day", "local_month", "fact_id", amount_fen=rows.cost_fen)


LOYALTY: Final = Loop(
    name=NAME,
    title=say("The loyalty loop"),
    question=say("Does what we give for a purchase bring the next one?"),
    input=Station(
        say("Purchase"),
        say("A customer's day with a paid order that was not given back in full."),
        ("order.paid",),
        given_back="order.refunded",
    ),
    action=Station(
        say("Reward"),
        say(
            "Units that a rule gave for the order, announced ones with them, less what was taken back. They "
            "cost what a unit costs; what expired costs nothing."
        ),
        rows=rewards,
    ),
    output=Station(
        say("Repurchase"),
        say("The customer's next day with a paid order; the order that follows, net of refunds."),
        ("order.paid",),
        given_back="order.refunded",
    ),
    reinvested=say("A share of what the next purchase leaves pays for what is given next."),
    act_days=1,
    return_days=REPURCHASE_DAYS,
)


def register() -> None:
    LOOPS.register(LOYALTY)
