"""Recomputes the whole ledger from its entries and says where anything does not agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from django.db import connection

from guanxi.kernel.wording import say
from guanxi.loyalty.ledger.contracts import ENTRIES, Kind

MOST_NAMED: Final = 20  # of one kind of problem


class Problem(NamedTuple):
    """`rule` names what should hold; `where` is the row it does not hold for."""

    rule: str
    where: str
    message: str


class Unit(NamedTuple):
    """One asset: `sum` is that of all its entries, which is 0; `held` is what customers have and `owed` what
    they owe; `pending` is announced."""

    unit: str
    kind: str
    entries: int
    sum: int
    held: int
    owed: int
    pending: int


class Proof(NamedTuple):
    ok: bool
    entries: int
    accounts: int
    units: list[Unit]
    problems: list[Problem]


_KINDS: Final[Mapping[str, str]] = {
    "entries": ", ".join(str(int(kind)) for kind in sorted(ENTRIES)),
    **{kind.name.lower(): str(int(kind)) for kind in Kind},
}
# Both sides of each move that counts, each with its asset as the account has it.
_ENTRIES: Final = """
    SELECT m.source_id AS account_id, -m.units AS units FROM loyalty_move m WHERE m.kind IN ({entries})
    UNION ALL
    SELECT m.target_id, m.units FROM loyalty_move m WHERE m.kind IN ({entries})
"""
_OPEN: Final = """
    SELECT p.* FROM loyalty_move p WHERE p.kind = {pending}
    AND NOT EXISTS (SELECT 1 FROM loyalty_move r WHERE r.pending_id = p.id)
"""
# What should hold → a query for the ids of the rows that it does not hold for, of one brand.
_RULES: Final[Mapping[str, tuple[str, str]]] = {
    "one_asset": (
        "move",
        """SELECT m.id FROM loyalty_move m LEFT JOIN loyalty_account s ON s.id = m.source_id
        LEFT JOIN loyalty_account t ON t.id = m.target_id LEFT JOIN loyalty_asset x ON x.id = m.asset_id
        LEFT JOIN loyalty_posting p ON p.id = m.posting_id
        WHERE (x.brand_id = {brand} OR p.brand_id = {brand})
        AND (s.id IS NULL OR t.id IS NULL OR x.id IS NULL OR p.id IS NULL
        OR s.asset_id <> m.asset_id OR t.asset_id <> m.asset_id OR p.brand_id <> x.brand_id)""",
    ),
    "balance": (
        "account",
        """SELECT a.id FROM loyalty_account a LEFT JOIN (SELECT account_id, sum(units) AS units FROM ("""
        + _ENTRIES
        + """) e GROUP BY account_id) e ON e.account_id = a.id WHERE a.brand_id = {brand}
        AND (a.floor IS NOT NULL OR a.ceiling IS NOT NULL) AND a.posted <> coalesce(e.units, 0)""",
    ),
    "announced": (
        "account",
        """SELECT a.id FROM loyalty_account a
        LEFT JOIN (SELECT source_id, sum(units) AS units FROM ("""
        + _OPEN
        + """) o GROUP BY source_id) o ON o.source_id = a.id
        LEFT JOIN (SELECT target_id, sum(units) AS units FROM ("""
        + _OPEN
        + """) i GROUP BY target_id) i ON i.target_id = a.id WHERE a.brand_id = {brand}
        AND (a.floor IS NOT NULL OR a.ceiling IS NOT NULL)
        AND (a.held <> coalesce(o.units, 0) OR a.coming <> coalesce(i.units, 0))""",
    ),
    "limit": (
        "account",
        """SELECT a.id FROM loyalty_account a WHERE a.brand_id = {brand} AND (a.posted - a.held < a.floor
        OR a.posted + a.coming > a.ceiling)""",
    ),
    "lots_of_wallet": (
        "account",
        """SELECT a.id FROM loyalty_account a LEFT JOIN (SELECT account_id, sum(remaining) AS units
        FROM loyalty_lot GROUP BY account_id) l ON l.account_id = a.id WHERE a.brand_id = {brand}
        AND a.place = 'wallet' AND a.posted - a.held <> coalesce(l.units, 0)""",
    ),
    "lot": (
        "lot",
        """SELECT l.id FROM loyalty_lot l JOIN loyalty_account a ON a.id = l.account_id
        LEFT JOIN loyalty_move m ON m.id = l.id LEFT JOIN (SELECT lot_id, sum(units) AS units FROM loyalty_use
        GROUP BY lot_id) u ON u.lot_id = l.id WHERE a.brand_id = {brand} AND (m.id IS NULL
        OR m.units <> l.units OR m.target_id <> l.account_id OR m.kind NOT IN ({entries})
        OR l.remaining <> l.units - coalesce(u.units, 0))""",
    ),
    "inflow_has_lot": (
        "move",
        """SELECT m.id FROM loyalty_move m JOIN loyalty_account t ON t.id = m.target_id
        LEFT JOIN loyalty_lot l ON l.id = m.id WHERE t.brand_id = {brand} AND t.place = 'wallet'
        AND m.kind IN ({entries}) AND l.id IS NULL""",
    ),
    "uses_of_outflow": (
        "move",
        """SELECT m.id FROM loyalty_move m JOIN loyalty_account s ON s.id = m.source_id
        LEFT JOIN loyalty_move p ON p.id = m.pending_id
        LEFT JOIN (SELECT move_id, sum(units) AS units FROM loyalty_use GROUP BY move_id) u
        ON u.move_id = m.id
        WHERE s.brand_id = {brand} AND s.place = 'wallet' AND coalesce(u.units, 0) <> CASE
        WHEN m.kind = {post} THEN m.units - p.units
        WHEN m.kind IN ({void}, {lapse}, {let_go}) THEN -p.units ELSE m.units END""",
    ),
    "resolution": (
        "move",
        """SELECT m.id FROM loyalty_move m JOIN loyalty_posting g ON g.id = m.posting_id
        LEFT JOIN loyalty_move p ON p.id = m.pending_id WHERE g.brand_id = {brand}
        AND m.kind IN ({post}, {void}, {lapse}, {let_go}) AND (p.id IS NULL OR p.kind <> {pending}
        OR m.units > p.units OR m.source_id <> p.source_id OR m.target_id <> p.target_id)""",
    ),
    "given_back": (
        "move",
        """SELECT o.id FROM (SELECT b.origin_id, sum(b.units) AS units FROM loyalty_move b
        WHERE b.kind IN ({claw}, {return}, {let_go}) GROUP BY b.origin_id) g
        JOIN loyalty_move o ON o.id = g.origin_id JOIN loyalty_posting p ON p.id = o.posting_id
        JOIN (SELECT coalesce(f.origin_id, f.id) AS origin_id, sum(f.units) AS units FROM loyalty_move f
        WHERE f.kind IN ({direct}, {pending}) GROUP BY 1) f ON f.origin_id = o.id
        WHERE p.brand_id = {brand} AND g.units > f.units""",
    ),
    "waiting": (
        "move",
        """SELECT o.id FROM ("""
        + _OPEN
        + """) o JOIN loyalty_posting p ON p.id = o.posting_id
        LEFT JOIN loyalty_waiting w ON w.move_id = o.id
        WHERE p.brand_id = {brand} AND (w.move_id IS NULL OR w.until_ms <> o.until_ms)
        UNION ALL SELECT w.move_id FROM loyalty_waiting w JOIN loyalty_move m ON m.id = w.move_id
        WHERE w.brand_id = {brand} AND (m.kind <> {pending}
        OR EXISTS (SELECT 1 FROM loyalty_move r WHERE r.pending_id = m.id))""",
    ),
    "posting_moves": (
        "posting",
        """SELECT p.id FROM loyalty_posting p WHERE p.brand_id = {brand}
        AND NOT EXISTS (SELECT 1 FROM loyalty_move m WHERE m.posting_id = p.id)""",
    ),
}


def prove(brand_id: int) -> Proof:
    """The proof of a brand's ledger (docs/guide/ledger.md, "What always holds"): every kept balance, every
    lot, every resolution and refund against the entries alone, and the sum of each asset."""
    units = [Unit(*row) for row in _rows(_UNITS, brand_id)]
    problems = [problem for rule in _RULES for problem in _broken(rule, brand_id)]
    for one in units:
        if one.sum:
            message = say("The entries of '%(unit)s' add up to %(sum)s.", unit=one.unit, sum=one.sum)
            problems.append(Problem("zero_sum", one.unit, message))
    ((accounts,),) = _rows("SELECT count(*) FROM loyalty_account WHERE brand_id = {brand}", brand_id)
    return Proof(not problems, sum(one.entries for one in units), accounts, units, problems)


_UNITS: Final = (
    """SELECT x.code, x.kind, coalesce(e.entries, 0), coalesce(e.units, 0), coalesce(b.held, 0),
    coalesce(b.owed, 0), coalesce(b.pending, 0) FROM loyalty_asset x
    LEFT JOIN (SELECT a.asset_id, count(*) AS entries, sum(e.units) AS units FROM ("""
    + _ENTRIES
    + """) e JOIN loyalty_account a ON a.id = e.account_id GROUP BY a.asset_id) e ON e.asset_id = x.id
    LEFT JOIN (SELECT asset_id, sum(CASE WHEN place = 'wallet' THEN posted ELSE 0 END) AS held,
    sum(CASE WHEN place = 'debt' THEN -posted ELSE 0 END) AS owed,
    sum(CASE WHEN place = 'wallet' THEN coming ELSE 0 END) AS pending
    FROM loyalty_account GROUP BY asset_id) b ON b.asset_id = x.id
    WHERE x.brand_id = {brand} ORDER BY x.code"""
)


def _broken(rule: str, brand_id: int) -> Iterator[Problem]:
    what, sql = _RULES[rule]
    for (number,) in _rows(f"{sql} ORDER BY 1 LIMIT {MOST_NAMED}", brand_id):
        yield Problem(rule, f"{what} {number}", _MESSAGES[rule])


def _rows(sql: str, brand_id: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql.format(brand=int(brand_id), **_KINDS))
        return [tuple(int(cell) if _whole(cell) else cell for cell in row) for row in cursor.fetchall()]


def _whole(cell: object) -> bool:
    return not isinstance(cell, str) and cell is not None


_MESSAGES: Final = {
    "one_asset": say("A move is between accounts of different assets or brands, or of none."),
    "balance": say("The kept balance is not the sum of the entries."),
    "announced": say("What is kept as announced is not the sum of the open pending moves."),
    "limit": say("The balance is beyond its limit."),
    "lots_of_wallet": say("What is left in the lots is not the balance of the wallet."),
    "lot": say("What is left of the lot is not its units less its uses."),
    "inflow_has_lot": say("Units came into a wallet without a lot."),
    "uses_of_outflow": say("The uses of lots do not add up to what left the wallet."),
    "resolution": say("It resolves no pending move, or more than one announced."),
    "given_back": say("More was taken or given back than there was."),
    "waiting": say("What is kept as waiting are not the open pending moves."),
    "posting_moves": say("The posting moved nothing."),
}
