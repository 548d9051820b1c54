"""The log as those read it who keep up with it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, NamedTuple

from django.db import connection

from guanxi.platform import marks
from guanxi.platform.bulk import among
from guanxi.platform.marks import Mark

TABLE: Final = "touchpoints_touchpoint"
# What Guanxi itself wrote of them is no news. The brand is compared in a form that no index answers.
_HISTORY: Final = """
SELECT s.customer_id FROM customers_subject s CROSS JOIN touchpoints_touchpoint t
WHERE {customers} AND s.brand_id + 0 = %s AND t.subject_id = s.id AND t.recorded_ms > %s
  AND t.source_id NOT IN (SELECT id FROM touchpoints_source WHERE brand_id = %s AND name = 'guanxi')
GROUP BY s.customer_id HAVING max(CASE WHEN t.live THEN 1 ELSE 0 END) = 0
"""


class NewFact(NamedTuple):
    """`live` is False for history, which sends nothing."""

    kind: str
    subject_id: int | None
    live: bool


class News(NamedTuple):
    """Facts of one brand, and the mark behind all that was looked at; `full`: there may be more behind it."""

    facts: list[NewFact]
    mark: Mark
    full: bool


def head() -> Mark:
    """Behind everything recorded so far."""
    return marks.head(TABLE)


def news(brand_id: int, mark: Mark, limit: int) -> News:
    """The brand's facts among the next `limit` of all brands."""
    rows, mark = marks.rows_after(TABLE, ("brand_id", "kind", "subject_id", "live"), mark, limit)
    facts = [NewFact(kind, subject, bool(live)) for brand, kind, subject, live in rows if brand == brand_id]
    return News(facts, mark, len(rows) == limit)


def history_alone(brand_id: int, customer_ids: Collection[int], after_ms: int) -> set[int]:
    """Those of some customers of whom facts were recorded after a moment, and all of these as history."""
    condition, parameter = among("s.customer_id", customer_ids)
    with connection.cursor() as cursor:
        cursor.execute(_HISTORY.format(customers=condition), [parameter, brand_id, after_ms, brand_id])
        return {customer for (customer,) in cursor.fetchall()}
