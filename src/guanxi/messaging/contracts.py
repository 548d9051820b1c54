"""What is sent and what comes of it. Times are UTC milliseconds. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from guanxi.kernel.wording import Wording, say

LANGUAGES: Final = ("zh-hans", "en")
LONGEST_KEY: Final = 120
NO_VALUES: Final[Mapping[str, object]] = MappingProxyType({})


class State(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    TASKED = "tasked"  # somebody of the brand is to send it and say so
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    CAPPED = "capped"
    SUPPRESSED = "suppressed"
    CANCELLED = "cancelled"


class Look(NamedTuple):
    """What a state is called, and a colour of the pages."""

    label: Wording
    colour: str


LOOKS: Final[Mapping[State, Look]] = {
    State.QUEUED: Look(say("Queued"), "blue"),
    State.SENDING: Look(say("Being sent"), "blue"),
    State.TASKED: Look(say("To be sent by somebody"), "yellow"),
    State.SENT: Look(say("Sent"), "green"),
    State.DELIVERED: Look(say("Delivered"), "green"),
    State.FAILED: Look(say("Failed"), "red"),
    State.CAPPED: Look(say("Held back: enough for now"), "secondary"),
    State.SUPPRESSED: Look(say("Not allowed"), "secondary"),
    State.CANCELLED: Look(say("Cancelled"), "secondary"),
}
MOVES: Final[Mapping[State, frozenset[State]]] = {
    State.QUEUED: frozenset({State.SENDING, State.SUPPRESSED, State.CAPPED, State.CANCELLED, State.FAILED}),
    State.SENDING: frozenset({State.QUEUED, State.TASKED, State.SENT, State.DELIVERED, State.FAILED}),
    State.TASKED: frozenset({State.SENT, State.DELIVERED, State.FAILED, State.CANCELLED}),
    State.SENT: frozenset({State.DELIVERED, State.FAILED}),
    State.DELIVERED: frozenset(),
    State.FAILED: frozenset(),
    State.CAPPED: frozenset(),
    State.SUPPRESSED: frozenset(),
    State.CANCELLED: frozenset(),
}
ENDED: Final = frozenset(state for state, after in MOVES.items() if not after)


def may_become(before: State, after: State) -> bool:
    return after in MOVES[before]


class Priority(IntEnum):
    """In the order in which messages are taken. `URGENT` goes out at any hour."""

    URGENT = 1
    SERVICE = 2
    MARKETING = 3


class Kind(StrEnum):
    """Types of variables (docs/guide/messaging.md)."""

    TEXT = "text"
    INTEGER = "integer"
    POINTS = "points"
    MONEY = "money"
    DATE = "date"
    URL = "url"
    CODE = "code"


class Variable(NamedTuple):
    """`example` is a value as a message would give it."""

    name: str
    kind: Kind
    example: object


class Wordings(NamedTuple):
    """A template in one language. `html` is of e-mail alone; `subject` of e-mail and inbox."""

    text: str
    subject: str = ""
    html: str = ""


class Draft(NamedTuple):
    """A template to be saved. `purpose` is one of `customers.consent.purposes`; `texts` are by language."""

    channel: str
    name: str
    purpose: str
    priority: Priority
    texts: Mapping[str, Wordings]
    variables: Sequence[Variable] = ()
    fallback: str = "zh-hans"
    label: str = ""


class Rendered(NamedTuple):
    """What a customer gets to read."""

    language: str
    text: str
    subject: str = ""
    html: str = ""


class Message(NamedTuple):
    """`template` on `channel` for a subject, once under `key`; `version` 0 is the newest, `language` "" the
    customer's own. `variables` are the values of those that the template declares, never personal."""

    key: str
    subject_id: int
    channel: str
    template: str
    variables: Mapping[str, object] = NO_VALUES
    language: str = ""
    version: int = 0
    not_before_ms: int = 0
    expires_ms: int | None = None
    campaign: str = ""


class Became(StrEnum):
    QUEUED = "queued"
    EXISTS = "exists"
    REFUSED = "refused"


class Outcome(NamedTuple):
    """What became of a message that was to be queued."""

    state: Became
    message_id: int = 0
    code: str = ""
    text: str = ""


class Receipt(NamedTuple):
    """What a provider says of a message that it knows as `provider_id`: SENT, DELIVERED or FAILED."""

    provider_id: str
    state: State
    at_ms: int
    code: str = ""


class Received(NamedTuple):
    """`late` are the same again, or came after the message had ended otherwise; `unknown` are of none."""

    changed: int
    late: int
    unknown: int


class Cap(NamedTuple):
    """At most `most` advertising messages to a customer in `days` (1, 7 or 30) on `channel`; "" is all."""

    channel: str
    days: int
    most: int


CAP_DAYS: Final = (1, 7, 30)
