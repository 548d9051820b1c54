"""Every page of the console at a million customers: how long it takes, and how many questions it asks.

    python -m bench.pages [--customers 1000000] [--rows 5000000] [--keep FOLDER] [--page NAME …]

The brand is written by SQL (`bench._world`), its lake generated, its reports computed once as after a sync;
then an owner's browser asks for each page, warm, `LOOKS` times. `p95_ms` is by the clock, `cpu_p95_ms` of
processor time alone, for machines that do other things as well; `over` names the pages whose processor time
is above 300 ms. A folder given with `--keep` is made once and used again.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

LOOKS = 12
WANTED_MS = 300
PASSWORD = "a long and odd sentence"
ADDRESSES = {
    "overview": "/overview",
    "customers": "/customers",
    "customers by revenue": "/customers?sort=revenue",
    "customers of a tag": "/customers?tag=tag7",
    "customers without a phone": "/customers?lacks=phone",
    "customers: search": "/customers?q=%E7%8E%8B%E5%B0%8F",
    "customer": "/customers/{customer}",
    "customer of nobody's name": "/customers/7",
    "timeline": "/customers/{customer}/timeline",
    "consent": "/consent",
    "rights": "/rights",
    "rights, ended": "/rights?show=ended",
    "rights: one": "/rights/10",
    "record of processing": "/rights/processing",
    "tags": "/tags",
    "preferences": "/preferences",
    "stores": "/stores",
    "reviews": "/reviews",
    "review": "/reviews/7",
    "community": "/community",
    "followers": "/community/followers",
    "reports": "/reports",
    "report ltv": "/reports/ltv",
    "assumptions": "/assumptions",
    "rate card": "/rate-card",
    "scenarios": "/scenarios",
    "states": "/states",
    "segments": "/segments",
    "segment": "/segments/1",
    "segment: edit": "/segments/1/edit",
    "computed fields": "/segments/fields",
    "imports": "/imports",
    "import": "/imports/7",
    "exports": "/exports",
    "log": "/log",
    "log of a kind": "/log?kind=code.scanned",
    "webhooks": "/settings/webhooks",
    "webhook": "/settings/webhooks/7",
    "delivery": "/settings/deliveries/7",
    "API keys": "/settings/api-keys",
    "people": "/settings/people",
    "person": "/settings/people/2",
    "roles": "/settings/roles",
    "audit": "/settings/audit",
    "audit of an action": "/settings/audit?action=customer.unmasked",
    "audit of a person": "/settings/audit?actor=user:2",
    "brand": "/settings/brand",
    "palette": "/palette?q=%E7%8E%8B%E5%B0%8F",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--rows", type=int, default=5_000_000, help="Facts of the lake.")
    parser.add_argument("--keep", type=Path, help="Make the brand here, or use the one that is here.")
    parser.add_argument("--page", action="append", choices=ADDRESSES, help="Only these; default: all.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="guanxi-bench-") as folder:
        home = options.keep or Path(folder)
        os.environ.update(GUANXI_HOME=str(home), DJANGO_SETTINGS_MODULE="guanxi.platform.settings")
        os.environ.pop("WAREHOUSE_URL", None)
        os.environ["DATABASE_URL"] = f"sqlite:///{home}/bench.sqlite3"
        if (home / "made").exists():
            import django

            django.setup()
        else:
            make(options.customers, options.rows)
            (home / "made").touch()
        print(json.dumps(measured(options.customers, options.page or list(ADDRESSES)), ensure_ascii=False))


def make(customers: int, rows: int) -> None:
    """The brand in an empty data folder."""
    from guanxi.cli.initialising import initialise

    place = {"brand": "Bench", "slug": "bench", "currency": "CNY", "timezone": "Asia/Shanghai"}
    initialise("bench", PASSWORD, **place, json=True)
    from bench import _world
    from bench._lake import generate
    from guanxi.economics import running, stored
    from guanxi.economics.catalogue import REPORTS
    from guanxi.platform import people
    from guanxi.platform.contracts import Role
    from guanxi.platform.models import Brand
    from guanxi.segments import services as segments
    from guanxi.warehouse import files

    brand = Brand.objects.get(slug="bench")
    for number in range(20):
        user = people.create_user(f"person{number}", PASSWORD, actor="cli")
        people.add_membership(user.pk, brand.pk, Role.ANALYST, actor="cli")
    for number in range(30):
        buyers = {"version": 1, "leaf": "behaviour.did", "kinds": ["order.paid"], "at_least": number % 6 + 1}
        segments.create(brand, f"Buyers {number}", buyers, actor="cli")
    _world.fill(brand.pk, customers)
    lake = generate("bench", rows, customers)
    told = [files.write(lake, "followers", _world.followers(customers))]
    with lake.locked():
        lake.commit(lake.manifest().with_files("followers", told))
    with running.sharing():
        for kind in REPORTS.values():
            if kind.kept:
                stored.answer(brand, kind.name, {})


def measured(customers: int, names: list[str]) -> dict[str, Any]:
    from django.test import Client

    client = Client(HTTP_HOST="localhost")
    if client.post("/signin", {"username": "bench", "password": PASSWORD}).status_code != 302:
        raise SystemExit("The benchmark cannot sign in.")
    pages = {name: looked_at(client, ADDRESSES[name].format(customer=customers - 5)) for name in names}
    over = [name for name, page in pages.items() if page["cpu_p95_ms"] >= WANTED_MS]
    return {"customers": customers, "pages": pages, "over": over, "wanted_ms": WANTED_MS}


def looked_at(client: Any, address: str) -> dict[str, float]:
    """The first look, then the later ones."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        first, _spent = one(client, address)
    looks = [one(client, address) for _ in range(LOOKS)]
    clock, processor = (sorted(values) for values in zip(*looks, strict=True))
    at = int(LOOKS * 0.95)
    return {
        "queries": len(asked),
        "first_ms": round(first, 1),
        "p50_ms": round(clock[LOOKS // 2], 1),
        "p95_ms": round(clock[at], 1),
        "cpu_p95_ms": round(processor[at], 1),
    }


def one(client: Any, address: str) -> tuple[float, float]:
    """Milliseconds until the whole page is there, by the clock and of processor time."""
    began, spent = time.perf_counter(), time.process_time()
    answer = client.get(address)
    _size = len(b"".join(answer))
    if answer.status_code != 200:
        raise SystemExit(f"{address} answers {answer.status_code}")
    return (time.perf_counter() - began) * 1000, (time.process_time() - spent) * 1000


if __name__ == "__main__":
    main()
