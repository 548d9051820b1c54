"""The ledger beside what a database does by itself: pgbench's TPC-B, COPY, one hot row, raw sqlite3.

`python -m bench.ledger --database postgres|sqlite` prints one JSON object. Each figure is a ratio to a
baseline that ran just before it on the same server, the median of `--rounds`:

* `one`: postings one by one through `post` by 4 processes (two earn, one spends), beside pgbench's TPC-B at
  4 clients; on SQLite by one, beside a transaction each of raw inserts of the same rows.
* `batch`: postings that earn, 5,000 at a time, beside COPY (executemany on SQLite) of the rows that they
  wrote, which are in memory, into empty tables with the same columns, checks and indexes; `text_ratio` is
  beside COPY of a text that is all there.
* `flash`: 5,000 contenders for 500 items of one stock at 64 connections, beside a pgbench script that changes
  one row at 64 connections. `winners` must be 500; the `p95_ms` is of all contenders.

The server is PostgreSQL from the package pgserver with its own settings: every commit reaches the disk, in
pgbench's case and in ours.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import re
import sqlite3
import subprocess
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

import pgserver
import psycopg

from guanxi.platform.databases import SQLITE_PRAGMAS

if TYPE_CHECKING:
    from guanxi.loyalty.ledger.contracts import Posting

PGBENCH = Path(pgserver.__file__).parent / "pginstall" / "bin" / "pgbench"
TABLES = ("posting", "move", "account", "lot")  # what earning writes, in the order of writing
SUBJECTS = 10_000
CLIENTS, CROWD = 4, 64
CONTENDERS, ITEMS = 5_000, 500
BATCH = 5_000
HOT_ROW = "UPDATE hot SET items = items - 1 WHERE id = 1;\n"
START_MS = 1_700_000_000_000


def earning(key: str, subject: int) -> Posting:
    from guanxi.loyalty.ledger.contracts import NEVER_MS, Account, Move, Place, Posting

    step = Move(Account("points", Place.ISSUED), Account("points", Place.WALLET, subject), 30, NEVER_MS - 1)
    return Posting(key, "order.earned", [step], START_MS)


def spending(key: str, subject: int) -> Posting:
    from guanxi.loyalty.ledger.contracts import Account, Move, Place, Posting

    step = Move(Account("points", Place.WALLET, subject), Account("points", Place.SPENT), 20)
    return Posting(key, "order.paid", [step], START_MS)


def taking(key: str, stock: str) -> Posting:
    from guanxi.loyalty.ledger.contracts import Account, Move, Place, Posting

    step = Move(Account("prize", Place.STOCK, name=stock), Account("prize", Place.GIVEN), 1)
    return Posting(key, "prize.won", [step], START_MS)


def mixed(brand: int, name: str, count: int, number: int) -> list[float]:
    """One by one: two earn, then the second of them spends."""
    from guanxi.loyalty.ledger.posting import post

    dice, subject = random.Random(f"{name}{number}"), 1
    for place in range(count):
        if place % 3 == 2:
            one = spending(f"{name}:{number}:{place}", subject)
        else:
            one = earning(f"{name}:{number}:{place}", subject := dice.randrange(1, SUBJECTS + 1))
        post(brand, [one], actor="bench")
    return []


def contend(brand: int, name: str, count: int, number: int) -> list[float]:
    """The seconds that each took; below zero, of those that won."""
    from guanxi.loyalty.ledger.contracts import State
    from guanxi.loyalty.ledger.posting import post

    found = []
    for place in range(count):
        began = time.perf_counter()
        (told,) = post(brand, [taking(f"{name}:{number}:{place}", name)], actor="bench")
        seconds = time.perf_counter() - began
        found.append(-seconds if told.state is State.POSTED else seconds)
    return found


def together(processes: int, work: Callable[[int], list[float]]) -> tuple[float, list[float]]:
    """Seconds from when all are ready until the last is done, and what they found."""
    from django.db import connections

    connections.close_all()
    fork = multiprocessing.get_context("fork")
    ready, answers = fork.Barrier(processes + 1), fork.SimpleQueue()

    def one(number: int) -> None:
        from django.db import connection

        connection.ensure_connection()
        ready.wait()
        answers.put(work(number))

    members = [fork.Process(target=one, args=(number,)) for number in range(processes)]
    for member in members:
        member.start()
    ready.wait()
    began = time.perf_counter()
    found = [figure for _ in members for figure in answers.get()]
    seconds = time.perf_counter() - began
    for member in members:
        member.join()
    return seconds, found


# Worlds


def world() -> int:
    """A brand with two assets and its customers."""
    from django.db import connection

    from guanxi.loyalty.ledger.queries import asset
    from guanxi.platform import people

    brand = people.create_brand("bench", "Bench", actor="cli").pk
    asset(brand, "points")
    asset(brand, "prize", "prize")
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %s)"
            " INSERT INTO customers_subject (id, brand_id, scheme, key, holder, customer_id, first_ms,"
            " last_ms, anchored, contested, crowded, sealed_hash, traits) SELECT i, %s, 'tmall', 'c' || i, 0,"
            " i, i, i, true, false, false, 0, '' FROM n",
            [SUBJECTS, brand],
        )
    return brand


def batches(brand: int, postings: int, name: str) -> float:
    """Seconds for so many postings that earn."""
    from guanxi.loyalty.ledger.posting import post

    dice = random.Random(name)
    made = [earning(f"{name}:{n}", dice.randrange(1, SUBJECTS + 1)) for n in range(postings)]
    began = time.perf_counter()
    for start in range(0, postings, BATCH):
        post(brand, made[start : start + BATCH], actor="bench")
    return time.perf_counter() - began


# PostgreSQL


def pgbench(url: str, *options: str) -> float:
    """Transactions a second, without the time to connect."""
    told = subprocess.run([PGBENCH, "-n", *options, url], capture_output=True, text=True, check=True).stdout
    found = re.search(r"tps = ([\d.]+) \(without", told)
    return float(found[1]) if found else 0.0


def one_by_one(url: str, brand: int, name: str, count: int) -> dict[str, float]:
    bare = pgbench(url, "-c", str(CLIENTS), "-j", "2", "-T", "6")
    seconds, _none = together(CLIENTS, partial(mixed, brand, name, count // CLIENTS))
    rate = count // CLIENTS * CLIENTS / seconds
    return {"rate": rate, "bare_rate": bare, "ratio": rate / bare}


def copied(url: str, brand: int, name: str, count: int) -> dict[str, float]:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("TRUNCATE loyalty_lot, loyalty_move, loyalty_posting, loyalty_account CASCADE")
    seconds = batches(brand, count, name)
    with psycopg.connect(url) as connection:
        both = [_copy(connection, f"loyalty_{table}") for table in TABLES]
    bare, text = (sum(some) for some in zip(*both, strict=True))
    return {
        "rate": count / seconds,
        "bare_rate": count / bare,
        "ratio": bare / seconds,
        "text_ratio": text / seconds,
    }


def _copy(connection: psycopg.Connection[Any], table: str) -> tuple[float, float]:
    """Seconds to COPY the rows of a table into an empty one like it: from rows in memory, as what posts them
    has them, and from a text that is all there."""
    rows = connection.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()
    with connection.cursor().copy(f"COPY (SELECT * FROM {table} ORDER BY id) TO STDOUT") as out:
        text = b"".join(bytes(piece) for piece in out)
    taken = []
    for given in (rows, [text]):
        connection.execute(f"DROP TABLE IF EXISTS bare_{table}")
        connection.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL EXCLUDING IDENTITY)")
        connection.commit()
        began = time.perf_counter()
        with connection.cursor().copy(f"COPY bare_{table} FROM STDIN") as into:
            for one in given:
                into.write(one) if given[0] is text else into.write_row(one)
        connection.commit()
        taken.append(time.perf_counter() - began)
    return taken[0], taken[1]


def flash(url: str, brand: int, name: str, script: Path) -> dict[str, float]:
    from guanxi.loyalty.ledger.contracts import Account, Move, Place, Posting
    from guanxi.loyalty.ledger.posting import post
    from guanxi.loyalty.ledger.proving import prove

    fill = Move(Account("prize", Place.ISSUED), Account("prize", Place.STOCK, name=name), ITEMS)
    post(brand, [Posting(f"{name}:stock", "stock", [fill], START_MS)], actor="bench")
    bare = pgbench(url, "-c", str(CROWD), "-j", "2", "-T", "6", "-f", str(script))
    seconds, found = together(CROWD, partial(contend, brand, name, CONTENDERS // CROWD + 1))
    rate = len(found) / seconds
    proof = prove(brand)
    assert proof.ok, proof.problems
    return {
        "rate": rate,
        "bare_rate": bare,
        "ratio": rate / bare,
        "winners": sum(one < 0 for one in found),
        "contenders": len(found),
        "p95_ms": quantiles(map(abs, found), n=20)[-1] * 1000,
    }


def on_postgres(url: str, folder: Path, chosen: argparse.Namespace) -> dict[str, object]:
    brand = world()
    pgbench(url, "-i", "-q", "-s", "10")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE hot (id int PRIMARY KEY, items bigint)")
        connection.execute("INSERT INTO hot VALUES (1, 1000000000)")
    script = folder / "hot.sql"
    script.write_text(HOT_ROW)
    works: dict[str, Callable[[str], dict[str, float]]] = {
        "batch": lambda name: copied(url, brand, name, chosen.batch),
        "one": lambda name: one_by_one(url, brand, name, chosen.one),
        "flash": lambda name: flash(url, brand, name, script),
    }
    return measured(works, chosen)


def measured(
    works: dict[str, Callable[[str], dict[str, float]]], chosen: argparse.Namespace
) -> dict[str, object]:
    """Of each work the round with the median ratio."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in works}
    for turn in range(chosen.rounds):
        for name, work in works.items():
            if name in chosen.only:
                found[name].append(work(f"{name}{turn}"))
    return {name: _middle(rounds) for name, rounds in found.items() if rounds}


def _middle(rounds: Sequence[dict[str, float]]) -> dict[str, float]:
    middle = median(one["ratio"] for one in rounds)
    return {
        name: round(figure, 3)
        for name, figure in min(rounds, key=lambda one: abs(one["ratio"] - middle)).items()
    }


# SQLite


def raw_sqlite(path: Path, count: int, at_once: int) -> float:
    """Seconds to insert the ledger's last `count` postings, and all that belongs to them, into empty tables
    like it, so many postings in each transaction."""
    bare = path.with_name("bare.sqlite3")
    bare.unlink(missing_ok=True)
    with sqlite3.connect(bare, isolation_level=None) as raw:
        raw.executescript(SQLITE_PRAGMAS.replace("foreign_keys=ON", "foreign_keys=OFF"))
        raw.execute("ATTACH ? AS old", [str(path)])
        inserts = [_like(raw, f"loyalty_{table}") for table in TABLES]
        (last,) = raw.execute("SELECT max(id) FROM old.loyalty_posting").fetchone()
        seconds = 0.0
        for first in range(last - count + 1, last + 1, at_once):
            part = [
                (into, raw.execute(rows, [first, first + at_once - 1]).fetchall()) for into, rows in inserts
            ]
            began = time.perf_counter()
            raw.execute("BEGIN IMMEDIATE")
            for into, rows in part:
                raw.executemany(into, rows)
            raw.execute("COMMIT")
            seconds += time.perf_counter() - began
    return seconds


_BELONGING = {
    "loyalty_posting": "id BETWEEN ? AND ?",
    "loyalty_move": "posting_id BETWEEN ? AND ?",
    "loyalty_lot": "id IN (SELECT id FROM old.loyalty_move WHERE posting_id BETWEEN ? AND ?)",
    "loyalty_account": "id IN (SELECT target_id FROM old.loyalty_move WHERE posting_id BETWEEN ? AND ?)",
}


def _like(raw: sqlite3.Connection, table: str) -> tuple[str, str]:
    """Make the table with its indexes; the statements that insert into it and that find its rows."""
    for (made,) in raw.execute(
        "SELECT sql FROM old.sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL AND type <> 'trigger'"
        " ORDER BY type DESC",
        [table],
    ).fetchall():
        raw.execute(made)
    width = len(raw.execute(f"PRAGMA table_info({table})").fetchall())
    marks = ", ".join("?" * width)
    return (
        f"INSERT OR REPLACE INTO {table} VALUES ({marks})",
        f"SELECT * FROM old.{table} WHERE {_BELONGING[table]}",
    )


def on_sqlite(path: Path, chosen: argparse.Namespace) -> dict[str, object]:
    brand = world()

    def one(name: str) -> dict[str, float]:
        from guanxi.loyalty.ledger.posting import post

        dice, count = random.Random(name), chosen.one
        began = time.perf_counter()
        for n in range(count):
            post(brand, [earning(f"{name}:{n}", dice.randrange(1, SUBJECTS + 1))], actor="bench")
        seconds = time.perf_counter() - began
        bare = raw_sqlite(path, count, 1)
        return {"rate": count / seconds, "bare_rate": count / bare, "ratio": bare / seconds}

    def batch(name: str) -> dict[str, float]:
        seconds = batches(brand, chosen.batch, name)
        bare = raw_sqlite(path, chosen.batch, BATCH)
        return {
            "rate": chosen.batch / seconds,
            "bare_rate": chosen.batch / bare,
            "ratio": bare / seconds,
        }

    return measured({"batch": batch, "one": one}, chosen)


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """Its address; "" for SQLite in the folder."""
    if kind == "sqlite":
        yield ""
        return
    server = pgserver.get_server(folder / "postgres", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="postgres")
    parser.add_argument("--one", type=int, default=6_000, help="postings one by one")
    parser.add_argument("--batch", type=int, default=200_000, help="postings in batches")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=["one", "batch", "flash"])
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

            call_command("migrate", verbosity=0)
            found = on_postgres(url, folder, chosen) if url else on_sqlite(folder / "guanxi.sqlite3", chosen)
            connections.close_all()
    print(json.dumps({"database": chosen.database, **found}))


if __name__ == "__main__":
    main()
