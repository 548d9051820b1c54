"""What places, kinds of moves, kinds of assets and reasons are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from guanxi.kernel.wording import Wording, say
from guanxi.loyalty.ledger.contracts import Kind, Place

PLACES: Final[Mapping[Place, Wording]] = {
    Place.WALLET: say("Wallet"),
    Place.DEBT: say("Owed"),
    Place.ISSUED: say("Issued"),
    Place.SPENT: say("Spent"),
    Place.EXPIRED: say("Expired"),
    Place.STOCK: say("Stock"),
    Place.BUDGET: say("Budget"),
    Place.GIVEN: say("Given out"),
}
KINDS: Final[Mapping[Kind, Wording]] = {
    Kind.DIRECT: say("Moved"),
    Kind.PENDING: say("Announced"),
    Kind.POST: say("Posted as announced"),
    Kind.VOID: say("Called off"),
    Kind.LAPSE: say("Time was up"),
    Kind.LET_GO: say("Let go by a refund"),
    Kind.CLAW: say("Taken back"),
    Kind.RETURN: say("Given back"),
    Kind.PAY: say("Debt paid"),
    Kind.EXPIRE: say("Has expired"),
}
ASSET_KINDS: Final[Mapping[str, Wording]] = {
    "points": say("Points"),
    "credit": say("Store credit"),
    "coupon": say("Coupon"),
    "prize": say("Prize"),
    "budget": say("Budget"),
    "seat": say("Seats"),
    "gesture": say("Gestures"),
    "reward": say("Rewards"),
    "ticket": say("Tickets of a draw"),
}
# The words of reasons that this room writes; rooms above add theirs.
REASONS: Final[dict[str, Wording]] = {
    "hand.given": say("Given by hand"),
    "hand.taken": say("Taken by hand"),
    "sandbox.emptied": say("The sandbox was emptied"),
}


def reason_name(code: str) -> str:
    """What a reason is called; the code itself where nobody named it."""
    return REASONS.get(code, code)
