"""The kinds of rewards that this room knows: things, samples, donations."""

from __future__ import annotations

from typing import Final

from guanxi.kernel.wording import say
from guanxi.loyalty.rewards.contracts import FULFILMENTS, Delivery, Fulfilment, Handed

_CARRIED: Final = frozenset({Delivery.COLLECT, Delivery.SEND})


def register() -> None:
    FULFILMENTS.register(
        Fulfilment("gift", say("Gift"), "a thing that is handed over or sent", _CARRIED, _carried)
    )
    FULFILMENTS.register(
        Fulfilment(
            "sample", say("Sample to try"), "one for each, with a question afterwards", _CARRIED, _carried
        )
    )
    FULFILMENTS.register(
        Fulfilment(
            "donation",
            say("Donation"),
            "the brand gives to a cause what the points stand for",
            frozenset({Delivery.NONE}),
            _carried,
            at_once=True,
        )
    )


def _carried(_brand_id: int, _handed: Handed) -> str:
    """People carry it; there is nothing to make."""
    return ""
