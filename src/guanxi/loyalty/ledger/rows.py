"""The ledger's rows, written in bulk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import orjson
from django.db import connection

from guanxi.kernel.clock import now_ms
from guanxi.loyalty.ledger.book import Book
from guanxi.loyalty.ledger.contracts import CEILINGS, FLOORS, Account, Place, Posting
from guanxi.loyalty.ledger.loading import Loaded
from guanxi.loyalty.ledger.sheet import FIRST_NEW, Balance
from guanxi.platform.bulk import WORTH_COPYING, among, answer, found_by, insert_rows, numbers, selectable

_POSTING: Final = {
    "id": "bigint",
    "brand_id": "bigint",
    "key": "text",
    "digest": "text",
    "reason": "text",
    "fact_id": "bigint",
    "rule": "text",
    "occurred_ms": "bigint",
    "actor": "text",
    "recorded_ms": "bigint",
}
_MOVE: Final = {
    "id": "bigint",
    "posting_id": "bigint",
    "kind": "smallint",
    "asset_id": "bigint",
    "source_id": "bigint",
    "target_id": "bigint",
    "units": "bigint",
    "until_ms": "bigint",
    "expires_ms": "bigint",
    "pending_id": "bigint",
    "origin_id": "bigint",
}
_LOT: Final = {
    "id": "bigint",
    "account_id": "bigint",
    "origin_id": "bigint",
    "expires_ms": "bigint",
    "units": "bigint",
    "remaining": "bigint",
}
_WAITING: Final = {"move_id": "bigint", "brand_id": "bigint", "ripe_ms": "bigint", "until_ms": "bigint"}
_USE: Final = {"move_id": "bigint", "lot_id": "bigint", "units": "bigint"}
_LEFT: Final = {"id": "bigint", "remaining": "bigint"}
_CHANGE: Final = {"id": "bigint", "posted": "bigint", "held": "bigint", "coming": "bigint"}
_ACCOUNT: Final = {
    "brand_id": "bigint",
    "asset_id": "bigint",
    "place": "text",
    "subject_id": "bigint",
    "name": "text",
    "posted": "bigint",
    "held": "bigint",
    "coming": "bigint",
    "floor": "bigint",
    "ceiling": "bigint",
}


_ADDED: Final = "posted = t.posted + v.posted, held = t.held + v.held, coming = t.coming + v.coming"


Rows = Sequence[tuple[Any, ...]]


class Written(NamedTuple):
    """The ids that postings (by place in the batch) and moves (by number in the book) got."""

    postings: Mapping[int, int]
    moves: Mapping[int, int]


def moves_of(posting_ids: Sequence[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    if posting_ids:
        where, these = among("posting_id", posting_ids)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT posting_id, id FROM loyalty_move WHERE {where} ORDER BY id", [these])
            for posting, number in cursor.fetchall():
                found[posting].append(number)
    return found


def write(brand_id: int, made: Mapping[int, tuple[Posting, str]], loaded: Loaded, actor: object) -> Written:
    """All that the book decided on; `made` are the postings that were not refused, each with its digest.
    Raises IntegrityError where somebody came between."""
    if not made:
        return Written({}, {})
    book, accounts = loaded.book, loaded.accounts
    posting_ids = dict(zip(made, _numbers("posting", len(made), loaded.numbers.postings), strict=True))
    move_numbers = _numbers("move", len(book.moves), loaded.numbers.moves)
    written = Written(posting_ids, dict(zip((row.id for row in book.moves), move_numbers, strict=True)))
    changed = book.changed()
    _create_missing(brand_id, loaded, changed)
    told = (str(actor)[:160], now_ms())
    postings = [
        (
            posting_ids[number],
            brand_id,
            one.key,
            digest,
            one.reason,
            one.fact_id,
            one.rule,
            one.occurred_ms,
            *told,
        )
        for number, (one, digest) in made.items()
    ]
    old = sorted({lot for _move, lot, _units in book.uses if lot < FIRST_NEW})
    quiet, hot = _balances(changed, accounts)
    _execute(
        [("loyalty_posting", _POSTING, postings), *_new_rows(brand_id, loaded, written)],
        [
            ("loyalty_lot", "remaining = v.remaining", _LEFT, [(lot, book.left[lot]) for lot in old]),
            ("loyalty_account", _ADDED, _CHANGE, quiet),
        ],
    )
    _forget_waiting(book)
    for one in hot:
        _execute([], [("loyalty_account", _ADDED, _CHANGE, [one])])
    return written


def _new_rows(brand_id: int, loaded: Loaded, written: Written) -> list[tuple[str, Mapping[str, str], Rows]]:
    """Moves, and the lots, uses and waiting rows that belong to them, each with its table and columns."""
    book, accounts, assets = loaded.book, loaded.accounts, loaded.assets
    move_ids = written.moves

    def real(number: int | None) -> int | None:
        return move_ids[number] if number is not None and number >= FIRST_NEW else number

    moves = [
        (
            move_ids[row.id],
            written.postings[row.posting],
            row.kind.value,
            assets[row.source.asset],
            accounts[row.source],
            accounts[row.target],
            row.units,
            row.until_ms,
            row.expires_ms,
            real(row.pending_id),
            real(row.origin_id),
        )
        for row in book.moves
    ]
    lots = [
        (
            move_ids[number],
            accounts[book.lots[number].wallet],
            real(book.lots[number].origin_id),
            book.lots[number].expires_ms,
            units,
            book.left[number],
        )
        for number, units in book.new_lots.items()
    ]
    uses = [(move_ids[move], real(lot), units) for move, lot, units in book.uses]
    open_ = (one for one in book.pendings.values() if one.open and one.id >= FIRST_NEW)
    waiting = [(move_ids[one.id], brand_id, one.ripe_ms, one.until_ms) for one in open_]
    return [
        ("loyalty_move", _MOVE, moves),
        ("loyalty_lot", _LOT, lots),
        ("loyalty_use", _USE, uses),
        ("loyalty_waiting", _WAITING, waiting),
    ]


def _numbers(table: str, count: int, given: Sequence[int]) -> list[int]:
    """So many ids, of those at hand first."""
    more = numbers(f"loyalty_{table}", count - len(given)) if count > len(given) else ()
    return [*given[:count], *more]


def _forget_waiting(book: Book) -> None:
    """What was pending and is resolved waits for nothing any more."""
    resolved = [row.pending_id for row in book.moves if row.pending_id is not None]
    if written := [number for number in resolved if number < FIRST_NEW]:
        where, these = among("move_id", written)
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM loyalty_waiting WHERE {where}", [these])


def _balances(
    changed: Mapping[Account, Balance], accounts: Mapping[Account, int]
) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    """Changes of wallets and debts, which are locked; then those of stocks and budgets, which others wait
    for: one by one, in order, and last. By a difference: the database refuses what passes a limit."""
    rows = sorted((accounts[one], one.subject_id, *change[:3]) for one, change in changed.items())
    quiet = [(number, *change) for number, subject, *change in rows if subject]
    hot = [(number, *change) for number, subject, *change in rows if not subject]
    return quiet, hot


def _create_missing(brand_id: int, loaded: Loaded, changed: dict[Account, Balance]) -> None:
    """Accounts come to be with their first move, and take their part of `changed`; where somebody else was
    faster it is added to theirs."""
    accounts, assets = loaded.accounts, loaded.assets
    wanted = {side for move in loaded.book.moves for side in (move.source, move.target)}
    missing = sorted(wanted - accounts.keys())
    if not missing:
        return
    rows = [
        (
            brand_id,
            assets[one.asset],
            one.place.value,
            one.subject_id,
            one.name,
            *changed.pop(one, Balance())[:3],
            FLOORS.get(one.place),
            CEILINGS.get(one.place),
        )
        for one in missing
    ]
    insert_rows(
        "loyalty_account",
        _ACCOUNT,
        rows,
        on_conflict="ON CONFLICT (asset_id, subject_id, place, name) DO UPDATE SET"
        " posted = loyalty_account.posted + excluded.posted, held = loyalty_account.held + excluded.held,"
        " coming = loyalty_account.coming + excluded.coming",
    )
    codes = {number: code for code, number in assets.items()}
    where, these = among("asset_id", sorted({row[1] for row in rows}))
    whose, those = found_by("subject_id", sorted({row[3] for row in rows}))
    for number, asset, place, subject, name in answer(
        f"SELECT id, asset_id, place, subject_id, name FROM loyalty_account WHERE {whose} AND {where}",
        [those, these],
    ):
        accounts[Account(codes[asset], Place(place), subject, name)] = number


def _execute(
    inserts: Sequence[tuple[str, Mapping[str, str], Rows]],
    updates: Sequence[tuple[str, str, Mapping[str, str], Rows]],
) -> None:
    """Rows into tables, then changes of rows by their `id`: (table, SET …, columns, rows), v being the row
    given. All in one statement on PostgreSQL, where they are few."""
    if (
        connection.vendor == "postgresql"
        and sum(len(one[-1]) for one in (*inserts, *updates)) < WORTH_COPYING
    ):
        statements = [_insert(*one) for one in inserts if one[-1]] + [
            _update(*one) for one in updates if one[-1]
        ]
        *others, (last, _given) = statements
        parts = ", ".join(f"s{place} AS ({sql})" for place, (sql, _given) in enumerate(others))
        every = [parameter for _sql, given in statements for parameter in given]
        answer(f"WITH {parts} {last}" if others else last, every, kept=True)
        return
    for table, columns, rows in inserts:
        insert_rows(table, columns, rows)
    for table, setting, columns, rows in updates:
        if rows:
            source, given = _source(columns, rows)
            answer(f"UPDATE {table} AS t SET {setting} FROM {source} WHERE t.id = v.id", given)


def _insert(table: str, columns: Mapping[str, str], rows: Rows) -> tuple[str, list[Any]]:
    names = ", ".join(columns)
    source, given = _recordset(columns, rows)
    return f"INSERT INTO {table} ({names}) SELECT {names} FROM {source}", [given]


def _update(table: str, setting: str, columns: Mapping[str, str], rows: Rows) -> tuple[str, list[Any]]:
    source, given = _recordset(columns, rows)
    where, these = among("t.id", [row[0] for row in rows])  # nobody knows how few `source` has
    return f"UPDATE {table} AS t SET {setting} FROM {source} WHERE t.id = v.id AND {where}", [given, these]


def _recordset(columns: Mapping[str, str], rows: Rows) -> tuple[str, str]:
    """`rows` as something named v to select from on PostgreSQL, and its one parameter."""
    told = [dict(zip(columns, row, strict=True)) for row in rows]
    kinds = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    return f"json_to_recordset(%s::json) AS v({kinds})", orjson.dumps(told).decode()


def _source(columns: Mapping[str, str], rows: Rows) -> tuple[str, list[Any]]:
    """The same on any database, for any number of rows."""
    if connection.vendor == "postgresql":
        return selectable(columns, rows)
    cells = ", ".join(f"value->>{place} AS {name}" for place, name in enumerate(columns))
    return f"(SELECT {cells} FROM json_each(%s)) AS v", [orjson.dumps(rows).decode()]
