"""Rows per second of understanding order files on one core, beside a bare `csv.reader` over the same bytes.

`python -m bench.reading --rows 300000` prints one JSON object: for a Taobao order file (GB18030) and a file
of any shop by its headers (UTF-8) the rows per second of the bare pass, of reading (bytes → rows) and of
understanding (bytes → facts), each one's share of the bare pass, and the peak memory of the process.
CPU seconds count, so that other work on the machine disturbs less.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.imports import write_orders
from guanxi.touchpoints.importing import detect, grouping
from guanxi.touchpoints.importing.contracts import Options
from guanxi.touchpoints.importing.pipeline import without_collecting

OPTIONS = Options(ref_key="bench", now_ms=1_700_000_000_000)


def write_sales(path: Path, rows: int) -> None:
    """Orders of any shop, one row each, without personal data."""
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write("order,customer,date,amount,quantity,item\r\n")
        for number in range(rows):
            day = f"2024-{number % 12 + 1:02d}-{number % 28 + 1:02d} {number % 24:02d}:{number % 60:02d}:00"
            out.write(f"A{number},c{number % 50_000},{day},{number % 9_000 / 100:.2f},1,S{number % 500}\r\n")


def bare(path: Path, encoding: str) -> int:
    """What Python cannot do without: decode and part the cells."""
    with path.open(encoding=encoding, newline="") as stream:
        return sum(1 for _ in csv.reader(stream)) - 1


def read(path: Path, _encoding: str) -> int:
    (table,) = detect.open_tables(path, path.name)
    return sum(len(block.rows) for block in table.blocks())


def understand(path: Path, _encoding: str) -> int:
    (table,) = detect.open_tables(path, path.name)
    plan = detect.plan(table, None, OPTIONS)
    return sum(chunk.rows_read - len(chunk.rejects) for chunk in grouping.iter_facts(table, plan))


def rate(work: Callable[[Path, str], int], path: Path, encoding: str, rows: int) -> float:
    """Rows per CPU second, the better of two passes. Every row must have come through."""
    seconds = []
    for _ in range(2):
        started = time.process_time()
        found = work(path, encoding)
        seconds.append(time.process_time() - started)
        if found != rows:
            raise SystemExit(f"{work.__name__}: {found} rows of {rows}")
    return rows / min(seconds)


def measure(path: Path, encoding: str, rows: int) -> dict[str, float]:
    plain = rate(bare, path, encoding, rows)
    steps = {"read": rate(read, path, encoding, rows), "facts": rate(understand, path, encoding, rows)}
    measured: dict[str, float] = {"bare_rows_per_second": round(plain)}
    for name, speed in steps.items():
        measured |= {f"{name}_rows_per_second": round(speed), f"{name}_ratio": round(speed / plain, 3)}
    return measured


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=300_000)
    rows = options.parse_args().rows
    result: dict[str, object] = {"rows": rows}
    files = (("taobao", write_orders, "gb18030"), ("generic", write_sales, "utf-8"))
    with tempfile.TemporaryDirectory() as folder, without_collecting():
        for name, write, encoding in files:
            path = Path(folder) / f"{name}.csv"
            write(path, rows)
            result[name] = measure(path, encoding, rows)
    result["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main()
