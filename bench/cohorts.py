"""The cohort triangle of ten million orders: cold, and from the kept months of each customer.

python -m bench.cohorts [--rows 12500000]

`cold` is the triangle of customers from the lake (months of each customer, then counted), `by_hand` the best
SQL we can write for DuckDB for the same; `kept` is the triangle from the file, with its money, and
`kept_report` the whole report. `metric` is the portable definition with revenue, refunds and margin, which
any other question takes. `refresh` is what a sync pays for the file. `cpu` are seconds of processors, which
other work on the machine disturbs less.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

BY_HAND = """
WITH s AS (
  SELECT subject_id, bit_or(1::bigint << (local_month - 24276)) b FROM touchpoints
  WHERE kind = 'order.paid' AND subject_id IS NOT NULL GROUP BY 1
), c AS (
  SELECT bit_or(b) b FROM s LEFT JOIN subject_map m USING (subject_id)
  GROUP BY coalesce(m.customer_id, s.subject_id)
), n AS (
  SELECT b, b & -b AS opened, count(*) AS n FROM c GROUP BY 1, 2
)
SELECT opened, p.period, sum(n)::bigint customers FROM n, (SELECT unnest(range(0, 48)) period) p
WHERE b >> p.period & 1 = 1 GROUP BY 1, 2
"""


def best(call: Callable[[], Any], rounds: int) -> tuple[dict[str, float], Any]:
    taken, answer = [], None
    for _ in range(rounds):
        started, worked = time.perf_counter(), time.process_time()
        answer = call()
        taken.append((time.perf_counter() - started, time.process_time() - worked))
    wall, cpu = (round(min(column), 4) for column in zip(*taken, strict=True))
    return {"wall": wall, "cpu": cpu}, answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=12_500_000)  # four fifths of them are orders
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="guanxi-bench-") as folder:
        os.environ.update(GUANXI_HOME=folder, DJANGO_SETTINGS_MODULE="guanxi.platform.settings")
        os.environ.pop("WAREHOUSE_URL", None)
        os.environ.pop("DATABASE_URL", None)
        import django

        django.setup()
        from django.core.management import call_command

        from bench._lake import generate
        from guanxi.economics import metrics, running
        from guanxi.economics.retention import bitmaps
        from guanxi.warehouse import queries as warehouse
        from guanxi.warehouse.engines import engine

        call_command("migrate", verbosity=0)
        lake = generate("bench", options.rows, options.customers)
        brand: Any = SimpleNamespace(
            slug="bench", pk=1, timezone="Asia/Shanghai", created_ms=0, currency="CNY"
        )
        tables = warehouse.tables()
        facts, links = tables["touchpoints"], tables["subject_map"]
        first, until = 24_276, 30_000

        def cold() -> dict[tuple[int, int], int]:
            table = warehouse.run(brand, bitmaps.bitmaps(facts, links, first, until))
            return bitmaps.triangle(table["bits"].to_numpy(), first, 1)

        def kept() -> bitmaps.Cells:
            found = bitmaps.read(brand)
            assert found is not None
            return bitmaps.cells(found, "month")

        seconds: dict[str, dict[str, float]] = {}
        seconds["cold"], triangle = best(cold, options.rounds)
        seconds["by_hand"], by_hand = best(lambda: engine().query(lake, BY_HAND), options.rounds)
        metric = metrics.cohort_cells(facts, links, "month", until)
        seconds["metric"], cells = best(lambda: warehouse.run(brand, metric), options.rounds)
        seconds["refresh"], _ = best(lambda: bitmaps.refresh(brand), 1)
        seconds["kept"], again = best(kept, options.rounds)
        seconds["kept_report"], _ = best(lambda: running.run(brand, "cohorts", {}), options.rounds)
        told = {(row["cohort"], row["period"]): row["customers"] for row in cells.to_pylist()}
        told = {place: customers for place, customers in told.items() if customers}
        hand = {
            (first + row["opened"].bit_length() - 1, first + row["period"]): row["customers"]
            for row in by_hand.to_pylist()
        }
        kept_told = {(c["cohort"], c["period"]): c["customers"] for c in again if c["customers"]}
        if not triangle == told == hand == kept_told:
            raise SystemExit("the triangles differ")
    print(
        json.dumps(
            {
                "rows": options.rows,
                "seconds": seconds,
                "cold_ratio": {
                    unit: round(seconds["cold"][unit] / seconds["by_hand"][unit], 3)
                    for unit in ("wall", "cpu")
                },
                "wanted": {"cold": 1, "kept": 0.1},
            }
        )
    )


if __name__ == "__main__":
    main()
