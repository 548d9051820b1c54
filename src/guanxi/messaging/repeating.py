"""What a person does with messages that have ended, or with many that wait: again, or not at all."""

from __future__ import annotations

from typing import Final, NamedTuple

from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Conflict, Invalid
from guanxi.kernel.wording import say
from guanxi.messaging import booking, queries, queuing
from guanxi.messaging.booking import Step
from guanxi.messaging.contracts import Became, Message, State
from guanxi.messaging.queries import Shown, chosen
from guanxi.platform import audit
from guanxi.platform.writing import writing

AT_ONCE: Final = 5_000
# What a new message may mend: not what its customer does not allow, nor what has arrived.
REPEATABLE: Final = frozenset({State.FAILED, State.CAPPED, State.CANCELLED})


class Waiting(NamedTuple):
    """How many messages can still be cancelled, how many are leaving just now, and the newest that counts."""

    queued: int
    leaving: int
    newest: int


def again(brand_id: int, message_id: int, *, actor: object) -> int:
    """Queue the same once more, as a message of its own; its id. Pressed twice it is one. It is checked as
    any other when it is sent. Raises NotFound, and Conflict where it cannot be repeated."""
    old = queries.message(brand_id, message_id)
    if old.state not in REPEATABLE:
        raise Conflict(say("Only what failed, was held back or was cancelled can be queued again."))
    key = f"again:{message_id}"
    with writing(brand_id):
        (outcome,) = queuing.queue(brand_id, [_copy(old, key)], actor=actor)
        if outcome.state is Became.REFUSED:
            raise Conflict(outcome.text, remedy=say("Queue a new message with what is right now."))
        if outcome.state is Became.QUEUED:
            detail = {"message_id": outcome.message_id}
            audit.record(brand_id, str(actor), "message.again", "message", message_id, detail=detail)
    return outcome.message_id


def waiting(brand_id: int, channel: str = "", template: str = "", campaign: str = "") -> Waiting:
    """What a bulk cancel of these would do. Raises Invalid where nothing narrows it down."""
    if not (channel or template or campaign):
        raise Invalid(say("Choose a channel, a template or a campaign first."))
    rows = chosen(brand_id, channel=channel, template=template, campaign=campaign)
    queued = rows.filter(state=State.QUEUED)
    newest = queued.order_by("-pk").values_list("pk", flat=True).first() or 0
    return Waiting(queued.count(), rows.filter(state=State.SENDING).count(), newest)


def cancel_many(
    brand_id: int,
    *,
    channel: str = "",
    template: str = "",
    campaign: str = "",
    newest: int,
    actor: object,
) -> int:
    """Cancel what is queued of these, none newer than `newest`; how many. What left meanwhile is not."""
    waiting(brand_id, channel, template, campaign)
    rows = chosen(brand_id, channel=channel, template=template, campaign=campaign)
    rows = rows.filter(state=State.QUEUED, pk__lte=newest)
    step = Step(State.CANCELLED, "by_hand", columns=(("lease", ""),))
    cancelled = 0
    while numbers := list(rows.values_list("pk", flat=True)[:AT_ONCE]):
        with writing(brand_id):
            went = len(booking.change(State.QUEUED, dict.fromkeys(numbers, step)))
        cancelled += went
        if not went:
            break
    with writing(brand_id):
        detail = {"message_count": cancelled, "channel": channel, "template": template, "campaign": campaign}
        kept = {name: value for name, value in detail.items() if value != ""}
        audit.record(brand_id, str(actor), "messages.cancelled", "brand", brand_id, detail=kept)
    return cancelled


def _copy(old: Shown, key: str) -> Message:
    """As it was asked for; a time that it was to be sent by and that is over counts no more."""
    in_time = old.expires_ms is not None and old.expires_ms > now_ms()
    return Message(
        key,
        old.subject_id,
        old.channel,
        old.template,
        old.variables,
        old.language,
        old.version,
        expires_ms=old.expires_ms if in_time else None,
        campaign=old.campaign,
    )
