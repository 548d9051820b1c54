"""The ledger's rows, written in bulk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import orjson
from django.db import connection

from guanxi.kernel.clock import now_ms
from guanxi.loyalty.ledger.book import Book
from guanxi.loyalty.ledger.contracts import CEILINGS, FLOORS, Account, Place, Posting
from guanxi.loyalty.ledger.loading import Loaded
from guanxi.loyalty.ledger.sheet import FIRST_NEW, Balance
from guanxi.platform.bulk import among, insert_rows, numbers, selectable, update_rows

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


class KnownKey(NamedTuple):
    posting_id: int
    digest: str


class Written(NamedTuple):
    """The ids that postings (by place in the batch) and moves (by number in the book) got."""

    postings: Mapping[int, int]
    moves: Mapping[int, int]


def known_keys(brand_id: int, keys: Iterable[str]) -> dict[str, KnownKey]:
    wanted = list(keys)
    parameter: list[str] | str
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            where, parameter = "key = ANY(%s)", wanted
        else:
            where, parameter = "key IN (SELECT value FROM json_each(%s))", orjson.dumps(wanted).decode()
        cursor.execute(
            f"SELECT key, id, digest FROM loyalty_posting WHERE brand_id = %s AND {where}",
            [brand_id, parameter],
        )
        return {key: KnownKey(number, digest) for key, number, digest in cursor.fetchall()}


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
    book, accounts, assets = loaded
    posting_ids = dict(zip(made, numbers("loyalty_posting", len(made)), strict=True))
    numbered = zip(book.moves, numbers("loyalty_move", len(book.moves)), strict=True)
    move_ids = {row.id: number for row, number in numbered}
    _create_missing(
        brand_id, accounts, assets, (one for row in book.moves for one in (row.source, row.target))
    )
    told = (str(actor)[:160], now_ms())
    insert_rows(
        "loyalty_posting",
        _POSTING,
        [
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
        ],
    )

    def real(number: int | None) -> int | None:
        return move_ids[number] if number is not None and number >= FIRST_NEW else number

    insert_rows(
        "loyalty_move",
        _MOVE,
        [
            (
                move_ids[row.id],
                posting_ids[row.posting],
                int(row.kind),
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
        ],
    )
    _write_lots(book, accounts, move_ids, real)
    _write_waiting(brand_id, book, move_ids)
    _write_balances(book.changed(), accounts)
    return Written(posting_ids, move_ids)


def _write_lots(
    book: Book,
    accounts: Mapping[Account, int],
    move_ids: Mapping[int, int],
    real: Callable[[int | None], int | None],
) -> None:
    insert_rows(
        "loyalty_lot",
        _LOT,
        [
            (
                move_ids[number],
                accounts[book.lots[number].wallet],
                real(book.lots[number].origin_id),
                book.lots[number].expires_ms,
                units,
                book.left[number],
            )
            for number, units in book.new_lots.items()
        ],
    )
    insert_rows(
        "loyalty_use",
        {"move_id": "bigint", "lot_id": "bigint", "units": "bigint"},
        [(move_ids[one.move_id], real(one.lot_id), one.units) for one in book.uses],
    )
    changed = sorted({one.lot_id for one in book.uses if one.lot_id < FIRST_NEW})
    update_rows(
        "loyalty_lot",
        {"remaining": "bigint", "id": "bigint"},
        [(book.left[number], number) for number in changed],
    )


def _write_waiting(brand_id: int, book: Book, move_ids: Mapping[int, int]) -> None:
    """The pending moves that are open now, and no longer those that were resolved."""
    new = [one for one in book.pendings.values() if one.open and one.id >= FIRST_NEW]
    insert_rows(
        "loyalty_waiting",
        {"move_id": "bigint", "brand_id": "bigint", "ripe_ms": "bigint", "until_ms": "bigint"},
        [(move_ids[one.id], brand_id, one.ripe_ms, one.until_ms) for one in new],
    )
    resolved = [row.pending_id for row in book.moves if row.pending_id is not None]
    if written := [number for number in resolved if number < FIRST_NEW]:
        where, these = among("move_id", written)
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM loyalty_waiting WHERE {where}", [these])


def _write_balances(changed: Mapping[Account, Balance], accounts: Mapping[Account, int]) -> None:
    """Wallets and debts first, which are locked; then stocks and budgets, which others wait for, one by one
    and in order. By a difference: the database refuses what passes a limit."""
    rows = sorted(
        (bool(one.name or not one.subject_id), accounts[one], change.posted, change.held, change.coming)
        for one, change in changed.items()
    )
    quiet = [row[1:] for row in rows if not row[0]]
    hot = [row[1:] for row in rows if row[0]]
    for some in (quiet, *([row] for row in hot)):
        if not some:
            continue
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                source, arrays = selectable(_CHANGE, some)
                cursor.execute(
                    "UPDATE loyalty_account t SET posted = t.posted + v.posted, held = t.held + v.held,"
                    f" coming = t.coming + v.coming FROM {source} WHERE t.id = v.id",
                    arrays,
                )
            else:
                cursor.executemany(
                    "UPDATE loyalty_account SET posted = posted + %s, held = held + %s, coming = coming + %s"
                    " WHERE id = %s",
                    [(*row[1:], row[0]) for row in some],
                )


def _create_missing(
    brand_id: int, accounts: dict[Account, int], assets: Mapping[str, int], wanted: Iterable[Account]
) -> None:
    """Accounts come to be with their first move. Two who create one find the same."""
    missing = sorted({one for one in wanted if one not in accounts})
    if not missing:
        return
    insert_rows(
        "loyalty_account",
        _ACCOUNT,
        [
            (
                brand_id,
                assets[one.asset],
                one.place.value,
                one.subject_id,
                one.name,
                0,
                0,
                0,
                FLOORS.get(one.place),
                CEILINGS.get(one.place),
            )
            for one in missing
        ],
        on_conflict="ON CONFLICT (asset_id, subject_id, place, name) DO NOTHING",
    )
    codes = {number: code for code, number in assets.items()}
    where, these = among("asset_id", sorted({assets[one.asset] for one in missing}))
    whose, those = among("subject_id", sorted({one.subject_id for one in missing}))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, asset_id, place, subject_id, name FROM loyalty_account WHERE {whose} AND {where}",
            [those, these],
        )
        for number, asset, place, subject, name in cursor.fetchall():
            accounts[Account(codes[asset], Place(place), subject, name)] = number
