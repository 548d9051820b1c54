"""Whether a message may be sent now: one decision from the facts, in the order of the guide. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from guanxi.customers.consent.contracts import Verdict
from guanxi.kernel.clock import DAY_MS
from guanxi.messaging.contracts import Cap, State

OPTED_OUT: Final = frozenset({"opted_out", "complained"})
REFUSED: Final = "refused"


class Facts(NamedTuple):
    """What is known of a message and whom it is for.

    `customer` is None where there is nobody any more. `verdict` is None where no consent is needed. `address`
    is None where the channel needs none, "" where there is none. `blocks` are reasons why the address is not
    written to. `opens_ms` is when messages may go out, now where they may. `sent` is how many advertising
    messages the customer got, by (channel, days).
    """

    now_ms: int
    expires_ms: int | None
    customer: int | None
    marketing: bool
    verdict: Verdict | None
    address: str | None
    blocks: frozenset[str]
    opens_ms: int
    caps: Sequence[Cap]
    sent: Mapping[tuple[str, int], int]


class Decision(NamedTuple):
    """`state` SENDING: go on. QUEUED: not before `due_ms`. Any other: that is its end."""

    state: State
    code: str = ""
    due_ms: int = 0


GO: Final = Decision(State.SENDING)


def decide(facts: Facts) -> Decision:
    """The first thing that stands against it, or GO."""
    if _too_late(facts, facts.now_ms):
        return Decision(State.CANCELLED, "expired")
    if code := _not_allowed(facts):
        return Decision(State.SUPPRESSED, code)
    if facts.opens_ms > facts.now_ms:
        if _too_late(facts, facts.opens_ms):
            return Decision(State.CANCELLED, "expired")
        return Decision(State.QUEUED, "quiet_hours", facts.opens_ms)
    if facts.marketing and (full := _full(facts)):
        return Decision(State.CAPPED, full)
    return GO


def _not_allowed(facts: Facts) -> str:
    """Why it may never be sent; "" where it may."""
    against = (
        (facts.customer is None, "person_gone"),
        (facts.verdict is not None and not facts.verdict.allowed, _consent_code(facts.verdict)),
        (facts.marketing and bool(facts.blocks & OPTED_OUT), "opted_out"),
        (facts.address == "", "no_address"),
        (REFUSED in facts.blocks, "address_refused"),
    )
    return next((code for stands, code in against if stands), "")


def _consent_code(verdict: Verdict | None) -> str:
    return f"consent_{verdict.why.value}" if verdict else ""


def _too_late(facts: Facts, at_ms: int) -> bool:
    return facts.expires_ms is not None and at_ms >= facts.expires_ms


def _full(facts: Facts) -> str:
    """The code of a cap that has no room left; "" where all have."""
    for cap in facts.caps:
        if facts.sent.get((cap.channel, cap.days), 0) >= cap.most:
            return f"cap_{'' if cap.channel else 'all_'}{cap.days}"
    return ""


def since_ms(now_ms: int, days: int) -> int:
    """From when on messages count towards a cap of so many days: 24 hours each."""
    return now_ms - days * DAY_MS


def counted(
    moments: Sequence[tuple[str, int]], now_ms: int, caps: Sequence[Cap]
) -> dict[tuple[str, int], int]:
    """How many of a customer's messages, (channel, moment) each, count towards each cap."""
    return {
        (cap.channel, cap.days): sum(
            at_ms > since_ms(now_ms, cap.days) and cap.channel in {"", channel} for channel, at_ms in moments
        )
        for cap in caps
    }
