"""Sync: rows a second from SQLite to the lake, beside a bare ADBC read and Arrow write of the same rows.

python -m bench.warehouse [--rows 1000000]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BARE = """
import sys, time
import adbc_driver_manager, adbc_driver_sqlite
import pyarrow as pa, pyarrow.parquet as pq
started = time.perf_counter()
connection = adbc_driver_manager.AdbcConnection(adbc_driver_sqlite.connect(sys.argv[1]))
with adbc_driver_manager.AdbcStatement(connection) as statement:
    statement.set_options(**{"adbc.sqlite.query.batch_rows": "65536"})
    statement.set_sql_query("SELECT id, source_id, kind, channel, subject_id, occurred_ms, amount_fen,"
        " quantity, payload FROM touchpoints_touchpoint ORDER BY id")
    handle, _ = statement.execute_query()
    batches = pa.RecordBatchReader.from_stream(handle)
    with pq.ParquetWriter(sys.argv[2], batches.schema, compression="zstd", compression_level=1) as writer:
        for batch in batches:
            writer.write_batch(batch)
print(time.perf_counter() - started)
"""


def fill(database: str, rows: int, brand_id: int) -> None:
    """Facts of a tenth as many customers over three years, in no order of time."""
    people = max(1, rows // 10)
    connection = sqlite3.connect(database)
    connection.execute("INSERT INTO touchpoints_source (brand_id, name) VALUES (?, 'bench')", (brand_id,))
    facts = (
        (
            brand_id,
            f"{n:016x}",
            "order.paid" if n % 5 else "order.refunded",
            ("tmall", "jd", "store")[n % 3],
            n * 7919 % people + 1,
            1_672_502_400_000 + n * 2_654_435_761 % 94_608_000_000,
            n % 99_991,
            f'{{"order":"{n:016x}","status":"paid","items":[{{"sku":"S{n % 500}","quantity":1}}]}}',
        )
        for n in range(rows)
    )
    connection.executemany(
        "INSERT INTO touchpoints_touchpoint (brand_id, source_id, source_ref, kind, channel, subject_id,"
        " occurred_ms, recorded_ms, amount_fen, quantity, payload, live)"
        " VALUES (?, 1, ?, ?, ?, ?, ?, 0, ?, 1, ?, 0)",
        facts,
    )
    connection.commit()
    connection.close()


def cpu_seconds() -> float:
    """Of this process and its children: what the work costs, also on a machine that others use."""
    uses = (resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(use.ru_utime + use.ru_stime for use in uses)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory(prefix="guanxi-bench-") as folder:
        os.environ.update(GUANXI_HOME=folder, DJANGO_SETTINGS_MODULE="guanxi.platform.settings")
        os.environ.pop("DATABASE_URL", None)
        os.environ.pop("WAREHOUSE_URL", None)
        import django

        django.setup()
        from django.core.management import call_command

        from guanxi.platform.models import Brand
        from guanxi.warehouse import services
        from guanxi.warehouse.sync import synchronise

        call_command("migrate", verbosity=0)
        brand = Brand.objects.create(slug="bench", name="bench")
        database = str(Path(folder) / "guanxi.sqlite3")
        fill(database, rows, brand.pk)
        before = cpu_seconds()
        bare = subprocess.run(
            [sys.executable, "-c", BARE, f"file:{database}?mode=ro", str(Path(folder) / "bare.parquet")],
            capture_output=True,
            text=True,
            check=True,
        )
        bare_cpu = cpu_seconds() - before
        synced = synchronise(brand)
        sync_cpu = cpu_seconds() - before - bare_cpu
        started = time.perf_counter()
        verified = services.verify(brand)
        verify_seconds = time.perf_counter() - started
    bare_rate = rows / float(bare.stdout)
    print(
        json.dumps(
            {
                "rows": synced.rows,
                "sync_rows_per_second": round(synced.rows_per_second),
                "bare_rows_per_second": round(bare_rate),
                "ratio": round(synced.rows_per_second / bare_rate, 3),
                "sync_cpu_seconds": round(sync_cpu, 2),
                "bare_cpu_seconds": round(bare_cpu, 2),
                "verify_seconds": round(verify_seconds, 2),
                "equal": verified.is_equal,
                "wanted": {"sync_rows_per_second": 200_000},
            }
        )
    )


if __name__ == "__main__":
    main()
