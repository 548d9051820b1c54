"""Many rows in one statement, alike on SQLite and PostgreSQL, past the ORM where millions pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from django.db import connection


def insert_rows(
    table: str, columns: Mapping[str, str], rows: Sequence[tuple[Any, ...]], *, on_conflict: str = ""
) -> int:
    """Insert `rows` into `table`; the number inserted. `columns` maps names to PostgreSQL types, in the
    rows' order.

    `on_conflict` is the clause after the values, such as "ON CONFLICT DO NOTHING".
    """
    if not rows:
        return 0
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
            statement = f"INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays}) {on_conflict}"
            cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)])
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks}) {on_conflict}", rows)
        return int(cursor.rowcount)


def update_rows(
    table: str,
    columns: Mapping[str, str],
    rows: Sequence[tuple[Any, ...]],
    *,
    keys: int = 1,
) -> int:
    """Update rows found by their last `keys` columns, setting the columns before them; the number found."""
    if not rows:
        return 0
    names = list(columns)
    targets, finders = names[:-keys], names[-keys:]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
            setting = ", ".join(f"{name} = v.{name}" for name in targets)
            finding = " AND ".join(f"t.{name} = v.{name}" for name in finders)
            cursor.execute(
                f"UPDATE {table} t SET {setting} FROM unnest({arrays}) AS v({', '.join(names)}) "
                f"WHERE {finding}",
                [list(column) for column in zip(*rows, strict=True)],
            )
        else:
            setting = ", ".join(f"{name} = %s" for name in targets)
            finding = " AND ".join(f"{name} = %s" for name in finders)
            cursor.executemany(f"UPDATE {table} SET {setting} WHERE {finding}", rows)
        return int(cursor.rowcount)


def among(column: str, ids: Iterable[int]) -> tuple[str, Any]:
    """A condition that holds for any number of integer `ids`, and its one parameter."""
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s)", list(ids)
    return f"{column} IN (SELECT value FROM json_each(%s))", orjson.dumps(list(ids)).decode()
