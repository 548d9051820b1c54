"""The member's card in a brand of many customers, beside a view that says "ok".

    python -m bench.card [--customers 100000] [--looks 300]

The brand is written by SQL (`bench._world`); members are signed in and their cards asked for, each a little
while after the other, through Django's handlers without a network. `p95_ms` is by the clock, `cpu_p95_ms` of
processor time alone, for machines that do other things as well; `bytes` is the page, without its style.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from typing import Any

WANTED_MS = 50
MEMBERS = 40


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--looks", type=int, default=300)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="guanxi-bench-") as folder:
        os.environ.update(GUANXI_HOME=folder, DJANGO_SETTINGS_MODULE="guanxi.platform.settings")
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/bench.sqlite3"
        print(json.dumps(measured(options.customers, options.looks), ensure_ascii=False))


def measured(customers: int, looks: int) -> dict[str, Any]:
    from guanxi.cli.initialising import initialise

    place = {"brand": "Bench", "slug": "bench", "currency": "CNY", "timezone": "Asia/Shanghai"}
    initialise("bench", "a long and odd sentence", **place, json=True)
    from django.test import Client

    from bench import _world
    from guanxi.customers.consent import phone
    from guanxi.platform.models import Brand

    brand = Brand.objects.get(slug="bench")
    _world.fill(brand.pk, customers)
    clients = [signed_in(brand, customers - number) for number in range(MEMBERS)]
    bare = timed([Client(HTTP_HOST="localhost")], "/alive", looks)
    card = timed(clients, "/m/bench/", looks, before=phone.ASKS.clear)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        page = clients[0].get("/m/bench/")
        queries = len(asked)
    over = card["cpu_p95_ms"] >= WANTED_MS
    told = {"queries": queries, "bytes": len(page.content), "wanted_ms": WANTED_MS, "over": over}
    return {"customers": customers, "card": card, "bare": bare, **told}


def signed_in(brand: Any, customer: int) -> Any:
    """The browser of a member with a few hundred points."""
    from django.test import Client

    from guanxi.kernel.clock import now_ms
    from guanxi.loyalty.ledger.contracts import Account, Move, Place, Posting
    from guanxi.loyalty.ledger.posting import post
    from guanxi.loyalty.ledger.queries import asset
    from guanxi.loyalty.member import guards, sessions

    asset(brand.pk, "points")
    wallet = Account("points", Place.WALLET, customer)
    steps = [Move(Account("points", Place.ISSUED), wallet, units) for units in (100, 20, 3)]
    given = [Posting(f"bench:{customer}:{step.units}", "rule", [step], now_ms()) for step in steps]
    post(brand.pk, given, actor="bench")
    client = Client(HTTP_HOST="localhost")
    client.cookies[guards.COOKIE] = sessions.begin(brand.pk, customer)
    return client


def timed(clients: list[Any], address: str, looks: int, *, before: Any = None) -> dict[str, float]:
    """After a warm look of each, `looks` by turns."""
    rows = []
    for number in range(-len(clients), looks):
        if before is not None:
            before()
        began, spent = time.perf_counter(), time.process_time()
        answer = clients[number % len(clients)].get(address)
        row = ((time.perf_counter() - began) * 1000, (time.process_time() - spent) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"{address} answers {answer.status_code}")
        if number >= 0:
            rows.append(row)
    clock, processor = (sorted(values) for values in zip(*rows, strict=True))
    at = int(looks * 0.95)
    return {
        "p50_ms": round(clock[looks // 2], 2),
        "p95_ms": round(clock[at], 2),
        "cpu_p95_ms": round(processor[at], 2),
    }


if __name__ == "__main__":
    main()
