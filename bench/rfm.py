"""Orders to recency, frequency and money, and to scores, beside the best SQL we can write by hand for DuckDB.

python -m bench.rfm [--rows 10000000]

`customers` is a row for each customer (days since the last order, orders, money less refunds) as an Arrow
table; `scored` goes on to fifths, scores and the 25 cells of recency and frequency. Ours and theirs run in
turn, in one process, over the same views of the same files; both must count the same customers in every cell.
`cpu` are seconds of processors, which other work on the machine disturbs less.
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

CUSTOMERS = """
WITH s AS (
  SELECT subject_id,
    max(local_day) FILTER (kind = 'order.paid') last_day,
    count(*) FILTER (kind = 'order.paid') orders,
    sum(CASE kind WHEN 'order.paid' THEN amount_fen ELSE -amount_fen END)::bigint money_fen
  FROM touchpoints
  WHERE kind IN ('order.paid', 'order.refunded') AND subject_id IS NOT NULL GROUP BY 1
)
SELECT coalesce(m.customer_id, s.subject_id) customer_id, 30000 - max(last_day) recency_days,
  sum(orders)::bigint orders, sum(money_fen)::bigint money_fen
FROM s LEFT JOIN subject_map m USING (subject_id) GROUP BY 1 HAVING sum(orders) > 0
"""
SCORED = f"""
WITH c AS MATERIALIZED ({CUSTOMERS}), q AS (
  SELECT quantile_disc(recency_days, [.2, .4, .6, .8]) r, quantile_disc(orders, [.2, .4, .6, .8]) f FROM c
)
SELECT 5 - (recency_days > r[1])::int - (recency_days > r[2])::int - (recency_days > r[3])::int
    - (recency_days > r[4])::int r,
  1 + (orders > f[1])::int + (orders > f[2])::int + (orders > f[3])::int + (orders > f[4])::int f,
  count(*) customers, sum(money_fen)::bigint money_fen
FROM c, q GROUP BY 1, 2
"""
UNTIL = 30_000


def seconds(call: Callable[[], Any]) -> tuple[tuple[float, float], Any]:
    """Of the clock and of the processors, and the answer."""
    started, worked = time.perf_counter(), time.process_time()
    answer = call()
    return (time.perf_counter() - started, time.process_time() - worked), answer


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
        from guanxi.economics import metrics
        from guanxi.economics.retention.rfm import score
        from guanxi.warehouse import queries as warehouse
        from guanxi.warehouse.engines import engine

        lake = generate("bench", options.rows, options.customers)
        brand: Any = SimpleNamespace(slug="bench", pk=1, timezone="Asia/Shanghai", created_ms=0)
        tables = warehouse.tables()

        def customers() -> Any:
            return warehouse.run(brand, metrics.rfm(tables["touchpoints"], tables["subject_map"], UNTIL))

        pairs = {
            "customers": (customers, lambda: engine().query(lake, CUSTOMERS)),
            "scored": (lambda: score(customers(), None)[0], lambda: engine().query(lake, SCORED)),
        }
        figures: dict[str, Any] = {}
        for name, (ours, by_hand) in pairs.items():
            rounds = [(seconds(ours), seconds(by_hand)) for _ in range(options.rounds)]
            figures[name] = {}
            for at, unit in enumerate(("wall", "cpu")):
                mine, theirs = (min(taken[at] for taken, _ in side) for side in zip(*rounds, strict=True))
                figures[name][unit] = {
                    "ours": round(mine, 3),
                    "by_hand": round(theirs, 3),
                    "ratio": round(mine / theirs, 3),
                }
            (_, answer), (_, other) = rounds[-1]
            _same(name, answer, other)
    print(json.dumps({"rows": options.rows, **figures, "wanted": {"ratio": 1.2}}))


def _same(name: str, ours: Any, theirs: Any) -> None:
    if name == "customers":
        equal = ours.num_rows == theirs.num_rows
    else:
        cells = {(row["r"], row["f"]): row["customers"] for row in theirs.to_pylist()}
        equal = all(((ours.r == r) & (ours.f == f)).sum() == n for (r, f), n in cells.items())
    if not equal:
        raise SystemExit(f"{name}: the answers differ")


if __name__ == "__main__":
    main()
