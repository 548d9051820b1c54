"""A part of the ledger in memory, and the rows that are to be written of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final, NamedTuple

from guanxi.kernel.wording import say
from guanxi.loyalty.ledger.contracts import CEILINGS, ENTRIES, FLOORS, LIMITED, Account, Kind, Place

FIRST_NEW: Final = 1 << 62  # new moves are numbered from here until they get their ids


class Refusal(Exception):
    """The posting cannot be: nothing of it happens. `code` is for programs."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Balance(NamedTuple):
    """Of a limited account. `held` units are announced to leave, `coming` ones to arrive."""

    posted: int = 0
    held: int = 0
    coming: int = 0
    floor: int | None = None
    ceiling: int | None = None


class Lot(NamedTuple):
    """Units that came into a wallet together. `origin_id` is the move that earned them."""

    id: int
    wallet: Account
    expires_ms: int
    origin_id: int


class Pending(NamedTuple):
    """A pending move as it was announced. `uses` are what it holds of lots, in order of use; at `ripe_ms` it
    posts by itself."""

    id: int
    source: Account
    target: Account
    units: int
    until_ms: int
    expires_ms: int
    origin_id: int
    uses: tuple[tuple[int, int], ...] = ()
    open: bool = True
    ripe_ms: int | None = None


class Origin(NamedTuple):
    """A move that a refund looks back at: what it moved, what of that is gone again already, and, where it
    took from a wallet, which lots it used, in order."""

    id: int
    source: Account
    target: Account
    units: int
    gone: int = 0
    uses: tuple[tuple[int, int], ...] = ()
    settled: bool = True  # nothing of it is pending


class MoveRow(NamedTuple):
    id: int
    posting: int
    kind: Kind
    source: Account
    target: Account
    units: int
    until_ms: int | None
    expires_ms: int | None
    pending_id: int | None
    origin_id: int | None


class UseRow(NamedTuple):
    move_id: int
    lot_id: int
    units: int


EMPTY: Final = {place: Balance(floor=FLOORS.get(place), ceiling=CEILINGS.get(place)) for place in LIMITED}


@dataclass
class Sheet:
    """The part of a ledger that some postings touch. `families` names, for each subject, all subjects of its
    customer. What is set can be undone until the next posting begins; what a new move brings goes with it."""

    now_ms: int
    families: Mapping[int, Sequence[int]] = field(default_factory=dict)
    balances: dict[Account, Balance] = field(default_factory=dict)
    lots: dict[int, Lot] = field(default_factory=dict)
    left: dict[int, int] = field(default_factory=dict)
    pendings: dict[int, Pending] = field(default_factory=dict)
    origins: dict[int, Origin] = field(default_factory=dict)

    moves: list[MoveRow] = field(default_factory=list)
    uses: list[UseRow] = field(default_factory=list)
    new_lots: dict[int, int] = field(default_factory=dict)  # lot → units
    _by_wallet: dict[Account, list[int]] = field(default_factory=dict)
    _by_origin: dict[int, list[int]] = field(default_factory=dict)  # its pending moves
    _numbers: Iterator[int] = field(default_factory=lambda: count(FIRST_NEW))
    _journal: list[tuple[dict[Any, Any], Any, Any]] = field(default_factory=list)
    _posting: int = 0
    _before: dict[Account, Balance] = field(default_factory=dict)
    _owing: bool = False  # does anybody owe, or did

    def __post_init__(self) -> None:
        for lot in self.lots.values():
            self._by_wallet.setdefault(lot.wallet, []).append(lot.id)
        for pending in self.pendings.values():
            self._by_origin.setdefault(pending.origin_id, []).append(pending.id)
        self._before = dict(self.balances)
        self._owing = any(one.place is Place.DEBT and each.posted for one, each in self.balances.items())

    def changed(self) -> dict[Account, Balance]:
        """By how much the postings changed the limited accounts."""
        found = {}
        for account, new in self.balances.items():
            old = self._before.get(account) or EMPTY[account.place]
            if new is not old and new[:3] != old[:3]:
                found[account] = Balance(
                    new.posted - old.posted, new.held - old.held, new.coming - old.coming
                )
        return found

    # Rows and balances

    def _write(
        self,
        kind: Kind,
        source: Account,
        target: Account,
        units: int,
        *,
        until_ms: int | None = None,
        expires_ms: int | None = None,
        pending_id: int | None = None,
        origin_id: int | None = None,
    ) -> int:
        number = next(self._numbers)
        row = MoveRow(
            number, self._posting, kind, source, target, units, until_ms, expires_ms, pending_id, origin_id
        )
        self.moves.append(row)
        if kind in ENTRIES:
            if source.place in LIMITED:
                self._change(source, -units)
            if target.place in LIMITED:
                self._change(target, units)
        elif kind is Kind.PENDING:
            self._announce(source, target, units)
        return number

    def _announce(self, source: Account, target: Account, units: int) -> None:
        if source.place in LIMITED:
            self._change(source, held=units)
        if target.place in LIMITED:
            self._change(target, coming=units)

    def _balance(self, account: Account) -> Balance:
        return self.balances.get(account) or EMPTY[account.place]

    def _change(self, account: Account, posted: int = 0, held: int = 0, coming: int = 0) -> None:
        """Of an account with limits."""
        old = self.balances.get(account)
        before = EMPTY[account.place] if old is None else old
        new = Balance(
            before.posted + posted, before.held + held, before.coming + coming, before.floor, before.ceiling
        )
        if account.place is Place.DEBT:
            self._owing = True
        if new.floor is not None and new.posted - new.held < new.floor:
            have = before.posted - before.held - new.floor
            raise Refusal("insufficient", say("Only %(have)s are left.", have=have))
        if new.ceiling is not None and new.posted + new.coming > new.ceiling:
            raise Refusal("full", say("No more than %(most)s fit.", most=new.ceiling))
        self._journal.append((self.balances, account, old))
        self.balances[account] = new

    # What a move brings, and undoing

    def _bring(self, lot: Lot, units: int) -> None:
        self.lots[lot.id] = lot
        self.left[lot.id] = self.new_lots[lot.id] = units
        self._by_wallet.setdefault(lot.wallet, []).append(lot.id)  # one that is forgotten has nothing left

    def _expect(self, pending: Pending) -> None:
        self.pendings[pending.id] = pending
        self._by_origin.setdefault(pending.origin_id, []).append(pending.id)

    def _forget(self, move: int) -> None:
        for table in (self.lots, self.left, self.new_lots, self.pendings):
            table.pop(move, None)

    def _undo(self) -> None:
        for table, key, before in reversed(self._journal):
            if before is None:
                table.pop(key, None)
            else:
                table[key] = before

    def _set(self, table: dict[Any, Any], key: Any, value: Any) -> None:
        self._journal.append((table, key, table.get(key)))
        table[key] = value
