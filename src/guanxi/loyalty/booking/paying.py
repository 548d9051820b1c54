"""The price of a booking, in the ledger."""

from __future__ import annotations

from typing import Final

from guanxi.kernel.clock import DAY_MS, now_ms
from guanxi.kernel.errors import Conflict
from guanxi.kernel.wording import say
from guanxi.loyalty.booking.models import Booking
from guanxi.loyalty.ledger.contracts import Account, GiveBack, Move, Place, Posting, State, Step
from guanxi.loyalty.ledger.posting import post
from guanxi.loyalty.ledger.words import REASONS

GRACE_MS: Final = 30 * DAY_MS  # what comes back lives so long at the least


def pay(brand_id: int, booking: Booking, actor: object) -> None:
    """In the caller's transaction. Raises Conflict (`insufficient`, or what else the ledger refuses)."""
    if not booking.units:
        return
    wallet = Account(booking.asset, Place.WALLET, booking.subject_id)
    paid = Move(wallet, Account(booking.asset, Place.SPENT), booking.units)
    moves = _post(brand_id, f"booking:{booking.pk}:pay", "booking.paid", paid, actor)
    booking.pay_id = moves[0]
    booking.save(update_fields=["pay_id"])


def pay_back(brand_id: int, booking: Booking, actor: object) -> None:
    """All of it, in the caller's transaction."""
    if booking.pay_id is None:
        return
    back = GiveBack(booking.pay_id, booking.units, GRACE_MS)
    _post(brand_id, f"booking:{booking.pk}:back", "booking.returned", back, actor)


def _post(brand_id: int, key: str, reason: str, step: Step, actor: object) -> tuple[int, ...]:
    (outcome,) = post(brand_id, [Posting(key, reason, [step], now_ms())], actor=actor)
    if outcome.state is State.REFUSED:
        raise Conflict(
            outcome.message, remedy=say("Nothing was booked or changed."), reason=outcome.code or "refused"
        )
    return outcome.moves


def register() -> None:
    """What these postings are called in statements."""
    REASONS["booking.paid"] = say("Paid for a booking")
    REASONS["booking.returned"] = say("Booking called off")
