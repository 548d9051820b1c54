"""A draw with 100,000 entrants: settled, and replayed by the outside verifier in a process of its own.

    python -m bench.draws [--entrants 100000] [--prizes 1000] [--consolation]

Prints one JSON object. `settle_seconds` is from the closing to the seed in public: the entrants frozen and
chained, the winners drawn, each prize posted in the ledger and told to the log, and with `--consolation` the
consolation of everybody else posted too. `replay_seconds` is verify_draw.py on the evidence, with its start.
`hashes_seconds` is what the bare chain of hashes over the same entrants takes, the part that no program can
leave out; `settle_cpu_seconds` is how long the processor was busy with the settling. SQLite, or an empty
PostgreSQL that DATABASE_URL names.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from pathlib import Path
from typing import Any

from bench.due import _SERIES, _required

DAY_MS = 86_400_000
PARTS = ("close", "decide", "pay", "reveal")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entrants", type=int, default=100_000)
    parser.add_argument("--prizes", type=int, default=1_000)
    parser.add_argument("--consolation", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="guanxi-bench-") as folder:
        os.environ |= {
            "GUANXI_HOME": folder,
            "GUANXI_MASTER_KEY": b64encode(os.urandom(32)).decode(),
            "DJANGO_SETTINGS_MODULE": "guanxi.platform.settings",
        }
        draw_id = fill(options.entrants, options.prizes, options.consolation)
        told = measured(draw_id, Path(folder) / "evidence.zip")
        print(json.dumps({"entrants": options.entrants, "consolation": options.consolation, **told}))


def fill(entrants: int, prizes: int, consolation: bool) -> int:
    """A draw that is open, with an entry of each of so many people."""
    import django

    django.setup()
    from django.core.management import call_command

    from guanxi.kernel.clock import now_ms
    from guanxi.loyalty.draws import services
    from guanxi.loyalty.ledger.queries import asset
    from guanxi.platform import people

    call_command("migrate", verbosity=0)
    brand = people.create_brand("bench", "Bench", actor="cli")
    asset(brand.pk, "points")
    draft = services.create(brand, terms(now_ms(), prizes, consolation), actor="bench")
    draw = services.publish(brand, draft.pk, draft.version, actor="bench")
    insert(brand.pk, draw, entrants)
    return draw.pk


def terms(at_ms: int, prizes: int, consolation: bool) -> dict[str, Any]:
    rest = {"code": "points", "name": "Points", "kind": "points", "asset": "points", "units": 100}
    gift = {"code": "gift", "name": "Gift", "kind": "gift", "asset": "", "units": 0}
    return {
        "draw": "bench",
        "title": "Bench",
        "organiser": "Bench",
        "redemption": "Here.",
        "mode": "drawn",
        "opens_ms": at_ms - DAY_MS,
        "closes_ms": at_ms + DAY_MS,
        "claim_days": 30,
        "entry": {"most": 1},
        "one_prize": True,
        "positions": 0,
        "prizes": [
            {**gift, "quantity": prizes // 10 or 1, "value_fen": 100_000},
            {**rest, "quantity": prizes, "value_fen": 1_000},
        ],
        "consolation": {"asset": "points", "units": 5, "value_fen": 50} if consolation else None,
    }


def insert(brand_id: int, draw: Any, entrants: int) -> None:
    from django.db import connection

    from guanxi.loyalty.draws import people, services
    from guanxi.loyalty.draws.models import Draw
    from guanxi.platform.bulk import insert_rows
    from guanxi.platform.writing import writing

    salt, series = services.secrets_of(draw)[1], _SERIES[connection.vendor].format(count=entrants)
    columns = {"draw_id": "bigint", "number": "bigint", "key": "text", "subject_id": "bigint"}
    columns |= {
        "person": "text",
        "version": "integer",
        "nonce": "text",
        "excluded": "text",
        "at_ms": "bigint",
    }
    rows = [
        (draw.pk, n, f"k{n}", n, people.pseudonym(salt, n), 1, f"{n:016x}", "", 0)
        for n in range(1, entrants + 1)
    ]
    with writing(), connection.cursor() as cursor:
        more, values = _required(cursor)
        cursor.execute(
            f"INSERT INTO customers_subject (id, brand_id, scheme, key, customer_id, first_ms, last_ms{more})"
            f" SELECT i, {brand_id}, 'tmall', 'w' || i, i, 0, 0{values} FROM {series}"
        )
        more, values = _customer()
        cursor.execute(
            f"INSERT INTO customers_customer (id, brand_id, created_ms, first_ms, last_ms{more})"
            f" SELECT i, {brand_id}, 0, 0, 0{values} FROM {series}"
        )
        insert_rows("loyalty_drawentry", columns, rows)
        Draw.objects.filter(pk=draw.pk).update(entered=entrants)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _customer() -> tuple[str, str]:
    from guanxi.customers.models import Customer

    known = {"id", "brand", "created_ms", "first_ms", "last_ms"}
    fields = [one for one in Customer._meta.concrete_fields if one.name not in known and not one.null]
    texts = [
        f"'{value}'" if isinstance(value := one.get_default(), str) else f"{int(value or 0)}"
        for one in fields
    ]
    names = [f'"{one.column}"' for one in fields]
    return "".join(f", {one}" for one in names), "".join(f", {one}" for one in texts)


def measured(draw_id: int, file: Path) -> dict[str, Any]:
    from guanxi.kernel.clock import frozen, now_ms
    from guanxi.loyalty.draws import evidence, settling, verify_draw
    from guanxi.loyalty.ledger import proving
    from guanxi.platform.models import Brand

    brand, seconds, busy = Brand.objects.get(), {}, time.process_time()
    for name in PARTS:
        started = time.perf_counter()
        with frozen(now_ms() + 2 * DAY_MS):
            if name == "pay":
                draw = settling.services.find(brand.pk, draw_id)
                plan = settling.plan_of(draw)
                while not settling.pay(brand, draw_id, actor="bench", plan=plan):
                    pass
            else:
                draw = getattr(settling, name)(brand, draw_id, actor="bench")
        seconds[name] = round(time.perf_counter() - started, 2)
    busy = time.process_time() - busy
    started = time.perf_counter()
    file.write_bytes(evidence.archive(draw))
    written = time.perf_counter() - started
    told = [sys.executable, "-I", "-S", verify_draw.__file__, str(file), "--terms", draw.terms_hash]
    started = time.perf_counter()
    replayed = subprocess.run(told, check=False, capture_output=True)
    replay = time.perf_counter() - started
    settle = sum(seconds.values())
    return {
        "settle_seconds": round(settle, 2),
        "settle_cpu_seconds": round(busy, 2),
        "parts_seconds": seconds,
        "evidence_seconds": round(written, 2),
        "evidence_bytes": file.stat().st_size,
        "replay_seconds": round(replay, 2),
        "settle_and_replay_seconds": round(settle + replay, 2),
        "hashes_seconds": round(_hashes(draw_id), 2),
        "agrees": replayed.returncode == 0,
        "proven": proving.prove(brand.pk).ok,
    }


def _hashes(draw_id: int) -> float:
    from guanxi.loyalty.draws import settling

    lines = [line.written() for line in settling.lines_of(settling.rows_of(draw_id))]
    started, chain = time.perf_counter(), b""
    for line in lines:
        chain = hashlib.sha256(chain + line).digest()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
