"""What providers, and people of the brand, say of messages afterwards; and who changes their mind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Conflict, Invalid, Limit, NotFound
from guanxi.kernel.wording import say
from guanxi.messaging import booking
from guanxi.messaging.booking import Step
from guanxi.messaging.contracts import MOVES, Receipt, Received, State
from guanxi.messaging.models import Message
from guanxi.platform import audit
from guanxi.platform.writing import writing

LARGEST_BATCH: Final = 5_000
SAYABLE: Final = (State.SENT, State.DELIVERED, State.FAILED)


def receipts(brand_id: int, channel: str, said: Sequence[Receipt]) -> Received:
    """Take what a provider says, each once: the same again, or what comes too late, changes nothing. Raises
    Limit, and Invalid for a state that no receipt says."""
    if len(said) > LARGEST_BATCH:
        raise Limit(say("At most %(most)s receipts at once.", most=LARGEST_BATCH), most=LARGEST_BATCH)
    if any(one.state not in SAYABLE or not one.provider_id for one in said):
        raise Invalid(say("A receipt says sent, delivered or failed, of a provider's id."))
    changed = late = unknown = 0
    with writing(brand_id):
        rows = Message.objects.filter(
            brand_id=brand_id, channel=channel, provider_id__in={one.provider_id for one in said}
        )
        known = {row.provider_id: row for row in rows}
        for one in said:
            if (row := known.get(one.provider_id)) is None:
                unknown += 1
            elif one.state in MOVES[State(row.state)] and _move(brand_id, row, one):
                changed += 1
            else:
                late += 1
    return Received(changed, late, unknown)


def _move(brand_id: int, row: Message, one: Receipt) -> bool:
    before = State(row.state)
    step = Step(one.state, one.code)
    done = booking.change(before, {row.pk: step}, at_ms=one.at_ms)
    booking.tell(brand_id, done, one.at_ms, before)
    row.state = str(one.state)
    return bool(done)


def confirm(brand_id: int, message_id: int, *, actor: object) -> None:
    """Somebody of the brand has sent what was their task. Raises NotFound, or Conflict where it is none."""
    _ended_by(brand_id, message_id, {State.TASKED: State.SENT}, "message.confirmed", actor)


def cancel(brand_id: int, message_id: int, *, actor: object) -> None:
    """Do not send a message that has not left. Raises NotFound, or Conflict where it has, or has ended."""
    moves = {State.QUEUED: State.CANCELLED, State.TASKED: State.CANCELLED}
    _ended_by(brand_id, message_id, moves, "message.cancelled", actor)


def cancel_keys(brand_id: int, keys: Sequence[str]) -> int:
    """Do not send messages that were queued under these keys and have not left; how many. In the caller's
    transaction, for rooms whose reason is gone: an order that was paid needs no reminder."""
    with writing(brand_id):
        rows = Message.objects.filter(brand_id=brand_id, key__in=list(keys), state=State.QUEUED)
        step = Step(State.CANCELLED, "not_wanted", columns=(("lease", ""),))
        return len(booking.change(State.QUEUED, dict.fromkeys(rows.values_list("pk", flat=True), step)))


def cancel_campaign(brand_id: int, campaign: str, *, actor: object) -> int:
    """Do not send what is left of a campaign; how many messages. Raises Invalid without a campaign."""
    if not campaign:
        raise Invalid(say("Say which campaign."), field="campaign")
    cancelled = 0
    step = Step(State.CANCELLED, "by_hand", columns=(("lease", ""),))
    rows = Message.objects.filter(brand_id=brand_id, campaign=campaign, state=State.QUEUED)
    while numbers := list(rows.values_list("pk", flat=True)[:LARGEST_BATCH]):
        with writing(brand_id):
            cancelled += len(booking.change(State.QUEUED, dict.fromkeys(numbers, step)))
    with writing(brand_id):
        detail = {"message_count": cancelled}
        audit.record(brand_id, str(actor), "campaign.cancelled", "campaign", campaign, detail=detail)
    return cancelled


def _ended_by(brand_id: int, message_id: int, moves: dict[State, State], action: str, actor: object) -> None:
    with writing(brand_id):
        row = Message.objects.filter(brand_id=brand_id, pk=message_id).first()
        if row is None:
            raise NotFound(say("There is no message %(id)s.", id=message_id))
        before = State(row.state)
        after = moves.get(before)
        freed = (("counted_ms", 0),) if after is State.CANCELLED else ()
        steps = {} if after is None else {row.pk: Step(after, "by_hand", columns=(("lease", ""), *freed))}
        done = booking.change(before, steps) if steps else {}
        if not done:
            raise Conflict(
                say("This message is %(state)s: it is too late for that.", state=row.state),
                remedy=say("Look at it again."),
                state=row.state,
            )
        booking.tell(brand_id, done, now_ms(), before)
        audit.record(brand_id, str(actor), action, "message", message_id)
