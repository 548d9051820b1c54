"""A million lots that expire on one day, beside the bare UPDATE that would only empty them.

    python -m bench.due [--lots 1000000] [--wallets 400000]

Prints one JSON object: lots a second through the ledger (posting, move, use, lot and balance of each), the
median and the 99th of a hundred transactions in milliseconds, the peak of memory before and after, lots a
second of one bare UPDATE of the same lots in the same file before (rolled back), and the ratio. SQLite, or an
empty PostgreSQL that DATABASE_URL names.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import tempfile
import time
from base64 import b64encode

EXPIRES_MS = 1_700_000_000_000
_SERIES = {
    "sqlite": "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
    " SELECT i FROM n) n",
    "postgresql": "(SELECT i FROM generate_series(1, {count}) g(i)) n",
}
_FILL = (
    "INSERT INTO customers_subject (id, brand_id, scheme, key, customer_id, first_ms, last_ms{more})"
    " SELECT i, {brand}, 'tmall', 'w' || i, i, 0, 0{more_values} FROM {wallets}",
    "INSERT INTO loyalty_account"
    " (id, brand_id, asset_id, place, subject_id, name, posted, held, coming, floor)"
    " SELECT i + 10, {brand}, {asset}, 'wallet', i, '', 10 * (({lots_of} - i) / {wallet_count} + 1), 0, 0, 0"
    " FROM {wallets}",
    "INSERT INTO loyalty_account (id, brand_id, asset_id, place, subject_id, name, posted, held, coming)"
    " VALUES (1, {brand}, {asset}, 'issued', 0, '', 0, 0, 0)",
    "INSERT INTO loyalty_posting (id, brand_id, key, digest, reason, rule, actor, occurred_ms, recorded_ms)"
    " SELECT i, {brand}, 'earn:' || i, '', 'earned', '', 'bench', 0, 0 FROM {lots}",
    "INSERT INTO loyalty_move (id, posting_id, kind, asset_id, source_id, target_id, units)"
    " SELECT i, i, 1, {asset}, 1, (i - 1) % {wallet_count} + 11, 10 FROM {lots}",
    "INSERT INTO loyalty_lot (id, account_id, origin_id, expires_ms, units, remaining)"
    " SELECT i, (i - 1) % {wallet_count} + 11, i, {expires}, 10, 10 FROM {lots}",
)
_BARE = "UPDATE loyalty_lot SET remaining = 0 WHERE remaining > 0 AND expires_ms <= %s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lots", type=int, default=1_000_000)
    parser.add_argument("--wallets", type=int, default=400_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="guanxi-bench-") as folder:
        os.environ |= {
            "GUANXI_HOME": folder,
            "GUANXI_MASTER_KEY": b64encode(os.urandom(32)).decode(),
            "DJANGO_SETTINGS_MODULE": "guanxi.platform.settings",
        }
        brand_id = fill(options.lots, options.wallets)
        bare = options.lots / bare_seconds()
        print(json.dumps({"lots": options.lots, **measured(brand_id, bare)}))


def fill(lots: int, wallets: int) -> int:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from guanxi.loyalty.ledger.queries import asset
    from guanxi.platform import people
    from guanxi.platform.writing import writing

    call_command("migrate", verbosity=0)
    brand = people.create_brand("bench", "Bench", actor="cli").pk
    asset_id = asset(brand, "points").pk
    series = _SERIES[connection.vendor]
    with writing(), connection.cursor() as cursor:
        more, values = _required(cursor)
        for statement in _FILL:
            cursor.execute(
                statement.format(
                    brand=brand,
                    asset=asset_id,
                    wallet_count=wallets,
                    lots_of=lots,
                    wallets=series.format(count=wallets),
                    lots=series.format(count=lots),
                    expires=EXPIRES_MS,
                    more=more,
                    more_values=values,
                )
            )
        if connection.vendor == "postgresql":
            for table in ("account", "posting", "move"):
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('loyalty_{table}', 'id'), {lots + wallets + 20})"
                )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return brand


def _required(cursor: object) -> tuple[str, str]:
    """Columns of a subject that have no default in the database, and a 0 or '' for each."""
    from guanxi.customers.models import Subject

    known = {"id", "brand", "scheme", "key", "customer_id", "first_ms", "last_ms"}
    fields = [one for one in Subject._meta.concrete_fields if one.name not in known and not one.null]
    texts = [
        f"'{value}'" if isinstance(value := one.get_default(), str) else f"{value or 0}" for one in fields
    ]
    names = [f'"{one.column}"' for one in fields]
    return "".join(f", {one}" for one in names), "".join(f", {one}" for one in texts)


def bare_seconds() -> float:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        started = time.perf_counter()
        cursor.execute(_BARE, [EXPIRES_MS])
        taken = time.perf_counter() - started
        transaction.set_rollback(True)
    return taken


def _peak_mib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def measured(brand_id: int, bare: float) -> dict[str, object]:
    from guanxi.loyalty.ledger import due, proving

    taken, post = [], due.post

    def timed(*arguments: object, **options: object) -> object:
        started = time.perf_counter()
        answer = post(*arguments, **options)  # type: ignore[arg-type]
        taken.append(time.perf_counter() - started)
        return answer

    before = _peak_mib()

    due.post = timed  # type: ignore[assignment]
    started = time.perf_counter()
    counts = due.run(brand_id)
    rate = counts.expired / (time.perf_counter() - started)
    taken.sort()
    return {
        "expired": counts.expired,
        "lots_per_second": round(rate),
        "median_transaction_ms": round(taken[len(taken) // 2] * 1_000),
        "p99_transaction_ms": round(taken[len(taken) * 99 // 100] * 1_000),
        "peak_mib_before": before,
        "peak_mib": _peak_mib(),
        "bare_update_per_second": round(bare),
        "ratio": round(rate / bare, 4),
        "proven": proving.prove(brand_id).ok,
    }


if __name__ == "__main__":
    main()
