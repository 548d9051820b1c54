"""What can be asked of the lake."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa
from django.db import connection

from guanxi.kernel.clock import now_ms
from guanxi.warehouse import export, letting_go, registry
from guanxi.warehouse.contracts import BrandRow, Status
from guanxi.warehouse.engines import engine
from guanxi.warehouse.lake import Lake, Manifest
from guanxi.warehouse.schemas import month_label, per_customer, tables
from guanxi.warehouse.snapshot import Snapshot

__all__ = [
    "dialect",
    "is_behind",
    "operational",
    "operational_each",
    "per_customer",
    "run",
    "run_written",
    "sql",
    "status",
    "synced_ms",
    "tables",
    "version",
]


def version(brand: BrandRow) -> str:
    """A word that changes whenever the lake's content does; "" before the first sync. What was computed
    at one version holds as long as the version stays. With an engine that keeps a copy it is the copy's,
    and "" also while that is loaded: then keep nothing."""
    return engine().version(Lake(brand.slug))


def dialect() -> str:
    """Ibis's name for the SQL of the engine in use: duckdb, clickhouse or pyspark."""
    return engine().dialect


def sql(expression: Any) -> str:
    """The expression in the dialect of the engine in use."""
    return _written(expression, pretty=True)


def _statement(expression: Any) -> str:
    """`sql` as nobody reads it, which takes half the time to write."""
    return _written(expression, pretty=False)


def _written(expression: Any, *, pretty: bool) -> str:
    import ibis.backends.sql.compilers as known  # noqa: PLC0415 - half a second that only metrics need

    compiler = getattr(known, engine().dialect).compiler
    return str(compiler.to_sqlglot(expression).sql(dialect=compiler.dialect, copy=False, pretty=pretty))


def run_written(brand: BrandRow, expression: Any, text: str) -> pa.Table:
    """What `run` answers, of an expression that `sql` has written out already."""
    return _typed(expression, engine().query(Lake(brand.slug), text))


def run(brand: BrandRow, expression: Any) -> pa.Table:
    """Answer an Ibis expression over `tables()` of the brand's lake, in the expression's own types."""
    return _typed(expression, engine().query(Lake(brand.slug), _statement(expression)))


def _typed(expression: Any, answer: pa.Table) -> pa.Table:
    return answer.select(expression.schema().names).cast(expression.schema().to_pyarrow())


def is_behind(brand: BrandRow) -> bool:
    """Whether the database holds something that the lake does not yet."""
    behind = status(brand)
    return bool(behind.behind_rows or behind.behind_tables or behind.synced_ms is None)


def synced_ms(brand: BrandRow) -> int | None:
    """When the lake was last brought up to date; None where it never was."""
    return Lake(brand.slug).manifest().synced_ms


def operational(sql: str) -> pa.Table:
    """A table of the operational database, read fast; for derived figures that are compared with it."""
    with Snapshot() as snapshot:
        return snapshot.table(sql)


def operational_each(statements: Iterable[str]) -> Iterator[pa.Table]:
    """The answers of several questions to the operational database, all in one view of it."""
    with Snapshot() as snapshot:
        for sql in statements:
            yield snapshot.table(sql)


def status(brand: BrandRow) -> Status:
    """How far the lake is behind, what it holds, and where it is read."""
    manifest = Lake(brand.slug).manifest()
    months = [file.month for file in manifest.all_files() if file.month is not None]
    return Status(
        brand=brand.slug,
        engine=engine().name,
        version=manifest.version,
        synced_ms=manifest.synced_ms,
        lag_ms=None if manifest.synced_ms is None else now_ms() - manifest.synced_ms,
        behind_rows=_behind_rows(brand, manifest),
        behind_tables=_behind_tables(brand, manifest),
        rows={table: manifest.rows(table) for table in (*registry.logs.names(), *registry.snapshots.names())},
        files=sum(1 for _ in manifest.all_files()),
        bytes=sum(file.bytes for file in manifest.all_files()),
        first_month=month_label(min(months)) if months else None,
        last_month=month_label(max(months)) if months else None,
    )


def _behind_rows(brand: BrandRow, manifest: Manifest) -> int:
    total = 0
    with connection.cursor() as cursor:
        for source in registry.logs:
            cursor.execute(source.until[connection.vendor])
            before = int(cursor.fetchone()[0])
            after = manifest.marks.get(source.table, export.START)
            rows = export.rows_between(source, connection.vendor, brand, after, before)
            cursor.execute(f"SELECT count(*) FROM ({rows}) AS waiting")
            total += int(cursor.fetchone()[0])
    return total


def _behind_tables(brand: BrandRow, manifest: Manifest) -> list[str]:
    behind = []
    with connection.cursor() as cursor:
        for source in registry.snapshots:
            cursor.execute(source.marker[connection.vendor].format(brand=int(brand.pk)))
            now = [None if value is None else int(value) for value in cursor.fetchone()]
            if manifest.markers.get(source.table) != now:
                behind.append(source.table)
        for log in registry.logs:
            if log.gone:
                cursor.execute(log.gone.format(brand=int(brand.pk)))
                if letting_go.plain(cursor.fetchall()) != manifest.gone.get(log.table, []):
                    behind.append(log.table)
    return behind
