"""Every report computed anew, as after a sync, and its page looked at: over a generated lake of a brand.

    python -m bench.refit [--rows 10000000] [--customers 1000000] [--report ltv …]

`seconds` is each report's computation with its defaults, in the job's order, sharing what is asked alike;
`sql_seconds` how long DuckDB alone takes for the report's own statements, run again beside it, and `ratio`
the first over the second, below 1 where an earlier report asked the same. `first_ms` is the page's first look
after the refit, `p95_ms` those after it, as a signed-in analyst's browser asks for it. `peak_mib` is the
greatest memory of the whole process while refitting, the lake's reader in it.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import tempfile
import time
from collections.abc import Callable
from typing import Any

LOOKS = 40
PASSWORD = "a long and odd sentence"


def seconds(call: Callable[[], Any]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--report", action="append", help="Only these; default: all.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="guanxi-bench-") as folder:
        os.environ.update(GUANXI_HOME=folder, DJANGO_SETTINGS_MODULE="guanxi.platform.settings")
        os.environ.pop("WAREHOUSE_URL", None)
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/bench.sqlite3"
        print(json.dumps(measure(options.rows, options.customers, options.report)))


def measure(rows: int, customers: int, only: list[str] | None) -> dict[str, Any]:
    """The figures of one run; needs an empty data folder."""
    from guanxi.cli.initialising import initialise

    place = {"brand": "Bench", "slug": "bench", "currency": "CNY", "timezone": "Asia/Shanghai"}
    initialise("bench", PASSWORD, **place, json=True)
    from bench._lake import generate
    from guanxi.economics import running, stored
    from guanxi.economics.catalogue import REPORTS
    from guanxi.platform.models import Brand

    lake = generate("bench", rows, customers)
    brand = Brand.objects.get(slug="bench")
    found: dict[str, dict[str, Any]] = {}
    peak = 0.0
    with running.sharing():  # as the job after a sync
        for name in only or [kind.name for kind in REPORTS.values() if kind.kept]:
            spent = seconds(lambda name=name: stored.answer(brand, name, {}))  # type: ignore[misc]
            peak = max(peak, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
            found[name] = {"seconds": round(spent, 2)}
    for name in found:
        sql = sql_seconds(lake, stored.answer(brand, name, {}).report.sql)
        ratio = round(found[name]["seconds"] / sql, 2) if sql else None
        found[name] |= {"sql_seconds": round(sql, 2), "ratio": ratio, **looks(name)}
    return {
        "rows": rows,
        "customers": customers,
        "reports": found,
        "refit_seconds": round(sum(told["seconds"] for told in found.values()), 1),
        "peak_mib": round(peak),
        "wanted": {"refit_seconds": 60, "peak_mib": 2048, "first_ms": 2000, "p95_ms": 300},
    }


def sql_seconds(lake: Any, statements: Any) -> float:
    """What DuckDB alone takes for the statements of a report."""
    from guanxi.warehouse.engines import engine

    return sum(seconds(lambda text=text: engine().query(lake, text)) for text in statements)  # type: ignore[misc]


def looks(name: str) -> dict[str, float]:
    """The page of a report, asked for as a browser does."""
    from django.test import Client

    client = Client(HTTP_HOST="localhost")
    if client.post("/signin", {"username": "bench", "password": PASSWORD}).status_code != 302:
        raise SystemExit("The benchmark cannot sign in.")
    answers: list[float] = []
    for _ in range(LOOKS):
        began = time.perf_counter()
        status = client.get(f"/reports/{name}").status_code
        answers.append((time.perf_counter() - began) * 1000)
        if status != 200:
            raise SystemExit(f"/reports/{name} answers {status}")
    later = sorted(answers[1:])
    return {"first_ms": round(answers[0], 1), "p95_ms": round(later[int(len(later) * 0.95)], 1)}


if __name__ == "__main__":
    main()
