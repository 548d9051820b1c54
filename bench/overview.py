"""Overview and cohorts over a generated lake, beside the best SQL we can write by hand for DuckDB.

    python -m bench.overview [--rows 10000000] [--customers 1000000]

Both run on the same views, in turn, without any kept figures. `first_look_seconds` is the first look of a
process after a sync, which kept them; `later_p95_ms` the looks after it.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

OVERVIEW = """
WITH s AS (
  SELECT subject_id, count(*) n FROM touchpoints
  WHERE kind = 'order.paid' AND subject_id IS NOT NULL GROUP BY 1
), c AS (
  SELECT coalesce(m.customer_id, s.subject_id) c, sum(n)::bigint n
  FROM s LEFT JOIN subject_map m USING (subject_id) GROUP BY 1
), b AS (
  SELECT count(*) buyers, count(*) FILTER (n >= 2) repeat_buyers FROM c
), t AS (
  SELECT count(*) FILTER (kind = 'order.paid') orders,
    sum(amount_fen) FILTER (kind = 'order.paid') revenue_fen,
    sum(amount_fen) FILTER (kind = 'order.refunded') refunds_fen,
    min(local_day) FILTER (kind = 'order.paid') first_day,
    max(local_day) FILTER (kind = 'order.paid') last_day
  FROM touchpoints WHERE kind IN ('order.paid', 'order.refunded')
)
SELECT *, (SELECT count(*) FROM customers) customers FROM b, t
"""
COHORTS = """
WITH s AS (
  SELECT subject_id, local_month, count(*) n, sum(amount_fen)::bigint a FROM touchpoints
  WHERE kind = 'order.paid' AND subject_id IS NOT NULL GROUP BY 1, 2
), m AS MATERIALIZED (
  SELECT coalesce(m.customer_id, s.subject_id) c, local_month, n, a
  FROM s LEFT JOIN subject_map m USING (subject_id)
), f AS (
  SELECT c, min(local_month) cohort FROM m GROUP BY 1
), j AS (
  SELECT cohort, m.c, local_month, n, a FROM m JOIN f USING (c)
), money AS (
  SELECT cohort, local_month, sum(n) orders, sum(a) revenue_fen FROM j GROUP BY 1, 2
), heads AS (
  SELECT cohort, local_month, count(*) customers
  FROM (SELECT DISTINCT c, local_month, cohort FROM j) GROUP BY 1, 2
)
SELECT * FROM money JOIN heads USING (cohort, local_month) ORDER BY 1, 2
"""


def seconds(call: Callable[[], Any]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="guanxi-bench-") as folder:
        os.environ.update(GUANXI_HOME=folder, DJANGO_SETTINGS_MODULE="guanxi.platform.settings")
        os.environ.pop("WAREHOUSE_URL", None)
        import django

        django.setup()
        from bench._lake import generate
        from guanxi.economics import figures, queries, services
        from guanxi.warehouse.engines import engine

        lake = generate("bench", options.rows, options.customers)
        brand: Any = SimpleNamespace(slug="bench", pk=1, timezone="Asia/Shanghai", created_ms=0)
        duckdb = engine()

        def ours_overview() -> None:
            for name in ("totals", "buyers", "customers"):
                queries.compute(brand, name)

        ratios: dict[str, Any] = {}
        for name, ours, by_hand in (
            ("overview", ours_overview, OVERVIEW),
            ("cohorts", lambda: queries.compute(brand, "cohorts"), COHORTS),
        ):
            pairs = [
                (seconds(ours), seconds(partial(duckdb.query, lake, by_hand))) for _ in range(options.rounds)
            ]
            mine, theirs = (min(column) for column in zip(*pairs, strict=True))
            ratios[name] = {
                "ours": round(mine, 3),
                "by_hand": round(theirs, 3),
                "ratio": round(mine / theirs, 3),
            }

        def look() -> None:
            queries.overview(brand)
            queries.monthly(brand)
            queries.cohorts(brand)
            queries.channels(brand)

        refresh = seconds(lambda: services.refresh(brand))
        figures.forget()
        first = seconds(look)
        later = sorted(seconds(look) for _ in range(200))
    print(
        json.dumps(
            {
                "rows": options.rows,
                **ratios,
                "refresh_at_sync_seconds": round(refresh, 3),
                "first_look_seconds": round(first, 4),
                "later_p95_ms": round(later[189] * 1000, 2),
                "wanted": {"ratio": 1.3, "first_look_seconds": 2, "later_p95_ms": 300},
            }
        )
    )


if __name__ == "__main__":
    main()
