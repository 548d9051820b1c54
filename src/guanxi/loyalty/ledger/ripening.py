"""When what is pending posts by itself: told, or changed."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from guanxi.loyalty.ledger.contracts import NEVER_MS, Kind
from guanxi.platform.bulk import among
from guanxi.platform.writing import writing

_OPEN = """SELECT m.id FROM loyalty_move m JOIN loyalty_posting p ON p.id = m.posting_id
    WHERE ({these} OR {theirs}) AND m.kind = {pending} AND p.brand_id = %s ORDER BY m.id"""


def ripen(brand_id: int, origin_ids: Sequence[int], at_ms: int, *, later: bool = False) -> int:
    """What is still open of these moves, announced with a `ripe_ms`, posts by itself at `at_ms`; how many
    pending moves have another date now.

    A known date only gets sooner, or with `later` only later: facts that come twice or in another order end
    at the same date. What would lapse before `at_ms` stays as it is. Within the caller's transaction, if
    there is one.
    """
    if not origin_ids:
        return 0
    these, ids = among("m.id", origin_ids)
    theirs, _ids = among("m.origin_id", origin_ids)
    sql = _OPEN.format(these=these, theirs=theirs, pending=int(Kind.PENDING))
    if connection.vendor == "postgresql":
        sql += " FOR UPDATE OF m"  # whoever resolves them comes before or after
    with writing(), connection.cursor() as cursor:
        cursor.execute(sql, [ids, ids, brand_id])
        where, moves = among("move_id", [row[0] for row in cursor.fetchall()])
        cursor.execute(
            f"UPDATE loyalty_waiting SET ripe_ms = %s WHERE {where} AND ripe_ms {'<' if later else '>'} %s"
            " AND (%s = %s OR %s < until_ms)",
            [at_ms, moves, at_ms, at_ms, NEVER_MS, at_ms],
        )
        return int(cursor.rowcount)
