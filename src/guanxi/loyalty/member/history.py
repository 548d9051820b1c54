"""What came and went of one asset of a member, over all wallets and debts, with the balance after each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from django.db import connection

from guanxi.loyalty.ledger.assets import AssetRow
from guanxi.loyalty.ledger.contracts import ENTRIES, Kind
from guanxi.loyalty.ledger.queries import Balance
from guanxi.platform.bulk import among

PAGE: Final = 20
LAST: Final = (1 << 63) - 1
_ENTRIES: Final = ", ".join(str(int(kind)) for kind in sorted(ENTRIES))


class Step(NamedTuple):
    """`units` came (above 0) or went; `balance` is what there was then, what is owed taken off."""

    move_id: int
    kind: Kind
    units: int
    balance: int
    reason: str
    at_ms: int


class History(NamedTuple):
    """Newest first; `before` begins the next page, None on the last."""

    asset: AssetRow
    steps: list[Step]
    before: int | None


def history(balance: Balance, *, before: int | None = None, limit: int = PAGE) -> History:
    """A page of the steps behind the move `before`. Moves between the member's own accounts change nothing
    and are left out."""
    accounts = [number for number, _place in balance.accounts]
    top = LAST if before is None else before - 1
    rows = _steps(accounts, top, limit + 1)
    left = balance.standing.posted - balance.standing.owed - _newer(accounts, top)
    steps = []
    for move_id, kind, units, reason, at_ms in rows[:limit]:
        steps.append(Step(move_id, Kind(kind), int(units), left, reason, at_ms))
        left -= int(units)
    following = steps[-1].move_id if len(rows) > limit else None
    return History(balance.asset, steps, following)


def _steps(accounts: Sequence[int], top: int, limit: int) -> list[tuple[Any, ...]]:
    parts, parameters = [], []
    for ours, sign, theirs in (("target_id", "", "source_id"), ("source_id", "-", "target_id")):
        where, these = among(f"m.{ours}", accounts)
        other, those = among(f"m.{theirs}", accounts)
        parts.append(
            f"SELECT * FROM (SELECT m.id, m.kind, {sign}m.units AS units, m.posting_id FROM loyalty_move m"
            f" WHERE {where} AND NOT {other} AND m.id <= %s AND m.kind IN ({_ENTRIES})"
            f" ORDER BY m.id DESC LIMIT %s) {ours}_side"
        )
        parameters += [these, those, top, limit]
    sql = (
        f"SELECT e.id, e.kind, e.units, p.reason, p.occurred_ms FROM ({' UNION ALL '.join(parts)}) e"
        " JOIN loyalty_posting p ON p.id = e.posting_id ORDER BY e.id DESC LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*parameters, limit])
        return list(cursor.fetchall())


def _newer(accounts: Sequence[int], top: int) -> int:
    """The sum of what is newer than the page."""
    if top == LAST:
        return 0
    total = 0
    for ours, sign in (("target_id", 1), ("source_id", -1)):
        where, these = among(f"m.{ours}", accounts)
        sql = (
            f"SELECT coalesce(sum(m.units), 0) FROM loyalty_move m WHERE {where} AND m.id > %s"
            f" AND m.kind IN ({_ENTRIES})"
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, [these, top])
            total += sign * int(cursor.fetchone()[0])
    return total
