"""Effects that were refused: kept with their reason, and given when there is something again."""

from __future__ import annotations

from collections.abc import Sequence

from guanxi.kernel.clock import now_ms
from guanxi.loyalty.rules.contracts import Missed
from guanxi.loyalty.rules.facts import Fact
from guanxi.platform.bulk import insert_rows

_COLUMNS = {
    "brand_id": "bigint",
    "key": "text",
    "rule_id": "bigint",
    "version": "integer",
    "place": "smallint",
    "fact_id": "bigint",
    "subject_id": "bigint",
    "occurred_ms": "bigint",
    "units": "bigint",
    "code": "text",
    "at_ms": "bigint",
    "given_ms": "bigint",
}


def keep(brand_id: int, missed: Sequence[tuple[Fact, Missed]]) -> None:
    rows = [
        (
            brand_id,
            f"rule:{one.given.rule.id}:{fact.id}:{one.given.place}",
            one.given.rule.id,
            one.given.rule.version,
            one.given.place,
            fact.id,
            fact.subject_id,
            fact.occurred_ms,
            one.given.units,
            one.code,
            now_ms(),
            0,
        )
        for fact, one in missed
    ]
    insert_rows("loyalty_missed", _COLUMNS, rows, on_conflict="ON CONFLICT (brand_id, key) DO NOTHING")
