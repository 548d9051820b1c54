"""Silent customers: of whom nothing was heard for a period, erased as if they had asked for it."""

from __future__ import annotations

from typing import Any, Final

from django.db import connection

from guanxi.customers.rights.erasing import erase
from guanxi.kernel.wording import say
from guanxi.platform.retention.contracts import KEEPABLES, THREE_YEARS, Found, Keepable, Least
from guanxi.platform.retention.running import batch

KEY: Final = "customers.silent"
AT_ONCE: Final = 200  # each is erased in a transaction of its own
REASON: Final = "retention: silent for the whole period"
# Last seen by any record; nothing that the person said themselves later; nothing asked that is still open.
_SILENT: Final = """
FROM customers_customer c
WHERE c.brand_id = %s AND c.merged_into_id IS NULL AND c.last_ms < %s
  AND NOT EXISTS (
    SELECT 1 FROM customers_subject s JOIN touchpoints_touchpoint t ON t.subject_id = s.id
    WHERE s.customer_id = c.id AND t.occurred_ms >= %s
      AND (t.kind LIKE 'consent.%%' OR t.kind = 'preference.stated' OR t.source_id NOT IN (
        SELECT id FROM touchpoints_source WHERE brand_id = c.brand_id AND name = 'guanxi'))
  )
  AND NOT EXISTS (
    SELECT 1 FROM customers_rightsrequest r
    WHERE r.customer_id = c.id AND r.state IN ('received', 'verified')
  )
"""


def count(brand_id: int, before_ms: int) -> Found:
    """How many customers are silent since before a moment, and when the first of them was last seen."""
    (found,) = _asked(f"SELECT count(*), min(c.last_ms) {_SILENT}", [brand_id, before_ms, before_ms])
    return Found(*found)


def let_go(brand_id: int, before_ms: int, limit: int) -> int:
    """Erase some; how many. Each is looked at again in its transaction: who was heard of meanwhile stays."""
    given = [brand_id, before_ms, before_ms]
    some = _asked(f"SELECT c.id {_SILENT} ORDER BY c.id LIMIT %s", [*given, min(limit, AT_ONCE)])
    for (customer_id,) in some:
        with batch(brand_id, KEY) as going:
            if _asked(f"SELECT 1 {_SILENT} AND c.id = %s", [*given, customer_id]):
                erase(brand_id, customer_id, actor="system", reason=REASON)
                going.rows = 1
    return len(some)


def _asked(statement: str, given: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return list(cursor.fetchall())


def register() -> None:
    """Called once, at start-up."""
    KEEPABLES.register(
        Keepable(
            key=KEY,
            label=say("Silent customers"),
            goes=say(
                "Customers of whom nothing was recorded for so long are erased for ever: keys destroyed, "
                "orders left under nobody's name. Frozen ones too. Who has an open request stays."
            ),
            least=Least(
                THREE_YEARS, say("Who bought belongs to the transaction, for three years (电商法 31).")
            ),
            count=count,
            let_go=let_go,
            sources=("identities", "profile", "tags", "preferences", "merges", "consents"),
        )
    )
