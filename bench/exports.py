"""A million customers exported in each format, beside SQLite's own rows written by Python's csv.

    python -m bench.exports [--customers 1000000]

Prints one JSON object: for each format seconds, seconds of processor time and rows in each of these, the
file's MiB and the greatest memory of a process that exports nothing else; `ratio` is rows in a second of
processor time to those of the baseline, which reads the same table in order and writes CSV, and knows no
names, no masks, no cities.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from pathlib import Path
from typing import Any

SETTINGS = {"DJANGO_SETTINGS_MODULE": "guanxi.platform.settings"}
RAW = """SELECT id, orders, revenue_fen, first_ms, last_order_ms, adcode FROM customers_customer
  WHERE merged_into_id IS NULL ORDER BY id DESC"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--format", help="Only this one, in the data folder there is.")
    options = parser.parse_args()
    if options.format:
        print(json.dumps(written(options.format)))
        return
    with tempfile.TemporaryDirectory(prefix="guanxi-bench-") as folder:
        os.environ |= SETTINGS | {
            "GUANXI_HOME": folder,
            "GUANXI_MASTER_KEY": b64encode(os.urandom(32)).decode(),
        }
        os.environ.pop("DATABASE_URL", None)
        fill(options.customers)
        bare = baseline(Path(folder))
        found: dict[str, Any] = {"customers": options.customers, "baseline_rows_per_second": round(bare)}
        for name in ("csv", "xlsx", "parquet"):
            one = json.loads(
                subprocess.check_output([sys.executable, "-m", "bench.exports", "--format", name])
            )
            found[name] = one | {"ratio": round(one["rows_per_second"] / bare, 3)}
        print(json.dumps(found | {"wanted": {"peak_mib": 200}}))


def fill(count: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from bench import customers
    from guanxi.customers.held import BITS
    from guanxi.platform import people
    from guanxi.platform.writing import writing

    call_command("migrate", verbosity=0)
    brand = people.create_brand("bench", "Bench", actor="cli").pk
    with writing(), connection.cursor() as cursor:
        cursor.execute(customers._SUBJECTS, [count, brand])
        cursor.execute(customers._CUSTOMERS.format(**BITS), [count, brand])
    customers.seal(brand, range(max(count - customers.SEALED, 0) + 1, count + 1))
    connection.close()


def baseline(folder: Path) -> float:
    """Rows a second of processor time."""
    source = next(folder.glob("*.sqlite3"))
    started = time.process_time()
    with sqlite3.connect(source) as connection, (folder / "bare.csv").open("w", newline="") as target:
        rows = connection.execute(RAW)
        csv.writer(target).writerows(rows)
        count = connection.execute("SELECT count(*) FROM customers_customer").fetchone()[0]
    taken = time.process_time() - started
    return float(count / taken)


def written(name: str) -> dict[str, Any]:
    """One export as the worker makes it."""
    import django

    django.setup()
    from guanxi.platform import exports, jobs
    from guanxi.platform.actors import COMMAND_LINE
    from guanxi.platform.models import Brand

    brand = Brand.objects.get(slug="bench")
    wanted = exports.want(brand, "customers", name, {}, COMMAND_LINE)
    started, begun = time.perf_counter(), time.process_time()
    jobs.run_queued()
    taken, worked = time.perf_counter() - started, time.process_time() - begun
    found = exports.find(brand.pk, wanted, COMMAND_LINE)
    return {
        "seconds": round(taken, 1),
        "rows": found.rows,
        "processor_seconds": round(worked, 1),
        "rows_per_second": round(found.rows / worked),
        "mib": round(found.size_bytes / 2**20, 1),
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "state": str(found.state),
    }


if __name__ == "__main__":
    main()
