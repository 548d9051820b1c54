"""Customers' order totals as of the last warehouse sync, so that lists can sort and filter by them."""

from __future__ import annotations

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection

from guanxi.platform.writing import writing
from guanxi.warehouse import queries as warehouse

AT_ONCE: Final = 5_000  # rows a transaction, so that others wait no longer than a moment
COLUMNS: Final = ("orders", "revenue_fen", "first_order_ms", "last_order_ms")
_HELD: Final = """
    SELECT id AS customer_id, orders, revenue_fen, first_order_ms, last_order_ms
    FROM customers_customer WHERE brand_id = {brand} AND merged_into_id IS NULL ORDER BY id
"""
_UPDATE: Final = """
    UPDATE customers_customer SET orders = %s, revenue_fen = %s, first_order_ms = %s, last_order_ms = %s
    WHERE id = %s
"""


def store(brand_id: int, totals: pa.Table) -> int:
    """Bring the customers' totals to `totals` (customer_id, orders, revenue_fen, first_order_ms,
    last_order_ms; who is not in it has none) and say how many changed."""
    held = warehouse.operational(_HELD.format(brand=int(brand_id)))
    held = held.cast(pa.schema([(name, pa.int64()) for name in held.schema.names]))
    wanted = held.select(["customer_id"]).join(totals, "customer_id").sort_by("customer_id")
    wanted = wanted.set_column(1, "orders", pc.fill_null(wanted["orders"], 0))
    wanted = wanted.set_column(2, "revenue_fen", pc.fill_null(wanted["revenue_fen"], 0))
    differs = pa.array([False] * held.num_rows, pa.bool_())
    for name in COLUMNS:
        left, right = held[name].combine_chunks(), wanted[name].combine_chunks()
        same = pc.or_(
            pc.fill_null(pc.equal(left, right), False), pc.and_(pc.is_null(left), pc.is_null(right))
        )
        differs = pc.or_(differs, pc.invert(same))
    changed = wanted.filter(differs).select([*COLUMNS, "customer_id"])
    for start in range(0, changed.num_rows, AT_ONCE):
        columns = changed.slice(start, AT_ONCE).to_pydict().values()
        with writing(brand_id), connection.cursor() as cursor:
            cursor.executemany(_UPDATE, list(zip(*columns, strict=True)))
    return len(changed)
