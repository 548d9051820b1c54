"""Markov over a million journeys of a lake, beside DuckDB's own count of their transitions.

    python -m bench.attribution [--journeys 1000000]

`seconds` is everything from the lake to the credits: touches and orders in order, journeys by the rules of
the guide (window, first order, merged customers), the chain and its removal effects. The baseline is the SQL
that people write, `lead()` over the facts of a subject: it counts transitions and knows no merges, no window,
no chain. `report_seconds` is the whole report, seven methods.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa

DAY_MS = 86_400_000
START_MS = 1_672_502_400_000  # 2023-01-01 in Shanghai
CHANNELS = (
    "douyin_ad",
    "wecom",
    "sms",
    "tmall_ad",
    "xhs",
    "kol",
    "store",
    "live",
    "search",
    "offline",
    "web",
    "email",
)
BASELINE = """
SELECT channel, kind, following, count(*) AS times FROM (
  SELECT channel, kind, lead(channel) OVER (PARTITION BY subject_id ORDER BY occurred_ms, id) AS following
  FROM touchpoints WHERE kind IN ('code.scanned', 'order.paid')) GROUP BY ALL
"""
ROUNDS = 5


def generate(slug: str, journeys: int, seed: int = 7) -> int:
    """A lake of customers with three touches on average over twelve channels, two fifths of whom bought;
    a sixth of the subjects belongs to somebody else. Answers how many touches there are."""
    from guanxi.warehouse import files
    from guanxi.warehouse.lake import Lake, Manifest
    from guanxi.warehouse.schemas import SUBJECT_MAP

    chance, lake = np.random.default_rng(seed), Lake(slug)
    lengths = np.minimum(chance.geometric(1 / 3, journeys), 60)
    touches = int(lengths.sum())
    person = np.repeat(np.arange(journeys), lengths)
    begin = START_MS + (chance.random(journeys) * 900 * DAY_MS).astype(np.int64)
    buyers = np.flatnonzero(chance.random(journeys) < 0.4)
    second = journeys + np.arange(journeys // 5)  # a second subject of the first fifth
    subject = np.concatenate([person, buyers])
    moved = (subject < len(second)) & (chance.random(len(subject)) < 0.5)
    subject[moved] = second[subject[moved]]
    met_ms = begin[person] + (chance.random(touches) * 25 * DAY_MS).astype(np.int64)
    n = len(subject)
    order = chance.permutation(n)
    channel = np.concatenate(
        [chance.choice(12, touches, p=np.arange(12, 0, -1) / 78), chance.integers(0, 12, len(buyers))]
    )
    table = pa.table(
        {
            "id": np.arange(1, n + 1),
            "source": pa.repeat("bench", n),
            "kind": pa.DictionaryArray.from_arrays(
                (np.arange(n) >= touches)[order].astype(np.int8), ["code.scanned", "order.paid"]
            ),
            "channel": pa.DictionaryArray.from_arrays(channel[order], CHANNELS),
            "subject_id": subject[order] + 1,
            "occurred_ms": np.concatenate([met_ms, begin[buyers] + 26 * DAY_MS])[order],
            "amount_fen": chance.integers(100, 100_000, n),
            "quantity": pa.repeat(1, n),
            "payload": pa.repeat("", n),
        }
    )
    everybody = np.arange(1, journeys + len(second) + 1)
    roots = np.concatenate([np.arange(1, journeys + 1), np.arange(1, len(second) + 1)])
    links = [everybody, roots, pa.repeat("phone", len(roots)), begin[roots - 1]]
    parts = [
        files.write(lake, "touchpoints", part, month)
        for month, part in files.by_month(files.finished(table, "Asia/Shanghai"))
    ]
    manifest = Manifest(timezone="Asia/Shanghai", lineage="bench", synced_ms=0)
    manifest = manifest.with_files("touchpoints", parts)
    mapped = files.write(lake, "subject_map", pa.table(links, schema=SUBJECT_MAP))
    with lake.locked():
        lake.commit(manifest.with_files("subject_map", [mapped]))
    return touches


def best(work: Callable[[], Any]) -> tuple[float, Any]:
    taken, answer = [], None
    for _ in range(ROUNDS):
        start = time.perf_counter()
        answer = work()
        taken.append(time.perf_counter() - start)
    return min(taken), answer


def measure(slug: str) -> dict[str, Any]:
    from guanxi.economics import attribution, metrics
    from guanxi.economics.journeys.attribution import attribution as report
    from guanxi.economics.journeys.attribution import read
    from guanxi.economics.running import values_of
    from guanxi.warehouse.engines import engine
    from guanxi.warehouse.lake import Lake

    brand: Any = SimpleNamespace(slug=slug, timezone="Asia/Shanghai", pk=0)
    ever = metrics.Days(-(2**31), 2**31 - 1)
    bare, _ = best(lambda: engine().query(Lake(slug), BASELINE))
    ours, journeys = best(lambda: read(brand, ever, 30, True))
    chain, credit = best(lambda: attribution.markov(journeys))
    whole, _ = best(lambda: report(brand, values_of("attribution", {})))
    return {
        "journeys": len(journeys.start),
        "touches": len(journeys.channel),
        "seconds": round(ours + chain, 3),
        "of_which_chain": round(chain, 3),
        "baseline_seconds": round(bare, 3),
        "times_baseline": round((ours + chain) / bare, 2),
        "report_seconds": round(whole, 3),
        "credited": round(float(credit.conversions.sum())),
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--journeys", type=int, default=1_000_000)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GUANXI_HOME"] = str(Path(folder))
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guanxi.platform.settings")
        import django

        django.setup()
        generate("bench", chosen.journeys)
        print(json.dumps(measure("bench")))


if __name__ == "__main__":
    main()
