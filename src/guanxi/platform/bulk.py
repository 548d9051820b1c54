"""Many rows in one statement, alike on SQLite and PostgreSQL, past the ORM where millions pass."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import orjson
import psycopg
from django.db import connection

WORTH_COPYING = 200  # rows: COPY takes a tenth of the time, once begun


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
        if connection.vendor == "postgresql" and len(rows) >= WORTH_COPYING and not on_conflict:
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        elif connection.vendor == "postgresql":
            source, arrays = selectable(columns, rows)
            cursor.execute(f"INSERT INTO {table} ({names}) SELECT * FROM {source} {on_conflict}", arrays)
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
            setting = ", ".join(f"{name} = v.{name}" for name in targets)
            finding = " AND ".join(f"t.{name} = v.{name}" for name in finders)
            source, arrays = selectable(columns, rows)
            cursor.execute(f"UPDATE {table} t SET {setting} FROM {source} WHERE {finding}", arrays)
        else:
            setting = ", ".join(f"{name} = %s" for name in targets)
            finding = " AND ".join(f"{name} = %s" for name in finders)
            cursor.executemany(f"UPDATE {table} SET {setting} WHERE {finding}", rows)
        return int(cursor.rowcount)


def selectable(columns: Mapping[str, str], rows: Sequence[tuple[Any, ...]]) -> tuple[str, list[Any]]:
    """On PostgreSQL, `rows` as something named v to select from, and its parameters, an array a column.

    No temporary table: its planner, not knowing how few they are, may read the whole other table for them.
    """
    arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
    values = map(_array, columns.values(), zip(*rows, strict=True))
    return f"unnest({arrays}) AS v({', '.join(columns)})", list(values)


def _array(kind: str, values: tuple[Any, ...]) -> Any:
    """Whole numbers as one text, a tenth of the time that the driver takes for them one by one."""
    if kind in {"bigint", "integer", "smallint"} and None not in values:
        return f"{{{','.join(map(str, values))}}}"
    return list(values)


def at_once(
    questions: Sequence[tuple[str, Sequence[Any]]], *, common: tuple[str, Sequence[Any]]
) -> list[list[tuple[Any, ...]]]:
    """The rows of each question, (SQL, its parameters), which PostgreSQL gets in one trip and answers in this
    order, its plan kept as `answer` says. Columns are numbers or texts and have names of their own. `common`
    comes before all of them: WITH …"""
    first, given = common
    parts = ", ".join(f"(SELECT json_agg(t) FROM ({sql}) t)::text" for sql, _parameters in questions)
    everything = [*given, *(one for _sql, parameters in questions for one in parameters)]
    ((*found,),) = answer(f"{first} SELECT {parts}", everything, kept=True)
    return [[tuple(row.values()) for row in orjson.loads(text or "[]")] for text in found]


def answer(sql: str, parameters: Sequence[Any] = (), *, kept: bool = False) -> list[tuple[Any, ...]]:
    """The rows of one, if it has any. With `kept` PostgreSQL plans it once for a connection, which of a short
    statement takes longer than running it: for those that come again and again in the same words, for a few
    rows found by their keys."""
    if connection.vendor != "postgresql" or not kept:
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return list(cursor.fetchall()) if cursor.description else []
    connection.ensure_connection()
    driver = connection.connection
    driver.prepare_threshold = sys.maxsize  # no other statement's plan is kept
    with connection.wrap_database_errors, psycopg.Cursor(driver) as own:
        if sql not in (known := _planned.setdefault(driver, set())):
            by_keys()  # a plan made while a table is small must do when it is large
            known.add(sql)
        own.execute(sql, parameters, prepare=True)
        return own.fetchall() if own.pgresult and own.pgresult.nfields else []


_planned: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


def by_keys() -> None:
    """Until the transaction ends PostgreSQL looks rows up by their keys: asked for thousands, it reads the
    whole table instead until that is some fifty times as large."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")


def among(column: str, ids: Iterable[int]) -> tuple[str, Any]:
    """A condition that holds for any number of integer `ids`, and its one parameter."""
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s::bigint[])", f"{{{','.join(map(str, ids))}}}"
    return f"{column} IN (SELECT value FROM json_each(%s))", orjson.dumps(list(ids)).decode()


def found_by(column: str, ids: Iterable[int]) -> tuple[str, Any]:
    """The same for thousands of them where other columns are asked for as well: PostgreSQL, before it has
    counted a table, may take another column's index and look for each row in all of `ids`."""
    if connection.vendor == "postgresql":
        return f"{column} IN (SELECT unnest(%s::bigint[]))", f"{{{','.join(map(str, ids))}}}"
    return among(column, ids)


def among_texts(column: str, texts: Iterable[str]) -> tuple[str, Any]:
    """The same for any number of texts."""
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s::text[])", list(texts)
    return f"{column} IN (SELECT value FROM json_each(%s))", orjson.dumps(list(texts)).decode()


def by_texts(table: str, columns: str, brand_id: int, keys: Sequence[str]) -> tuple[str, list[Any]]:
    """What finds a brand's rows of a table by the texts in their column `key`, and its parameters. On
    PostgreSQL each of many is looked up by itself: asked for thousands, it may read all that the brand ever
    had, before it has counted the table; and it takes a text of them in half the time of an array."""
    if connection.vendor == "postgresql" and len(keys) >= WORTH_COPYING:
        return (
            "SELECT p.* FROM json_array_elements_text(%s::json) AS asked CROSS JOIN LATERAL"
            f" (SELECT {columns} FROM {table} WHERE brand_id = %s AND key = asked OFFSET 0) p",
            [orjson.dumps(list(keys)).decode(), brand_id],
        )
    where, those = among_texts("key", keys)
    return f"SELECT {columns} FROM {table} WHERE brand_id = %s AND {where}", [brand_id, those]


def each(ids: Any) -> tuple[str, Any]:
    """Integer `ids` (a list or a NumPy array) as a table v with a column `value`, and its one parameter."""
    if connection.vendor == "postgresql":
        return "unnest(%s::bigint[]) AS v(value)", f"{{{_written(ids)[1:-1]}}}"
    return "json_each(%s) AS v", _written(ids)


def _written(ids: Any) -> str:
    return orjson.dumps(ids, option=orjson.OPT_SERIALIZE_NUMPY).decode()


def numbers(table: str, count: int) -> Sequence[int]:
    """`count` numbers for new rows of `table` that nobody else gets: on SQLite, where its column `id` has
    AUTOINCREMENT, by the write lock that the caller's transaction holds."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT array_agg(nextval(s.sequence)) FROM (SELECT CAST(pg_get_serial_sequence(%s, 'id')"
                " AS regclass) AS sequence OFFSET 0) s CROSS JOIN generate_series(1, %s)",
                [table, count],
            )
            return cursor.fetchone()[0] or []
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
        first = (found[0] if found else 0) + 1
        return range(first, first + count)


def take_stock() -> None:
    """Let PostgreSQL count the tables that it has never counted: until it has, it takes a brand to have one
    row in each, and reads all of them for every question. By itself it counts once a minute."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples < 0"
            " AND relnamespace = CAST(current_schema() AS regnamespace)"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"ANALYZE {name}")
