"""Rules over a file: orders through thirty rules, booked in the ledger, beside bare inserts of the same rows.

`python -m bench.rules --orders 1000000 --database postgres|sqlite` prints one JSON object. Orders are already
in the log; timed is what recording them has rules do: decide, post, count uses of limits, note which order is
which. Every posting is compared with a slow and obvious reading of the guide
(tests/loyalty/rules/reference.py): `wrong` must be 0. The baseline inserts the postings, moves, lots and
accounts that came of it into empty tables with the same columns, checks and indexes: COPY on PostgreSQL,
executemany on SQLite. Two of the rules ask for a customer's first order, which is a condition over the log at
the moment of each order.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import tempfile
import time
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import psycopg
from tests.loyalty.rules.reference import Reference

from bench.ledger import SUBJECTS, TABLES, _copy, database, raw_sqlite, world

if TYPE_CHECKING:
    from guanxi.touchpoints.hooks import RecordedBatch

BATCH = 5_000
START_MS = 1_700_000_000_000
SPAN_MS = 90 * 86_400_000
GROUPS = {"base": ("best", 0), "extra": ("cap", 300), "gift": ("first", 0), "": ("joint", 0)}
FIRST = {"version": 1, "all": [{"leaf": "behaviour.did", "kinds": ["order.paid"], "at_most": 1}]}
CHANNELS = ("tmall", "jd", "douyin", "store")


def definitions() -> list[dict[str, Any]]:
    """Thirty rules of every sort, as plain dictionaries."""
    dice = random.Random(30)
    found: list[dict[str, Any]] = []
    for number in range(1, 31):
        effect: dict[str, Any] = {"effect": "give", "asset": "points", "units": dice.randrange(1, 40)}
        if number % 3:
            effect |= {"per": "amount", "each_fen": dice.choice([100, 500, 1_000]), "units": 1}
        if number % 4 == 0:
            effect["most"] = dice.randrange(50, 200)
        if number in (15, 30):
            effect = {"effect": "multiply", "asset": "points", "percent": 150, "group": "base"}
        said: dict[str, Any] = {"on": ["order.paid"], "effects": [effect]}
        if number > 1:  # one is for every order
            where = {"field": "channel", "op": "eq", "value": CHANNELS[number % 4]}
            more = {"field": "amount_fen", "op": "ge", "value": 2_000 * (number % 20)}
            said["where"] = [where, more]
        if number % 5 == 0:
            said["limit"] = {"per": dice.choice(["day", "week", "month"]), "times": 2}
        if number % 6 == 0:
            said["weekdays"] = [4, 5, 6]
        if number in (7, 8):
            said["if"] = FIRST
        group = ("base", "extra", "gift", "")[number % 4]
        found.append({"id": number, "priority": dice.randrange(0, 5), "group": group, "definition": said})
    return found


def create(brand: Any) -> dict[int, int]:
    """The stored rules; ours → theirs."""
    from guanxi.loyalty.rules import services
    from guanxi.loyalty.rules.contracts import State

    for name, (mode, cap) in GROUPS.items():
        if name:
            services.set_group(brand, name, mode, actor="bench", cap=cap)
    made = {}
    for rule in definitions():
        number = services.create(
            brand,
            f"rule {rule['id']}",
            rule["definition"],
            actor="bench",
            priority=rule["priority"],
            group=rule["group"],
        )
        services.set_state(brand, number, 1, State.ACTIVE, actor="bench")
        made[rule["id"]] = number
    return made


class Orders:
    """Orders in batches, in the log; the same for the reference."""

    def __init__(self, brand_id: int) -> None:
        from guanxi.touchpoints.services import source_id_of

        self.brand_id, self.source_id = brand_id, source_id_of(brand_id, "shop")
        self.dice, self.made = random.Random(7), 0

    def next(self, count: int) -> tuple[RecordedBatch, list[dict[str, Any]]]:
        from guanxi.touchpoints import log
        from guanxi.touchpoints.contracts import Mode
        from guanxi.touchpoints.hooks import RecordedBatch, RecordedFact

        facts, plain = [], []
        for number in log.next_ids(count):
            self.made += 1
            who, amount = self.dice.randrange(1, SUBJECTS + 1), self.dice.randrange(500, 90_000)
            at_ms, channel = START_MS + self.dice.randrange(SPAN_MS), self.dice.choice(CHANNELS)
            payload = orjson.dumps({"order": f"o{self.made}"}).decode()
            told = (number, f"o{self.made}:paid", "order.paid", channel, who, at_ms, amount, 1, payload)
            facts.append(RecordedFact(*told))
            plain.append(
                {"id": number, "who": who, "kind": "order.paid", "at_ms": at_ms, "amount_fen": amount}
                | {"quantity": 1, "channel": channel, "items": []}
            )
        log.insert(
            [
                (
                    *(one.id, self.brand_id, self.source_id, one.source_ref, one.kind, one.channel),
                    *(one.subject_id, one.occurred_ms, one.occurred_ms, one.amount_fen, one.quantity),
                    *(one.payload, None, False),
                )
                for one in facts
            ]
        )
        return RecordedBatch(self.brand_id, self.source_id, Mode.BACKFILL, None, facts), plain


def posted(first: int, last: int) -> dict[str, int]:
    """key → units, of the postings for facts with these ids."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.key, m.units FROM loyalty_posting p JOIN loyalty_move m ON m.posting_id = p.id"
            " WHERE p.fact_id BETWEEN %s AND %s",
            [first, last],
        )
        return dict(cursor.fetchall())


def run(brand: Any, orders: int) -> dict[str, float]:
    from guanxi.customers.models import Customer
    from guanxi.loyalty.rules.applying import apply
    from guanxi.platform.writing import writing

    people = range(1, SUBJECTS + 1)
    Customer.objects.bulk_create(
        [Customer(pk=one, brand_id=brand.pk, first_ms=1, last_ms=1) for one in people], batch_size=1_000
    )
    ours = create(brand)
    reference, making = Reference(definitions(), GROUPS), Orders(brand.pk)
    everything, with_first = reference.rules, {7, 8}
    others = [rule for rule in everything if rule["id"] not in with_first]
    past: dict[int, list[int]] = {}
    seconds, wrong, postings = 0.0, 0, 0
    for start in range(0, orders, BATCH):
        with writing(brand.pk):
            batch, plain = making.next(min(BATCH, orders - start))
            began = time.perf_counter()
            apply(batch)
            seconds += time.perf_counter() - began
        found = posted(plain[0]["id"], plain[-1]["id"])
        postings += len(found)
        for fact in plain:
            known = past.setdefault(fact["who"], [])
            known.append(fact["at_ms"])
            is_first = sum(at_ms <= fact["at_ms"] for at_ms in known) <= 1
            reference.rules = everything if is_first else others
            for rule, place, units in reference.give(fact):
                wrong += found.pop(f"rule:{ours[rule]}:{fact['id']}:{place}", 0) != units
        wrong += len(found)
    return {"seconds": seconds, "wrong": wrong, "postings": postings}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="postgres")
    parser.add_argument("--orders", type=int, default=1_000_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="guanxi-bench-") as home:
        folder = Path(home)
        with database(chosen.database, folder) as url:
            os.environ |= {
                "GUANXI_HOME": home,
                "GUANXI_MASTER_KEY": b64encode(os.urandom(32)).decode(),
                "DJANGO_SETTINGS_MODULE": "guanxi.platform.settings",
                "DATABASE_URL": url,
            }
            import django

            django.setup()
            from django.core.management import call_command
            from django.db import connections

            from guanxi.platform.models import Brand

            call_command("migrate", verbosity=0)
            found = run(Brand.objects.get(pk=world()), chosen.orders)
            connections.close_all()
            if url:
                with psycopg.connect(url) as connection:
                    bare = sum(_copy(connection, f"loyalty_{table}")[0] for table in TABLES)
            else:
                bare = raw_sqlite(folder / "guanxi.sqlite3", int(found["postings"]), BATCH)
    figures = {
        "orders_per_second": round(chosen.orders / found["seconds"]),
        "seconds": round(found["seconds"], 1),
        "bare_seconds": round(bare, 1),
        "ratio": round(bare / found["seconds"], 3),
        "wrong": found["wrong"],
        "postings": found["postings"],
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    print(json.dumps({"database": chosen.database, "orders": chosen.orders, **figures}))


if __name__ == "__main__":
    main()
