"""DuckDB over the lake's Parquet files: the default engine, inside the process.

`duckdb://?memory=4GB&threads=2` bounds it; by default it takes two fifths of the machine's memory.
"""

from __future__ import annotations

import os
from threading import Lock
from urllib.parse import parse_qsl, urlsplit

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from guanxi.platform.home import ensure_folder
from guanxi.warehouse.lake import Lake
from guanxi.warehouse.schemas import SCHEMAS

TYPES = {pa.int64(): "BIGINT", pa.int32(): "INTEGER", pa.int16(): "SMALLINT", pa.string(): "VARCHAR"}


class DuckDB:
    name = "duckdb"
    dialect = "duckdb"

    def __init__(self, url: str = "duckdb://") -> None:
        options = dict(parse_qsl(urlsplit(url).query))
        self._connection = duckdb.connect(
            config={
                "memory_limit": options.get("memory", f"{_default_memory_mb()}MB"),
                "threads": options.get("threads", str(os.cpu_count() or 1)),
                "temp_directory": str(ensure_folder("lake", ".spill")),
                "preserve_insertion_order": "false",
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
            }
        )
        self._loaded: dict[str, tuple[tuple[int, int], str]] = {}  # lake → stamp, version
        self._lock = Lock()

    def version(self, lake: Lake) -> str:
        self.load(lake)
        return self._loaded[str(lake.folder)][1]

    def load(self, lake: Lake) -> None:
        """Point the brand's views at the files that the manifest names now."""
        with self._lock:
            stamp = lake.stamp()
            if str(lake.folder) in self._loaded and self._loaded[str(lake.folder)][0] == stamp:
                return
            manifest = lake.manifest()
            schema = _schema_name(lake)
            with self._connection.cursor() as cursor:
                cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
                cursor.execute("BEGIN")
                for table in SCHEMAS:
                    files = [str(lake.path(file)) for file in manifest.files.get(table, []) if file.rows]
                    held = files and pq.read_schema(files[0]).names
                    view = view_of(table, files, held or SCHEMAS[table].names)
                    cursor.execute(f"CREATE OR REPLACE VIEW {schema}.{table} AS {view}")
                cursor.execute("COMMIT")
            self._loaded[str(lake.folder)] = (stamp, manifest.version)

    def query(self, lake: Lake, sql: str) -> pa.Table:
        self.load(lake)
        with self._connection.cursor() as cursor:
            cursor.execute(f"USE {_schema_name(lake)}")
            return cursor.execute(sql).to_arrow_table()

    def close(self) -> None:
        self._connection.close()


def view_of(table: str, files: list[str], held: list[str]) -> str:
    """A SELECT of the table's columns over Parquet files; the month in a path prunes whole files. Columns
    that files of an older version do not hold are NULL until the next sync writes them."""
    if not files:
        nulls = ", ".join(f"NULL::{TYPES[field.type]} AS {field.name}" for field in SCHEMAS[table])
        return f"SELECT {nulls} WHERE false"
    names = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
    present = {*held, "local_month"}
    columns = ", ".join(
        field.name if field.name in present else f"NULL::{TYPES[field.type]} AS {field.name}"
        for field in SCHEMAS[table]
    )
    hive = "true, hive_types = {'local_month': INTEGER}" if table == "touchpoints" else "false"
    return f"SELECT {columns} FROM read_parquet([{names}], hive_partitioning = {hive})"


def _schema_name(lake: Lake) -> str:
    return '"' + str(lake.folder).replace('"', '""') + '"'


def _default_memory_mb() -> int:
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return max(512, pages * size * 2 // 5 >> 20)
