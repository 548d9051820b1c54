"""Following append-only tables: what was written since, without ever passing over a late commit.

On SQLite there is one writer at a time, so ids become visible in order. On PostgreSQL a slower transaction
may commit a lower id later; there rows are read in the order of the transactions that wrote them (their
column `xid`), and only of those older than every one still running.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from django.db import connection

_LAST_ID: Final = (1 << 63) - 1


class Mark(NamedTuple):
    """A place between two rows: everything up to it has been seen. `at` is the id, on PostgreSQL the
    transaction."""

    at: int = 0
    id: int = 0


def head(table: str) -> Mark:
    """Behind every row that is committed for good."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1")
            return Mark(int(cursor.fetchone()[0]), _LAST_ID)
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
        last = int(cursor.fetchone()[0])
        return Mark(last, last)


def rows_after(
    table: str, columns: Sequence[str], mark: Mark, limit: int
) -> tuple[list[tuple[Any, ...]], Mark]:
    """Up to `limit` rows of all brands behind `mark`, in order, as `columns`; and the mark behind them."""
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"SELECT xid::text::bigint, id, {names} FROM {table} WHERE (xid, id) > (%s::text::xid8, %s)"
                " AND xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xid, id LIMIT %s",
                [str(mark.at), mark.id, limit],
            )
        else:
            cursor.execute(
                f"SELECT id, id, {names} FROM {table} WHERE id > %s ORDER BY id LIMIT %s", [mark.id, limit]
            )
        found = cursor.fetchall()
    if not found:
        return [], mark
    return [row[2:] for row in found], Mark(int(found[-1][0]), int(found[-1][1]))


def pulse() -> int:
    """Differs whenever another connection has committed something since it was last asked; hardly costs
    anything."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        else:
            cursor.execute("PRAGMA data_version")
        return int(cursor.fetchone()[0])
