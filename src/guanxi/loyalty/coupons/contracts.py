"""What coupons are, what a basket is, and what is answered about it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

from guanxi.kernel.registries import Registry
from guanxi.kernel.wording import Wording

MOST_COUPONS: Final = 10  # at one basket
MOST_LINES: Final = 500
MOST_FEN: Final = 10**12
ASSET: Final = "coupon"  # of the ledger; accounts are named by campaign
LOCK_MINUTES: Final = 15
MOST_LOCK_MINUTES: Final = 24 * 60


class Promise(NamedTuple):
    """Something that has promised coupons: while `holds(brand_id, campaign)`, the campaign cannot be ended,
    since `why`."""

    name: str
    holds: Callable[[int, str], bool]
    why: Wording


PROMISES: Final[Registry[Promise]] = Registry("promise of coupons", lambda one: one.name)


class Kind(StrEnum):
    AMOUNT = "amount"
    PERCENT = "percent"
    GIFT = "gift"
    DELIVERY = "delivery"


class Stacking(StrEnum):
    """Joint coupons go together at one basket; an exclusive one goes alone."""

    EXCLUSIVE = "exclusive"
    JOINT = "joint"


class State(StrEnum):
    """Of a campaign: draft → active ⇄ paused, and either → ended."""

    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


MOVES: Final[Mapping[State, frozenset[State]]] = {
    State.DRAFT: frozenset({State.ACTIVE}),
    State.ACTIVE: frozenset({State.PAUSED, State.ENDED}),
    State.PAUSED: frozenset({State.ACTIVE, State.ENDED}),
    State.ENDED: frozenset(),
}


class Has(StrEnum):
    """The state of one coupon."""

    FREE = "free"
    LOCKED = "locked"
    REDEEMED = "redeemed"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"  # given back for what it was given for


COUPON_MOVES: Final[Mapping[Has, frozenset[Has]]] = {
    Has.FREE: frozenset({Has.LOCKED, Has.REDEEMED, Has.EXPIRED, Has.WITHDRAWN}),
    Has.LOCKED: frozenset({Has.REDEEMED, Has.FREE}),
    Has.REDEEMED: frozenset({Has.FREE}),
    Has.EXPIRED: frozenset(),
    Has.WITHDRAWN: frozenset(),
}


class Became(StrEnum):
    """The state of a redemption, and of each of its uses."""

    LOCKED = "locked"
    REDEEMED = "redeemed"
    ROLLED_BACK = "rolled_back"
    RELEASED = "released"  # a lock given back, or whose time was up


USE_MOVES: Final[Mapping[Became, frozenset[Became]]] = {
    Became.LOCKED: frozenset({Became.REDEEMED, Became.RELEASED}),
    Became.REDEEMED: frozenset({Became.ROLLED_BACK}),
    Became.ROLLED_BACK: frozenset(),
    Became.RELEASED: frozenset(),
}
COUNTED: Final = (Became.LOCKED, Became.REDEEMED)  # uses that count towards limits


class Line(NamedTuple):
    """A line of a basket; `amount_fen` is what all its pieces come to before coupons."""

    sku: str
    amount_fen: int
    quantity: int = 1
    category: str = ""


@dataclass(frozen=True, slots=True)
class Basket:
    lines: Sequence[Line]
    delivery_fen: int = 0
    store: str = ""
    channel: str = ""

    @property
    def total_fen(self) -> int:
        return sum(line.amount_fen for line in self.lines)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a campaign's coupons are worth and for what. Empty lists: everything, everywhere."""

    code: str
    kind: Kind
    off_fen: int = 0  # amount off; of a gift, what it costs the brand
    percent: int = 0
    cap_fen: int | None = None
    gift_sku: str = ""
    minimum_fen: int = 0
    skus: frozenset[str] = field(default_factory=frozenset)
    categories: frozenset[str] = field(default_factory=frozenset)
    stores: frozenset[str] = field(default_factory=frozenset)
    channels: frozenset[str] = field(default_factory=frozenset)
    stacking: Stacking = Stacking.EXCLUSIVE


def greatest_fen(terms: Terms) -> int | None:
    """What a coupon can take off at the most (a gift: what it costs the brand); None: there is no bound."""
    if terms.kind in (Kind.AMOUNT, Kind.GIFT):
        return terms.off_fen
    return terms.cap_fen


class Asked(NamedTuple):
    """One coupon put to a basket. `code` is as the caller knows it, `number` tells coupons of one campaign
    apart, whatever their order."""

    code: str
    number: int
    terms: Terms


class Why(StrEnum):
    """Why a coupon does not count."""

    UNKNOWN = "unknown"
    PAUSED = "paused"
    EARLY = "early"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    REDEEMED = "redeemed"
    LOCKED = "locked"
    OTHERS = "others"  # somebody else's
    NOBODY = "nobody"  # it needs to know the customer
    WHO = "who"  # not for this customer
    NOT_FIRST = "not_first"
    LIMIT = "limit"
    STOCK = "stock"
    PLACE = "place"
    ITEMS = "items"
    MINIMUM = "minimum"
    NOTHING = "nothing"  # nothing is left to take off
    STACKING = "stacking"
    TWICE = "twice"


class Applied(NamedTuple):
    """What a coupon takes off: `lines` are fen for each line of the basket, in their order."""

    asked: Asked
    lines: tuple[int, ...]
    delivery_fen: int = 0
    gift_sku: str = ""

    @property
    def discount_fen(self) -> int:
        return sum(self.lines) + self.delivery_fen


class Refused(NamedTuple):
    """`more_fen` is what is missing to the minimum."""

    code: str
    why: Why
    more_fen: int = 0


class Priced(NamedTuple):
    applied: tuple[Applied, ...]
    refused: tuple[Refused, ...]
    lines: tuple[int, ...]
    delivery_fen: int = 0

    @property
    def discount_fen(self) -> int:
        return sum(self.lines) + self.delivery_fen
