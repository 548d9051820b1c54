"""What happens to a redemption: it is paid, handed over, sent, called off, expires, comes back.

Each verb locks it, checks the table of moves, books, and notes who did it; of two at once one is told."""

from __future__ import annotations

from typing import Final

from guanxi.customers.hooks import Happening, tell
from guanxi.kernel.clock import DAY_MS, now_ms
from guanxi.kernel.conditions import BrandRow
from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.kernel.wording import say
from guanxi.loyalty.rewards import booking
from guanxi.loyalty.rewards.contracts import (
    FULFILMENTS,
    LONGEST_KEY,
    LOOKS,
    MOST_FEN,
    Delivery,
    Fulfilment,
    Handed,
    State,
    may_become,
)
from guanxi.loyalty.rewards.models import Redemption, RedemptionStep, Reward, RewardPayment
from guanxi.messaging.contracts import Message
from guanxi.messaging.services import cancel_keys, queue
from guanxi.platform import audit
from guanxi.platform.writing import writing

DONE_AFTER_MS: Final = 14 * DAY_MS
MOST_TRACKING: Final = 60
REDEEMED, HANDED_OUT, CANCELLED = "reward.redeemed", "reward.handed_out", "reward.cancelled"


def locked(brand_id: int, redemption_id: int) -> Redemption:
    """In the caller's transaction. Raises NotFound."""
    rows = Redemption.objects.select_for_update(no_key=True, of=("self",)).select_related("reward")
    row = rows.filter(brand_id=brand_id, pk=redemption_id).first()
    if row is None:
        raise NotFound(say("There is no such redemption."), redemption=redemption_id)
    return row


def pay(brand: BrandRow, redemption_id: int, reference: str, fen: int, *, actor: object) -> Redemption:
    """The money came, once under the shop's `reference`. Where the redemption no longer waits for it, it is
    kept as due back and nothing else changes.

    Raises NotFound, Invalid for an amount other than what is due, and Conflict where the reference was used
    for another payment.
    """
    reference = reference.strip()
    if not 0 < len(reference) <= LONGEST_KEY or not reference.isprintable():
        message = say("A reference has 1 to %(most)s characters.", most=LONGEST_KEY)
        raise Invalid(message, field="reference")
    if not 0 < fen <= MOST_FEN:
        raise Invalid(say("An amount is more than nothing."), field="fen")
    with writing(brand.pk):
        row, at_ms = locked(brand.pk, redemption_id), now_ms()
        known = RewardPayment.objects.filter(brand_id=brand.pk, reference=reference).first()
        if known is not None:
            if (known.redemption_id, known.fen) != (row.pk, fen):
                message = say("The reference '%(name)s' is of another payment.", name=reference)
                raise Conflict(message, remedy=say("Look it up at the shop."), reason="key_conflict")
            return row
        waits = row.state == State.RESERVED
        if waits and fen != row.fen:
            raise Invalid(
                say("%(due)s fen are due, not %(fen)s.", due=row.fen, fen=fen),
                remedy=say("Give that money back, and take what is due."),
                field="fen",
            )
        RewardPayment.objects.create(
            brand_id=brand.pk, redemption=row, reference=reference, fen=fen, due_back=not waits, at_ms=at_ms
        )
        if waits:
            _move(row, State.PAID, actor, at_ms)
            _move(row, State.READY, actor, at_ms)
            row.due_ms = None
            if row.delivery == Delivery.COLLECT and row.reward.keep_days is not None:
                row.due_ms = at_ms + row.reward.keep_days * DAY_MS
            row.save()
            became_ready(row, row.reward, actor, at_ms)
    return row


def became_ready(row: Redemption, reward: Reward, actor: object, at_ms: int) -> None:
    """It is the member's now: told, and handed over at once where there is nothing to carry."""
    _tell(row, REDEEMED, at_ms, units=row.units, asset=row.asset, fen=row.fen, origin=row.origin)
    if kind_of(reward).at_once:
        _hand_out(row, State.HANDED_OUT, actor, at_ms)


def hand_out(brand_id: int, redemption_id: int, *, actor: object) -> Redemption:
    """It was handed to the member. Raises NotFound, Conflict where it is not waiting for that (any more)."""
    with writing(brand_id):
        row = locked(brand_id, redemption_id)
        _hand_out(row, State.HANDED_OUT, actor, now_ms())
    return row


def send(
    brand_id: int, redemption_id: int, *, carrier: str = "", tracking: str = "", actor: object
) -> Redemption:
    """It is on its way. Raises as `hand_out`, and Invalid for a tracking number that is none."""
    carrier, tracking = carrier.strip(), tracking.strip()
    if len(carrier) > 40 or not carrier.isprintable():
        raise Invalid(say("A carrier's name has at most 40 characters."), field="carrier")
    if len(tracking) > MOST_TRACKING or not (tracking.isascii() and tracking.isprintable()):
        message = say("A tracking number has at most %(most)s letters and digits.", most=MOST_TRACKING)
        raise Invalid(message, field="tracking")
    with writing(brand_id):
        row = locked(brand_id, redemption_id)
        if row.delivery != Delivery.SEND:
            raise Conflict(
                say("This one is not to be sent."), remedy=say("Hand it over."), reason="wrong_delivery"
            )
        row.carrier, row.tracking = carrier, tracking
        _hand_out(row, State.SENT, actor, now_ms())
    return row


def cancel(brand_id: int, redemption_id: int, *, why: str = "", actor: object) -> Redemption:
    """Everything comes back; money that was paid is due back. Raises NotFound, Conflict where it was handed
    over or undone before."""
    with writing(brand_id):
        row = locked(brand_id, redemption_id)
        _undo(row, State.CANCELLED, why, actor)
    return row


def expire(brand_id: int, redemption_id: int) -> bool:
    """Whether its time was up: then all comes back, as when it is called off."""
    with writing(brand_id):
        row = locked(brand_id, redemption_id)
        if row.due_ms is None or row.due_ms > now_ms() or not may_become(State(row.state), State.EXPIRED):
            return False
        _undo(row, State.EXPIRED, "", "system")
    return True


def finish(brand_id: int, redemption_id: int, *, actor: object) -> Redemption:
    """The member has it, and the address is forgotten. Raises NotFound, Conflict."""
    with writing(brand_id):
        row = locked(brand_id, redemption_id)
        _move(row, State.DONE, actor, now_ms())
        row.address = ""
        row.save()
    return row


def take_back(brand_id: int, redemption_id: int, *, piece: bool, why: str = "", actor: object) -> Redemption:
    """It came back after it was handed over: units come back as new lots, money is due back, and with `piece`
    the piece is in the stock again. Raises NotFound, Conflict."""
    with writing(brand_id):
        row, at_ms = locked(brand_id, redemption_id), now_ms()
        _move(row, State.RETURNED, actor, at_ms, why)
        kind = kind_of(row.reward)
        if kind.take_back is not None:
            kind.take_back(brand_id, row.pk, row.given)
        booking.give_back(row, at_ms, piece=piece)
        _money_back(row)
        row.address = ""
        row.save()
        cancel_keys(brand_id, [review_key(row)])
        _tell(row, CANCELLED, at_ms, why="returned")
        detail = {"redemption_id": row.pk, "units_count": row.units}
        audit.record(brand_id, str(actor), "redemption.returned", "reward", row.reward.code, detail=detail)
    return row


# ---------------------------------------------------------------- what they have in common


def _hand_out(row: Redemption, after: State, actor: object, at_ms: int) -> None:
    reward = row.reward
    _move(row, after, actor, at_ms)
    row.given = kind_of(reward).hand_out(row.brand_id, handed(row))[:120]
    booking.spend(row, at_ms)
    row.due_ms = None
    row.save()
    _tell(row, HANDED_OUT, at_ms, delivery=row.delivery, store=row.store)
    if reward.review_days is not None and reward.review_template:
        message = Message(
            review_key(row),
            row.subject_id,
            reward.review_channel,
            reward.review_template,
            not_before_ms=at_ms + reward.review_days * DAY_MS,
            expires_ms=at_ms + (reward.review_days + 30) * DAY_MS,
            campaign=f"reward:{reward.code}"[:60],
        )
        queue(row.brand_id, [message], actor="rewards")


def _undo(row: Redemption, after: State, why: str, actor: object) -> None:
    at_ms = now_ms()
    was_ready = row.state == State.READY
    _move(row, after, actor, at_ms, why)
    booking.let_go(row, at_ms)
    _money_back(row)
    row.address, row.due_ms = "", None
    row.save()
    if was_ready:
        _tell(row, CANCELLED, at_ms, why=after.value)


def _money_back(row: Redemption) -> None:
    RewardPayment.objects.filter(redemption=row).update(due_back=True)


def _move(row: Redemption, after: State, actor: object, at_ms: int, why: str = "") -> None:
    """In memory, with its line of history. Raises Conflict with `state`."""
    before = State(row.state)
    if not may_become(before, after):
        raise Conflict(
            say("It is %(state)s by now.", state=LOOKS[before].label),
            remedy=say("Look at the redemption again."),
            reason="state",
            state=before.value,
        )
    row.state, row.changed_ms = after.value, at_ms
    note(row, before.value, after, actor, at_ms, why=why)


def note(row: Redemption, before: str, after: State, actor: object, at_ms: int, *, why: str = "") -> None:
    RedemptionStep.objects.create(
        redemption=row,
        before=before,
        after=after.value,
        at_ms=at_ms,
        actor=str(actor)[:160],
        why=why.replace("\0", "")[:200],
    )


def kind_of(reward: Reward) -> Fulfilment:
    """Raises Conflict where the part of the programme is gone that knew this kind."""
    kind = FULFILMENTS.get(reward.kind)
    if kind is None:
        raise Conflict(
            say("Nothing here knows the kind '%(kind)s' of reward.", kind=reward.kind), reason="kind"
        )
    return kind


def handed(row: Redemption) -> Handed:
    return Handed(row.pk, row.subject_id, row.reward.code, row.reward.settings, f"redemption:{row.pk}")


def review_key(row: Redemption) -> str:
    return f"reward:{row.pk}:review"


def _tell(row: Redemption, kind: str, at_ms: int, **more: object) -> None:
    payload = {
        "reward": row.reward.code,
        "type": row.reward.kind,
        "redemption": row.pk,
        **{name: value for name, value in more.items() if value not in ("", None)},
    }
    tell(row.brand_id, [Happening(kind, row.subject_id, at_ms, payload)])
