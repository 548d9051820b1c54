"""Coupons: a million unique codes, and a shop that validates and redeems through the REST API.

`python -m bench.coupons` prints one JSON object. The codes are made and written to a CSV, as an operator
would hand them out. Then validate and redeem are asked in an open loop, each pair one customer's basket with
a coupon of its own, at 50 pairs a second, of a web process on PostgreSQL (pgserver, its own settings): every
request goes out at its time, whether or not earlier ones were answered, and its latency counts from then.
"""

from __future__ import annotations

import argparse
import csv
import http.client
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pgserver

from bench import api

THREADS = 32
_SET_UP = """
import django; django.setup()
from django.core.management import call_command
call_command('migrate', verbosity=0)
from guanxi.platform import apikeys, people
from guanxi.loyalty.coupons import services
brand = people.create_brand('bench', 'Bench', actor='cli')
issued = apikeys.issue(brand.pk, 'bench', ['till:use'], rate_per_minute=1_000_000, actor='cli')
row = services.create(brand.pk, {'code': 'spring', 'name': 'Spring', 'kind': 'percent', 'percent': 10,
    'minimum_fen': 5_000, 'until_ms': 4_000_000_000_000}, actor='cli')
services.set_state(brand.pk, row.pk, 1, 'active', actor='cli')
print(issued.plaintext)
"""
_MAKE = """
import csv, sys, time
import django; django.setup()
from guanxi.platform.models import Brand
from guanxi.loyalty.coupons import making, services
from guanxi.loyalty.coupons.models import CouponCampaign
brand, row = Brand.objects.get(slug='bench'), CouponCampaign.objects.get(code='spring')
begun = time.perf_counter()
batch = services.want(brand.pk, row.pk, int(sys.argv[1]), actor='cli')
services.make(brand.pk, batch.pk)
made = time.perf_counter() - begun
with open(sys.argv[2], 'w', newline='') as file:
    writer = csv.writer(file)
    for code in making.written(brand.pk, batch.pk):
        writer.writerow([code])
print(made, time.perf_counter() - begun)
"""


@contextmanager
def databases(folder: Path) -> Iterator[None]:
    """PostgreSQL for this process and those it starts, by DATABASE_URL."""
    server = pgserver.get_server(folder / "postgres", cleanup_mode="stop")
    server.psql("CREATE DATABASE guanxi")
    url = server.get_uri().replace("/postgres?", "/guanxi?")
    plain = api.environment
    api.environment = lambda home: plain(home) | {"DATABASE_URL": url}
    try:
        yield
    finally:
        api.environment = plain
        server.cleanup()


def run(home: Path, script: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env=api.environment(home),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2_000:])
    return done.stdout.strip().splitlines()[-1]


def body(code: str, number: int) -> dict[str, Any]:
    lines = [
        {"sku": "LH-01", "amount_fen": 19_900 + number % 100, "quantity": 1},
        {"sku": "LH-02", "amount_fen": 5_900, "quantity": 2},
    ]
    return {"basket": {"lines": lines, "delivery_fen": 800}, "coupons": [code]}


def open_loop(port: int, key: str, codes: list[str], rate: float, first: int) -> dict[str, Any]:
    """Of both verbs, percentiles in ms from when each was to be asked; redeem follows validate's time by half
    a step, so that the server gets twice `rate` requests a second."""
    waiting: queue.SimpleQueue[tuple[float, str, bytes] | None] = queue.SimpleQueue()
    latencies: dict[str, list[float]] = {"validate": [], "redeem": []}
    failures: list[str] = []

    def send() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        while (task := waiting.get()) is not None:
            due, verb, content = task
            try:
                api.ask(connection, "POST", f"/api/v1/coupons/{verb}", content, key)
                latencies[verb].append(time.perf_counter() - due)
            except (OSError, RuntimeError, http.client.HTTPException) as error:
                failures.append(str(error))
                connection.close()
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    begun = time.perf_counter() + 0.05
    for number, code in enumerate(codes, first):
        asked = body(code, number)
        paid = {**asked, "key": f"k{number}", "order": f"o{number}"}
        for step, (verb, content) in enumerate((("validate", asked), ("redeem", paid))):
            due = begun + (number - first + step / 2) / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            waiting.put((due, verb, orjson.dumps(content)))
    for _ in threads:
        waiting.put(None)
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError(f"{len(failures)} requests failed, first: {failures[0]}")
    return {verb: _percentiles(told) for verb, told in latencies.items()}


def _percentiles(latencies: list[float]) -> dict[str, float]:
    ordered = sorted(latencies)
    shares = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}
    return {name: round(ordered[int(len(ordered) * share)] * 1000, 1) for name, share in shares.items()}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--codes", type=int, default=1_000_000)
    options.add_argument("--rate", type=float, default=50, help="baskets a second")
    options.add_argument("--seconds", type=float, default=20)
    given = options.parse_args()
    count, warm = min(max(given.codes, 2_000), 1_000_000), 100
    many = min(int(given.rate * given.seconds), count - warm)
    with tempfile.TemporaryDirectory(prefix="guanxi-bench-") as folder:
        home = Path(folder) / "home"
        home.mkdir()
        with databases(Path(folder)):
            key = run(home, _SET_UP)
            file = home / "codes.csv"
            made, written = map(float, run(home, _MAKE, str(count), str(file)).split())
            with file.open(newline="") as opened:
                codes = [row[0] for row, _number in zip(csv.reader(opened), range(many + warm), strict=False)]
            with api.served("guanxi.console.wsgi:application", home) as (port, _session):
                open_loop(port, key, codes[:warm], 25, 0)
                figures = open_loop(port, key, codes[warm:], given.rate, warm)
    print(
        json.dumps(
            {
                "codes": count,
                "made_seconds": round(made, 1),
                "made_and_written_seconds": round(written, 1),
                "baskets_per_second": given.rate,
                **figures,
                "load": round(os.getloadavg()[0], 1),
            }
        )
    )


if __name__ == "__main__":
    main()
