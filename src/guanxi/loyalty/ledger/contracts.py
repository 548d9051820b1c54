"""What is posted and what comes of it. Units are whole; times are UTC milliseconds."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum, StrEnum
from typing import Final, NamedTuple

MOST_UNITS: Final = 10**15  # of one move: far from 64 bits, also in sums of thousands
NEVER_MS: Final = (1 << 63) - 1  # when a lot without expiry expires
MOST_STEPS: Final = 200  # of one posting


class Place(StrEnum):
    """Where units are. The first two are a subject's, the others the brand's own."""

    WALLET = "wallet"
    DEBT = "debt"
    ISSUED = "issued"
    SPENT = "spent"
    EXPIRED = "expired"
    STOCK = "stock"
    BUDGET = "budget"
    GIVEN = "given"


OF_SUBJECTS: Final = frozenset({Place.WALLET, Place.DEBT})
FLOORS: Final = {Place.WALLET: 0, Place.STOCK: 0, Place.BUDGET: 0}
CEILINGS: Final = {Place.DEBT: 0}
LIMITED: Final = frozenset(FLOORS) | frozenset(CEILINGS)


class Account(NamedTuple):
    """`name` tells accounts of one place apart: which budget, which stock."""

    asset: str
    place: Place
    subject_id: int = 0
    name: str = ""


class Kind(IntEnum):
    """What a move is. Those of `ENTRIES` change balances; `ENDINGS` resolve a pending move."""

    DIRECT = 1
    PENDING = 2
    POST = 3
    VOID = 4  # by somebody who announced it
    LAPSE = 5  # its time was up
    LET_GO = 6  # what it rested on was refunded
    CLAW = 7  # units that were earned are taken back
    RETURN = 8  # units that were paid with come back
    PAY = 9  # a debt is paid
    EXPIRE = 10


ENTRIES: Final = frozenset({Kind.DIRECT, Kind.POST, Kind.CLAW, Kind.RETURN, Kind.PAY, Kind.EXPIRE})
ENDINGS: Final = frozenset({Kind.POST, Kind.VOID, Kind.LAPSE, Kind.LET_GO})


class Move(NamedTuple):
    """`units` from `source` to `target`. From a wallet: from all wallets of that customer, the lots that
    expire first. `expires_ms` is the expiry of the lot that comes into a wallet. With `until_ms` the move is
    pending until then; with `ripe_ms`, which comes before, it is posted by itself once that has come. A
    `ripe_ms` of NEVER_MS waits to be told when (`ripening.ripen`)."""

    source: Account
    target: Account
    units: int
    expires_ms: int | None = None
    until_ms: int | None = None
    ripe_ms: int | None = None


class Resolve(NamedTuple):
    """A pending move is posted (`units`, or all of it), voided, or lapses."""

    pending_id: int
    kind: Kind = Kind.POST
    units: int | None = None


class Ripen(NamedTuple):
    """A pending move whose date has come is posted, all of it."""

    pending_id: int


class ClawBack(NamedTuple):
    """Take back `units` of what the move `origin_id` gave: pending units first, then its lot, then other lots
    of the customer, and the rest is owed."""

    origin_id: int
    units: int


class GiveBack(NamedTuple):
    """Give back `units` of what was paid with by the move `origin_id`, as new lots that live `grace_ms` at
    the least."""

    origin_id: int
    units: int
    grace_ms: int = 0


class Expire(NamedTuple):
    """What is left of a lot is lost."""

    lot_id: int


Step = Move | Resolve | Ripen | ClawBack | GiveBack | Expire


class Posting(NamedTuple):
    """Steps that happen together or not at all, once under `key`.

    `reason` is a short code for people and reports ("order.earned"); `fact_id` is the touchpoint and `rule`
    the rule with its version ("12:3") that it came from.
    """

    key: str
    reason: str
    steps: Sequence[Step]
    occurred_ms: int
    fact_id: int | None = None
    rule: str = ""


class State(StrEnum):
    POSTED = "posted"
    EXISTS = "exists"
    REFUSED = "refused"


class Outcome(NamedTuple):
    """What became of a posting. `moves` are the ids of the moves that its steps made, in their order; empty
    where it was refused, `code` and `message` saying why."""

    state: State
    posting_id: int = 0
    moves: tuple[int, ...] = ()
    code: str = ""
    message: str = ""
