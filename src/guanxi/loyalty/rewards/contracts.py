"""What a reward and a redemption are. Times are UTC milliseconds, money is fen. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, NamedTuple

from guanxi.kernel.registries import Registry
from guanxi.kernel.wording import Wording, say

ASSET: Final = "rewards"  # pieces of all rewards; each has a stock of its own, named by its code
MOST_REWARDS: Final = 500
MOST_PRICES: Final = 5
MOST_FEN: Final = 10**9
LONGEST_KEY: Final = 100
OWN_SETTINGS: Final = 20


class State(StrEnum):
    RESERVED = "reserved"
    PAID = "paid"
    READY = "ready"
    HANDED_OUT = "handed_out"
    SENT = "sent"
    DONE = "done"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    RETURNED = "returned"


MOVES: Final[Mapping[State, frozenset[State]]] = {
    State.RESERVED: frozenset({State.PAID, State.CANCELLED, State.EXPIRED}),
    State.PAID: frozenset({State.READY}),
    State.READY: frozenset({State.HANDED_OUT, State.SENT, State.CANCELLED, State.EXPIRED}),
    State.HANDED_OUT: frozenset({State.DONE, State.RETURNED}),
    State.SENT: frozenset({State.DONE, State.RETURNED}),
    State.DONE: frozenset({State.RETURNED}),
    State.CANCELLED: frozenset(),
    State.EXPIRED: frozenset(),
    State.RETURNED: frozenset(),
}
HOLDING: Final = frozenset({State.RESERVED, State.PAID, State.READY})
ENDED_EMPTY: Final = frozenset({State.CANCELLED, State.EXPIRED})  # as if it had never been


class Look(NamedTuple):
    """What a state is called, and the tone of its badge."""

    label: Wording
    tone: str


LOOKS: Final[Mapping[State, Look]] = {
    State.RESERVED: Look(say("Waiting for the money"), "warn"),
    State.PAID: Look(say("Paid"), "info"),
    State.READY: Look(say("To be handed over"), "info"),
    State.HANDED_OUT: Look(say("Handed over"), "good"),
    State.SENT: Look(say("On its way"), "good"),
    State.DONE: Look(say("Done"), "good"),
    State.CANCELLED: Look(say("Called off"), ""),
    State.EXPIRED: Look(say("Not fetched in time"), ""),
    State.RETURNED: Look(say("Brought back"), "warn"),
}


class Delivery(StrEnum):
    """How a reward comes to its owner. `NONE`: at once, with nothing to carry."""

    COLLECT = "collect"
    SEND = "send"
    NONE = "none"


DELIVERIES: Final[Mapping[Delivery, Wording]] = {
    Delivery.COLLECT: say("Collect at a store"),
    Delivery.SEND: say("Have it sent"),
    Delivery.NONE: say("At once"),
}


class Shown(StrEnum):
    DRAFT = "draft"
    ACTIVE = "active"
    ARCHIVED = "archived"


class Price(NamedTuple):
    """Units of an asset and money; one of them may be 0."""

    asset: str
    units: int
    fen: int = 0


FREE: Final = Price("", 0, 0)


class Wanted(NamedTuple):
    """A reward as it is to be. `condition` and `early_condition` are JSON of the condition language or None;
    `stocked`: pieces are counted. `pay_minutes` is how long money may take, `keep_days` how long what is to
    be collected is kept (None: for ever), `review_days` how long after the hand-out an opinion is asked for,
    by `review_template` on `review_channel`. `settings` are of the kind."""

    code: str
    kind: str
    name: str
    name_en: str = ""
    text: str = ""
    text_en: str = ""
    prices: Sequence[Price] = ()
    condition: Mapping[str, Any] | None = None
    opens_ms: int | None = None
    closes_ms: int | None = None
    early_ms: int | None = None
    early_condition: Mapping[str, Any] | None = None
    stocked: bool = True
    per_customer: int | None = None
    per_household: int | None = None
    deliveries: Sequence[str] = (Delivery.COLLECT.value,)
    pay_minutes: int = 30
    keep_days: int | None = 30
    review_days: int | None = None
    review_channel: str = ""
    review_template: str = ""
    cost_fen: int | None = None
    settings: Mapping[str, Any] = {}
    place: int = 100


class Handed(NamedTuple):
    """A redemption that is handed over: to which profile, of which reward, under which key."""

    id: int
    subject_id: int
    reward: str
    settings: Mapping[str, Any]
    key: str


class Choice(NamedTuple):
    """A setting of a kind that is chosen in the editor: `options(brand_id)` are (value, words)."""

    name: str
    label: Wording
    options: Callable[[int], Sequence[tuple[str, str]]]


class Fulfilment(NamedTuple):
    """A kind of reward. `hand_out(brand_id, handed)` is called in the transaction of the hand-out, answers
    what the member is to see (a code, or ""), and undoes it by raising; `take_back(brand_id, id, given)`
    undoes it later and raises Conflict where it was used. `check(brand_id, settings)` raises Invalid.
    `at_once`: handed over as soon as it is paid for. `for_money`: its price may have money in it.
    `left(brand_id, settings of several)`: how many of each can still be made, None without a bound.
    `phone(brand_id, slug, given)` is the page on which the member uses it, `console(brand_id, given)` the
    one where the team looks at it."""

    name: str
    label: Wording
    doc: str
    deliveries: frozenset[Delivery]
    hand_out: Callable[[int, Handed], str]
    at_once: bool = False
    take_back: Callable[[int, int, str], None] | None = None
    check: Callable[[int, Mapping[str, Any]], None] | None = None
    for_money: bool = True
    choice: Choice | None = None
    left: Callable[[int, Sequence[Mapping[str, Any]]], Sequence[int | None]] | None = None
    phone: Callable[[int, str, str], str] | None = None
    console: Callable[[int, str], str] | None = None


FULFILMENTS: Registry[Fulfilment] = Registry("kind of reward", lambda one: one.name)


def may_become(before: State, after: State) -> bool:
    return after in MOVES[before]
