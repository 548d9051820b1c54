"""A generated lake for benchmarks: ten million facts of a million customers, seeded."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from guanxi.warehouse import files
from guanxi.warehouse.lake import Lake, Manifest
from guanxi.warehouse.schemas import CUSTOMERS, SUBJECT_MAP

DAY_MS = 86_400_000
START_MS = 1_672_502_400_000  # 2023-01-01 in Shanghai
DAYS = 1_096
ROWS_AT_ONCE = 2_000_000


def generate(slug: str, rows: int, customers: int, seed: int = 7) -> Lake:
    """Write the lake of a made-up brand: a fifth more subjects than customers, most customers with few
    orders, some with many, four fifths of the facts paid orders, a twentieth anonymous."""
    chance = np.random.default_rng(seed)
    lake = Lake(slug)
    subjects = customers * 6 // 5
    roots = np.arange(1, subjects + 1)
    roots[customers:] = chance.integers(1, customers + 1, subjects - customers)
    first_ms = START_MS + (chance.random(subjects) * DAYS * 0.9).astype(np.int64) * DAY_MS
    weights = np.cumsum(chance.pareto(1.5, subjects) + 0.2)
    manifest = Manifest(timezone="Asia/Shanghai", lineage="bench", synced_ms=0)
    parts = []
    for start in range(0, rows, ROWS_AT_ONCE):
        n = min(ROWS_AT_ONCE, rows - start)
        chosen = np.searchsorted(weights, chance.random(n) * weights[-1])
        at = first_ms[chosen] + (chance.exponential(200, n) * DAY_MS).astype(np.int64)
        at = np.minimum(at, START_MS + DAYS * DAY_MS - 1 - chance.integers(0, 30 * DAY_MS, n))
        kinds = pa.array(["order.paid", "order.refunded", "code.scanned", "message.sent"])
        table = pa.table(
            {
                "id": np.arange(start + 1, start + n + 1),
                "source": pa.DictionaryArray.from_arrays(
                    chance.integers(0, 4, n), ["tmall", "jd", "dy", "yz"]
                ),
                "kind": pa.DictionaryArray.from_arrays(chance.choice(4, n, p=[0.8, 0.05, 0.1, 0.05]), kinds),
                "channel": pa.DictionaryArray.from_arrays(
                    chance.integers(0, 4, n), ["tmall", "jd", "douyin", "store"]
                ),
                "subject_id": pa.array(chosen + 1, mask=chance.random(n) < 0.05),
                "occurred_ms": at,
                "amount_fen": chance.integers(100, 100_000, n),
                "quantity": chance.integers(1, 4, n),
                "payload": pa.repeat("", n),
            }
        )
        parts += [
            files.write(lake, "touchpoints", part, month)
            for month, part in files.by_month(files.finished(table, "Asia/Shanghai"))
        ]
    subject_map = pa.table(
        [np.arange(1, subjects + 1), roots, pa.repeat("phone", subjects), first_ms], schema=SUBJECT_MAP
    )
    known = {
        "customer_id": np.arange(1, customers + 1),
        "first_ms": first_ms[:customers],
        "last_ms": first_ms[:customers],
        "gender": pa.repeat("f", customers),
        "language": pa.repeat("zh-CN", customers),
    }
    columns = [known.get(field.name, pa.nulls(customers, field.type)) for field in CUSTOMERS]
    people = pa.table(columns, schema=CUSTOMERS)
    manifest = manifest.with_files("touchpoints", parts)
    manifest = manifest.with_files("subject_map", [files.write(lake, "subject_map", subject_map)])
    manifest = manifest.with_files("customers", [files.write(lake, "customers", people)])
    with lake.locked():
        lake.commit(manifest)
    return lake
