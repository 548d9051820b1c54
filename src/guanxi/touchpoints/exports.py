"""The log as the warehouse has it, and the totals that come back from there."""

from __future__ import annotations

from typing import Final

from guanxi.warehouse import registry
from guanxi.warehouse.contracts import AfterSync, BrandRow, LogSource

_COLUMNS: Final = """id, source_id AS source, kind, channel, subject_id, occurred_ms, amount_fen, quantity,
    payload"""

# SQLite has one writer at a time, so ids become visible in order and the greatest is a safe mark.
# PostgreSQL has many: a transaction may commit a lower id later. There the mark is the transaction that wrote
# the row, and only transactions older than every one still running are exported.
TOUCHPOINTS: Final = LogSource(
    "touchpoints",
    until={
        # Not max(id), which falls when the newest facts are let go of; this number never does.
        "sqlite": "SELECT coalesce(max(seq), 0) + 1 AS mark FROM sqlite_sequence"
        " WHERE name = 'touchpoints_touchpoint'",
        "postgresql": "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS mark",
    },
    rows={
        "sqlite": f"SELECT {_COLUMNS}, id AS mark FROM touchpoints_touchpoint"
        " WHERE id > {after_id} AND id < {until} AND brand_id = {brand} ORDER BY id",
        "postgresql": f"SELECT {_COLUMNS}, xid::text::bigint AS mark FROM touchpoints_touchpoint"
        " WHERE (xid, id) > ('{after}'::xid8, {after_id}) AND xid < '{until}'::xid8"
        " AND brand_id = {brand} ORDER BY xid, id",
    },
    names={"source": "SELECT id, name FROM touchpoints_source WHERE brand_id = {brand}"},
    gone="SELECT kind, before_ms, up_to_id, CASE WHEN kind LIKE 'order.%' THEN 1 ELSE 0 END AS stays"
    " FROM touchpoints_letgo WHERE brand_id = {brand} ORDER BY kind, before_ms",
)


def store_totals(brand: BrandRow) -> None:
    """Give customers the totals of their paid orders, from the lake."""
    from guanxi.customers import totals  # noqa: PLC0415 - Arrow, which start-up need not load
    from guanxi.warehouse import queries as warehouse  # noqa: PLC0415

    tables = warehouse.tables()
    facts = tables["touchpoints"]
    paid = facts.filter(facts.kind == "order.paid", facts.subject_id.notnull())
    by_subject = paid.group_by("subject_id").aggregate(
        orders=paid.count(),
        revenue_fen=paid.amount_fen.sum(),
        first_order_ms=paid.occurred_ms.min(),
        last_order_ms=paid.occurred_ms.max(),
    )
    rows = warehouse.per_customer(by_subject, tables["subject_map"])
    by_customer = rows.group_by("customer_id").aggregate(
        orders=rows.orders.sum(),
        revenue_fen=rows.revenue_fen.sum(),
        first_order_ms=rows.first_order_ms.min(),
        last_order_ms=rows.last_order_ms.max(),
    )
    totals.store(brand.pk, warehouse.run(brand, by_customer))


def register() -> None:
    registry.logs.register(TOUCHPOINTS)
    registry.after_sync.register(AfterSync("touchpoints.totals", store_totals))
