"""Reads the part of the ledger that some steps touch, locked as far as others could come between."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from django.db import connection

from guanxi.customers.lookup import families_of
from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import NotFound
from guanxi.kernel.wording import say
from guanxi.loyalty.ledger.book import Book
from guanxi.loyalty.ledger.contracts import (
    LIMITED,
    NEVER_MS,
    Account,
    ClawBack,
    Expire,
    GiveBack,
    Kind,
    Move,
    Place,
    Resolve,
    Ripen,
    Step,
)
from guanxi.loyalty.ledger.sheet import Balance, Lot, Origin, Pending
from guanxi.platform.bulk import among

_ACCOUNT = "x.code, {0}.place, {0}.subject_id, {0}.name"


class Known(NamedTuple):
    """A move that is written."""

    id: int
    kind: Kind
    units: int
    until_ms: int | None
    expires_ms: int | None
    pending_id: int | None
    origin_id: int
    source: Account
    target: Account


class Loaded(NamedTuple):
    """`accounts` and `assets` are the ids of those that exist."""

    book: Book
    accounts: dict[Account, int]
    assets: dict[str, int]


def load(brand_id: int, steps: Sequence[Step], *, locked: bool = False) -> Loaded:
    """What `steps` need to be decided. Wallets and debts of the customers in it are locked until the
    transaction ends, stocks and budgets only with `locked`: they are hot, and a guarded update finds out."""
    moves = _moves(brand_id, _referred(steps))
    expiring = _accounts_of_lots(brand_id, [step.lot_id for step in steps if isinstance(step, Expire)])
    named = set(_named(steps)) | {one.source for one in moves} | {one.target for one in moves} | expiring
    assets = _assets(brand_id, {one.asset for one in named})
    families = families_of(brand_id, {one.subject_id for one in named if one.subject_id})
    subjects = {number for family in families.values() for number in family}
    accounts, balances = _accounts(assets, subjects, locked=locked)
    uses = _uses([one.id for one in moves if one.source.place is Place.WALLET])
    lots, left = _lots(brand_id, subjects, uses) if _needs_lots(steps, balances) else ({}, {})
    pendings, origins = dict(_pendings(moves, uses, _ripe(moves))), dict(_origins(moves, uses))
    book = Book(now_ms(), families, balances, lots, left, pendings, origins)
    return Loaded(book, accounts, assets)


def _referred(steps: Iterable[Step]) -> list[int]:
    found: set[int] = set()
    for step in steps:
        if isinstance(step, Resolve | Ripen):
            found.add(step.pending_id)
        elif isinstance(step, ClawBack | GiveBack):
            found.add(step.origin_id)
    return sorted(one for one in found if 0 < one < 1 << 62)


def _named(steps: Iterable[Step]) -> Iterator[Account]:
    for step in steps:
        if isinstance(step, Move):
            yield step.source
            yield step.target


def _needs_lots(steps: Iterable[Step], balances: dict[Account, Balance]) -> bool:
    """Whatever leaves a wallet takes lots, as does what pays a debt."""
    return any(not isinstance(step, Move) or step.source.place is Place.WALLET for step in steps) or any(
        account.place is Place.DEBT and balance.posted for account, balance in balances.items()
    )


def _rows(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def _lock(what: str) -> str:
    """Locks rows on PostgreSQL; on SQLite there is one writer."""
    return f" ORDER BY {what}.id FOR UPDATE OF {what}" if connection.vendor == "postgresql" else ""


def _moves(brand_id: int, ids: Sequence[int]) -> list[Known]:
    """The moves and all that goes back to them. They themselves are locked first: of two refunds of one move
    the second sees what the first took."""
    if not ids:
        return []
    where, these = among("m.id", ids)
    _rows(f"SELECT m.id FROM loyalty_move m WHERE {where}" + _lock("m"), [these])
    where_origin, _these = among("m.origin_id", ids)
    where_pending, _these = among("m.pending_id", ids)
    found = _rows(
        "SELECT m.id, m.kind, m.units, m.until_ms, m.expires_ms, m.pending_id, coalesce(m.origin_id, m.id),"
        f" {_ACCOUNT.format('s')}, {_ACCOUNT.format('t')} FROM loyalty_move m"
        " JOIN loyalty_account s ON s.id = m.source_id JOIN loyalty_account t ON t.id = m.target_id"
        " JOIN loyalty_asset x ON x.id = m.asset_id"
        f" WHERE ({where} OR {where_origin} OR {where_pending}) AND x.brand_id = %s ORDER BY m.id",
        [these, these, these, brand_id],
    )
    return [
        Known._make((row[0], Kind(row[1]), *row[2:7], _account(row[7:11]), _account(row[11:15])))
        for row in found
    ]


def _account(row: Sequence[Any]) -> Account:
    return Account(row[0], Place(row[1]), row[2], row[3])


def _accounts_of_lots(brand_id: int, ids: Sequence[int]) -> set[Account]:
    if not ids:
        return set()
    where, these = among("l.id", ids)
    found = _rows(
        f"SELECT DISTINCT {_ACCOUNT.format('a')} FROM loyalty_lot l JOIN loyalty_account a"
        f" ON a.id = l.account_id JOIN loyalty_asset x ON x.id = a.asset_id WHERE {where}"
        " AND x.brand_id = %s",
        [these, brand_id],
    )
    return {_account(row) for row in found}


def _assets(brand_id: int, codes: set[str]) -> dict[str, int]:
    """code → id. Raises NotFound for one that the brand does not have."""
    marks = ", ".join(["%s"] * len(codes)) or "NULL"
    found = dict(
        _rows(
            f"SELECT code, id FROM loyalty_asset WHERE brand_id = %s AND code IN ({marks})",
            [brand_id, *sorted(codes)],
        )
    )
    if missing := codes - set(found):
        code = min(missing)
        raise NotFound(
            say("There is no asset '%(code)s'.", code=code), remedy=say("Create it first."), code=code
        )
    return found


def _accounts(
    assets: dict[str, int], subjects: set[int], *, locked: bool
) -> tuple[dict[Account, int], dict[Account, Balance]]:
    """The brand's own accounts of these assets, and those of these subjects."""
    ids: dict[Account, int] = {}
    balances: dict[Account, Balance] = {}
    of_assets, those = among("a.asset_id", sorted(assets.values()))
    of_subjects, these = among("a.subject_id", sorted(subjects))
    codes = {number: code for code, number in assets.items()}
    read = (
        "SELECT a.id, a.asset_id, a.place, a.subject_id, a.name, a.posted, a.held, a.coming, a.floor,"
        " a.ceiling FROM loyalty_account a"
    )
    found = _rows(
        f"{read} WHERE a.subject_id = 0 AND {of_assets}" + (_lock("a") if locked else ""),
        [those],
    )
    if subjects:
        found += _rows(f"{read} WHERE {of_subjects} AND {of_assets}" + _lock("a"), [these, those])
    for number, asset, place, subject, name, *balance in found:
        account = Account(codes[asset], Place(place), subject, name)
        ids[account] = number
        if account.place in LIMITED:
            balances[account] = Balance(*balance)
    return ids, balances


def _uses(ids: Sequence[int]) -> dict[int, list[tuple[int, int]]]:
    """move → (lot, units), in the order in which they were written."""
    if not ids:
        return {}
    where, these = among("move_id", ids)
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for move, lot, units in _rows(
        f"SELECT move_id, lot_id, units FROM loyalty_use WHERE {where} ORDER BY id", [these]
    ):
        found[move].append((lot, units))
    return found


def _lots(
    brand_id: int, subjects: set[int], uses: dict[int, list[tuple[int, int]]]
) -> tuple[dict[int, Lot], dict[int, int]]:
    """Those with something left of these subjects, and those that `uses` name."""
    mine, these = among("a.subject_id", sorted(subjects))
    used, those = among("l.id", sorted({lot for some in uses.values() for lot, _units in some}))
    columns = f"l.id, {_ACCOUNT.format('a')}, l.expires_ms, l.origin_id, l.remaining"
    tables = (
        "loyalty_lot l JOIN loyalty_account a ON a.id = l.account_id"
        " JOIN loyalty_asset x ON x.id = a.asset_id"
    )
    found = _rows(
        f"SELECT {columns} FROM {tables} WHERE {mine} AND a.place = 'wallet' AND l.remaining > 0"
        f" AND x.brand_id = %s UNION SELECT {columns} FROM {tables} WHERE {used} AND x.brand_id = %s",
        [these, brand_id, those, brand_id],
    )
    lots = {row[0]: Lot(row[0], _account(row[1:5]), row[5], row[6]) for row in found}
    return lots, {row[0]: row[7] for row in found}


def _ripe(moves: Sequence[Known]) -> dict[int, int]:
    """pending move → when it posts by itself."""
    ids = [one.id for one in moves if one.kind is Kind.PENDING]
    if not ids:
        return {}
    where, these = among("move_id", ids)
    return dict(_rows(f"SELECT move_id, ripe_ms FROM loyalty_waiting WHERE {where}", [these]))


def _pendings(
    moves: Sequence[Known], uses: dict[int, list[tuple[int, int]]], ripe: dict[int, int]
) -> Iterator[tuple[int, Pending]]:
    resolved = {one.pending_id for one in moves}
    for one in moves:
        if one.kind is Kind.PENDING:
            yield (
                one.id,
                Pending(
                    one.id,
                    one.source,
                    one.target,
                    one.units,
                    one.until_ms or 0,
                    NEVER_MS if one.expires_ms is None else one.expires_ms,
                    one.origin_id,
                    tuple(uses.get(one.id, ())),
                    one.id not in resolved,
                    ripe.get(one.id),
                ),
            )


def _origins(moves: Sequence[Known], uses: dict[int, list[tuple[int, int]]]) -> Iterator[tuple[int, Origin]]:
    """For each move, what is known of it and of all that goes back to it."""
    families: dict[int, list[Known]] = defaultdict(list)
    for one in moves:
        families[one.origin_id].append(one)
    for number, members in families.items():
        first = next((one for one in members if one.id == number), None)
        if first is not None:
            yield number, _origin(first, members, uses)


def _origin(first: Known, members: Sequence[Known], uses: dict[int, list[tuple[int, int]]]) -> Origin:
    announced = {one.id: one.units for one in members if one.kind is Kind.PENDING}
    resolved = {one.pending_id for one in members if one.pending_id}
    forward = [one for one in members if one.kind in (Kind.DIRECT, Kind.PENDING)]
    # What left a wallet may be many moves, one of each wallet. Elsewhere a second announcement is what was
    # left of the first.
    units = sum(one.units for one in forward) if first.source.place is Place.WALLET else first.units
    gone = sum(one.units for one in members if one.kind in _GONE)
    gone += sum(
        announced[one.pending_id] - one.units
        for one in members
        if one.kind is Kind.POST and one.pending_id in announced
    )
    used = [use for one in members if one.kind in _TAKES for use in uses.get(one.id, ())]
    return Origin(first.id, first.source, first.target, units, gone, _net(used), set(announced) <= resolved)


_GONE = frozenset({Kind.VOID, Kind.LAPSE, Kind.LET_GO, Kind.CLAW, Kind.RETURN})
_TAKES = frozenset({Kind.DIRECT, Kind.PENDING, Kind.POST, Kind.VOID, Kind.LAPSE})


def _net(uses: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Each lot with what it gave in the end, in the order in which they were used."""
    totals: dict[int, int] = {}
    for lot, units in uses:
        totals[lot] = totals.get(lot, 0) + units
    return tuple((lot, units) for lot, units in totals.items() if units > 0)
