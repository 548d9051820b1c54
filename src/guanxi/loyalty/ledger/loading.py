"""Reads the part of the ledger that some steps touch, locked as far as others could come between."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from django.db import connection

from guanxi.customers.lookup import families as families_in
from guanxi.customers.lookup import kin
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
    Posting,
    Resolve,
    Ripen,
    Step,
)
from guanxi.loyalty.ledger.sheet import Balance, Lot, Origin, Pending
from guanxi.platform.bulk import (
    WORTH_COPYING,
    among,
    among_texts,
    answer,
    at_once,
    by_keys,
    by_texts,
    found_by,
)

_ACCOUNT = "x.code, {0}.place, {0}.subject_id, {0}.name"
_BALANCE = "a.posted, a.held, a.coming, a.floor, a.ceiling"


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


class KnownKey(NamedTuple):
    posting_id: int
    digest: str


class Numbers(NamedTuple):
    """Ids for postings and moves: as many as are asked for, more moves may come of them."""

    postings: Sequence[int] = ()
    moves: Sequence[int] = ()


class Loaded(NamedTuple):
    """`accounts` and `assets` are the ids of those that exist, `keys` those that were posted before."""

    book: Book
    accounts: dict[Account, int]
    assets: dict[str, int]
    keys: dict[str, KnownKey]
    numbers: Numbers


def load(brand_id: int, postings: Sequence[Posting], *, locked: bool = False) -> Loaded:
    """What `postings` need to be decided. Wallets and debts of the customers in it are locked until the
    transaction ends, stocks and budgets only with `locked`: they are hot, and a guarded update finds out."""
    steps = [step for one in postings for step in one.steps]
    moves = _moves(brand_id, _referred(steps))
    touched = {side for one in moves for side in (one.source, one.target)}
    touched |= _accounts_of_lots(brand_id, [step.lot_id for step in steps if isinstance(step, Expire)])
    direct = [step for step in steps if isinstance(step, Move)]
    named = {side for step in direct for side in (step.source, step.target)} | touched
    keys, codes, own, wallets, *numbers, pairs = _first(brand_id, postings, named, len(steps))
    known = {key: KnownKey(number, digest) for key, number, digest in keys}
    assets: dict[str, int] = dict(codes)
    _all_there(postings, known, assets)
    accounts, balances = _accounts([*own, *wallets])
    if locked:
        balances |= _locked(accounts, balances)
    families = families_in(pairs)
    uses = _uses([one.id for one in moves if one.source.place is Place.WALLET])
    giving = {step.source for step in direct if step.source.place is Place.WALLET} | touched
    giving |= {one for one, balance in balances.items() if one.place is Place.DEBT and balance.posted}
    lots = _lots(accounts, _wallets(families, giving), uses)
    book = Book(
        now_ms(),
        families,
        balances,
        {lot.id: lot for lot, _left in lots},
        {lot.id: left for lot, left in lots},
        dict(_pendings(moves, uses, _ripe(moves))),
        dict(_origins(moves, uses)),
    )
    return Loaded(book, accounts, assets, known, Numbers(*(ids or () for ((ids,),) in numbers)))


def _first(brand_id: int, postings: Sequence[Posting], named: Collection[Account], moves: int) -> _Answers:
    """What of it was posted before, the assets, the brand's own accounts and those of the families, which
    are locked, on PostgreSQL ids for what will be written, and the families. In one trip where it is few."""
    many, postgres = len(postings) >= WORTH_COPYING, connection.vendor == "postgresql"
    subjects = {one.subject_id for one in named if one.subject_id}
    query, given = kin(brand_id, subjects)
    if many:
        by_keys()
    families = answer(query, given) if many or not postgres else []
    their = found_by if many else among
    whose, them = their("a.subject_id", subjects.union(other for _one, other in families))
    if postgres and not many:
        whose = whose.replace("ANY(", "ANY(ARRAY(SELECT other FROM kin) || ")
    code, codes = among_texts("x.code", sorted({one.asset for one in named}))
    name, names = among_texts("a.name", sorted({one.name for one in named if not one.subject_id} | {""}))
    accounts = (
        f"SELECT a.id, {_ACCOUNT.format('a')}, {_BALANCE} FROM loyalty_account a"
        f" JOIN loyalty_asset x ON x.id = a.asset_id WHERE x.brand_id = %s AND {code}"
    )
    questions: list[tuple[str, Sequence[Any]]] = [
        by_texts("loyalty_posting", "key, id, digest", brand_id, [one.key for one in postings]),
        (f"SELECT x.code, x.id FROM loyalty_asset x WHERE x.brand_id = %s AND {code}", [brand_id, codes]),
        (f"{accounts} AND a.subject_id = 0 AND {name}", [brand_id, codes, names]),
        (f"{accounts} AND {whose}" + _lock("a"), [brand_id, codes, them]),
    ]
    if postgres:
        questions += [(_NUMBERS.format("posting"), [len(postings)]), (_NUMBERS.format("move"), [moves])]
    if many or not postgres:
        return [*(answer(sql, parameters) for sql, parameters in questions), families]
    questions.append(("SELECT one, other FROM kin", []))
    return at_once(questions, common=(f"WITH kin AS MATERIALIZED ({query})", given))


_Answers = list[list[tuple[Any, ...]]]
_NUMBERS: Final = "SELECT array_agg(nextval('loyalty_{}_id_seq')) AS ids FROM generate_series(1, %s)"


def _all_there(postings: Iterable[Posting], known: Collection[str], assets: Collection[str]) -> None:
    """Raises NotFound for an asset that the brand does not have."""
    for one in postings:
        for step in one.steps:
            if isinstance(step, Move) and step.source.asset not in assets and one.key not in known:
                code = step.source.asset
                raise NotFound(
                    say("There is no asset '%(code)s'.", code=code),
                    remedy=say("Create it first."),
                    asset=code,
                )


def _referred(steps: Iterable[Step]) -> list[int]:
    found: set[int] = set()
    for step in steps:
        if isinstance(step, Resolve | Ripen):
            found.add(step.pending_id)
        elif isinstance(step, ClawBack | GiveBack):
            found.add(step.origin_id)
    return sorted(one for one in found if 0 < one < 1 << 62)


def _lock(what: str) -> str:
    """Locks rows on PostgreSQL; on SQLite there is one writer."""
    return f" ORDER BY {what}.id FOR NO KEY UPDATE OF {what}" if connection.vendor == "postgresql" else ""


def _moves(brand_id: int, ids: Sequence[int]) -> list[Known]:
    """The moves and all that goes back to them. They themselves are locked first: of two refunds of one move
    the second sees what the first took."""
    if not ids:
        return []
    where, these = among("m.id", ids)
    answer(f"SELECT m.id FROM loyalty_move m WHERE {where}" + _lock("m"), [these])
    where_origin, _these = among("m.origin_id", ids)
    where_pending, _these = among("m.pending_id", ids)
    found = answer(
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
    found = answer(
        f"SELECT DISTINCT {_ACCOUNT.format('a')} FROM loyalty_lot l JOIN loyalty_account a"
        f" ON a.id = l.account_id JOIN loyalty_asset x ON x.id = a.asset_id WHERE {where}"
        " AND x.brand_id = %s",
        [these, brand_id],
    )
    return {_account(row) for row in found}


def _accounts(rows: Iterable[tuple[Any, ...]]) -> tuple[dict[Account, int], dict[Account, Balance]]:
    """The ids of all, and the balances of those with a limit."""
    ids: dict[Account, int] = {}
    balances: dict[Account, Balance] = {}
    for number, code, place, subject, name, *balance in rows:
        account = Account(code, _PLACES[place], subject, name)
        ids[account] = number
        if account.place in LIMITED:
            balances[account] = Balance._make(balance)
    return ids, balances


_PLACES: Final = {place.value: place for place in Place}


def _locked(ids: Mapping[Account, int], balances: Iterable[Account]) -> dict[Account, Balance]:
    """The brand's own among them, locked and as they are now."""
    own = {ids[one]: one for one in balances if not one.subject_id}
    where, these = among("a.id", own)
    found = answer(f"SELECT a.id, {_BALANCE} FROM loyalty_account a WHERE {where}" + _lock("a"), [these])
    return {own[number]: Balance._make(balance) for number, *balance in found}


def _uses(ids: Sequence[int]) -> dict[int, list[tuple[int, int]]]:
    """move → (lot, units), in the order in which they were written."""
    if not ids:
        return {}
    where, these = among("move_id", ids)
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for move, lot, units in answer(
        f"SELECT move_id, lot_id, units FROM loyalty_use WHERE {where} ORDER BY id", [these]
    ):
        found[move].append((lot, units))
    return found


def _wallets(families: Mapping[int, Sequence[int]], giving: Iterable[Account]) -> set[Account]:
    """All wallets of the customers of these accounts."""
    members = {number: family for family in families.values() for number in family}
    return {
        Account(one.asset, Place.WALLET, number)
        for one in giving
        if one.subject_id
        for number in members.get(one.subject_id, (one.subject_id,))
    }


def _lots(
    ids: Mapping[Account, int], wallets: Iterable[Account], uses: Mapping[int, Iterable[tuple[int, int]]]
) -> list[tuple[Lot, int]]:
    """Those with something left in these wallets, and those that `uses` name, each with what is left."""
    owners = {number: account for account, number in ids.items()}
    mine = [ids[one] for one in wallets if one in ids]
    used = {lot for some in uses.values() for lot, _units in some}
    found: dict[int, tuple[Lot, int]] = {}
    for column, numbers, rest in (("account_id", mine, " AND remaining > 0"), ("id", used, "")):
        if not numbers:
            continue
        where, these = among(column, numbers)
        rows = answer(
            f"SELECT id, account_id, expires_ms, origin_id, remaining FROM loyalty_lot WHERE {where}{rest}",
            [these],
            kept=len(numbers) < WORTH_COPYING,
        )
        for number, account, expires, origin, left in rows:
            found[number] = Lot(number, owners[account], expires, origin), left
    return list(found.values())


def _ripe(moves: Sequence[Known]) -> dict[int, int]:
    """pending move → when it posts by itself."""
    ids = [one.id for one in moves if one.kind is Kind.PENDING]
    if not ids:
        return {}
    where, these = among("move_id", ids)
    return dict(answer(f"SELECT move_id, ripe_ms FROM loyalty_waiting WHERE {where}", [these]))


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
