"""The log as the warehouse has it, and the totals that come back from there."""

from __future__ import annotations

from typing import Final

from guanxi.warehouse import registry
from guanxi.warehouse.contracts import LogSource

_COLUMNS: Final = """id, source_id AS source, kind, channel, subject_id, occurred_ms, amount_fen, quantity,
    payload"""

# SQLite has one writer at a time, so ids become visible in order and the greatest is a safe mark.
# PostgreSQL has many: a transaction may commit a lower id later. There the mark is the transaction that wrote
# the row, and only transactions older than every one still running are exported.
TOUCHPOINTS: Final = LogSource(
    "touchpoints",
    until={
        "sqlite": "SELECT coalesce(max(id), 0) + 1 AS mark FROM touchpoints_touchpoint",
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
)


def register() -> None:
    registry.logs.register(TOUCHPOINTS)
