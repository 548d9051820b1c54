"""Messages rendered and queued, beside a bare insert of the same rows into the same table.

`python -m bench.outbox --messages 1000000` prints one JSON object: for SQLite and PostgreSQL (`--engines`)
the seconds to check, render and queue the messages of a campaign through `services.queue`, five thousand at a
time, the peak memory of the process that did it, and the seconds to insert the same rows with all indexes and
nothing else (executemany, COPY). Each engine has a process of its own; `cpu_seconds` are its processor time.
The bounds are 60 seconds and 500 MiB.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

SUBJECTS = 100_000
BATCH = 5_000
MOST_SECONDS = 60
MOST_MIB = 500
TEXTS = {
    "zh-hans": (
        "{{brand_name}}：{{customer_name}}您好，您有{{points}}将于{{day}}到期，"
        "可抵{{worth}}，点此使用 {{link}}，退订 {{unsubscribe_url}}"
    ),
    "en": (
        "{{brand_name}}: dear {{customer_name}}, {{points}} (worth {{worth}}) expire on {{day}}. "
        "Use them: {{link}} Refuse: {{unsubscribe_url}}"
    ),
}
DAY_MS = 86_400_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--engines", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--inside", action="store_true", help="the process of one engine, on DATABASE_URL")
    chosen = parser.parse_args()
    if chosen.inside:
        print(json.dumps(measured(chosen.messages)))
        return
    found = {engine: ENGINES[engine](chosen.messages) for engine in chosen.engines}
    print(json.dumps({"messages": chosen.messages, **found}))


def on_sqlite(count: int) -> dict[str, float]:
    return _inside(count, "")


def on_postgresql(count: int) -> dict[str, float]:
    import pgserver

    with tempfile.TemporaryDirectory(prefix="guanxi-bench-pg-") as folder:
        server = pgserver.get_server(folder, cleanup_mode="stop")
        try:
            return _inside(count, server.get_uri())
        finally:
            server.cleanup()


ENGINES: dict[str, Callable[[int], dict[str, float]]] = {"sqlite": on_sqlite, "postgresql": on_postgresql}


def _inside(count: int, url: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="guanxi-bench-") as folder:
        environment = {
            **os.environ,
            "GUANXI_HOME": folder,
            "GUANXI_MASTER_KEY": b64encode(os.urandom(32)).decode(),
            "GUANXI_SECRET_KEY": "bench",
            "DJANGO_SETTINGS_MODULE": "guanxi.platform.settings",
            "DATABASE_URL": url,
        }
        finished = subprocess.run(
            [sys.executable, "-m", "bench.outbox", "--inside", "--messages", str(count)],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        answer: dict[str, float] = json.loads(finished.stdout.splitlines()[-1])
        return answer


def measured(count: int) -> dict[str, float | bool]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from guanxi.messaging import services
    from guanxi.messaging.models import Message as Row
    from guanxi.platform.databases import sparing

    call_command("migrate", verbosity=0)
    brand_id = _world()
    batches = _messages(count)
    seconds = cpu_seconds = 0.0
    with sparing():
        for batch in batches:
            started, cpu_started = time.perf_counter(), time.process_time()
            outcomes = services.queue(brand_id, batch)
            seconds += time.perf_counter() - started
            cpu_seconds += time.process_time() - cpu_started
            assert all(one.state == "queued" for one in outcomes)
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    assert Row.objects.count() == count
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM messaging_message ORDER BY id LIMIT 1")
        columns = [column[0] for column in cursor.description]
    bare = _bare(columns, count)
    return {
        "seconds": round(seconds, 1),
        "cpu_seconds": round(cpu_seconds, 1),
        "messages_per_second": round(count / seconds),
        "peak_mib": round(peak_mib),
        "bare_seconds": round(bare, 1),
        "ratio": round(bare / seconds, 3),
        "within": seconds < MOST_SECONDS and peak_mib < MOST_MIB,
    }


def _world() -> int:
    """A brand, its template, and the profiles of its customers."""
    from guanxi.customers.models import Subject
    from guanxi.messaging import services
    from guanxi.messaging.contracts import Draft, Kind, Priority, Variable, Wordings
    from guanxi.platform.models import Brand

    brand = Brand.objects.create(slug="bench", name="兰花", is_default=True)
    for start in range(1, SUBJECTS + 1, BATCH):
        Subject.objects.bulk_create(
            Subject(
                id=number, brand_id=brand.pk, scheme="tmall", key=f"k{number}", customer_id=number, first_ms=1
            )
            for number in range(start, start + BATCH)
        )
    variables = [
        Variable("points", Kind.POINTS, 1_200),
        Variable("worth", Kind.MONEY, 1_200),
        Variable("day", Kind.DATE, 1_777_600_800_000),
        Variable("link", Kind.URL, "https://example.com/p"),
    ]
    texts = {language: Wordings(text, "积分") for language, text in TEXTS.items()}
    draft = Draft("email", "expiring", "marketing", Priority.MARKETING, texts, variables)
    services.save_template(brand.pk, draft, version=0, actor="cli")
    return brand.pk


def _messages(count: int) -> Iterator[list[Any]]:
    from guanxi.messaging.contracts import Message

    for start in range(0, count, BATCH):
        yield [
            Message(
                f"expiring:2026-05:{number}",
                number % SUBJECTS + 1,
                "email",
                "expiring",
                {
                    "points": number % 5_000 + 1,
                    "worth": number % 5_000 + 1,
                    "day": 1_777_600_800_000 + number % 30 * DAY_MS,
                    "link": f"https://example.com/p/{number}",
                },
                expires_ms=1_780_000_000_000,
                campaign="spring",
            )
            for number in range(start, min(start + BATCH, count))
        ]


def _bare(columns: list[str], count: int) -> float:
    """Seconds to insert the rows that are there once more, into a table like theirs that is empty."""
    from django.db import connection, transaction

    names = ", ".join(columns)
    marks = ", ".join(["%s"] * len(columns))
    seconds = 0.0
    with connection.cursor() as cursor:
        first = 0
        cursor.execute("SELECT min(id) FROM messaging_message")
        first = int(cursor.fetchone()[0])
        _empty_copy(cursor)
        for start in range(first, first + count, BATCH):
            cursor.execute(
                f"SELECT {names} FROM messaging_message WHERE id >= %s AND id < %s ORDER BY id",
                [start, start + BATCH],
            )
            rows = cursor.fetchall()
            started = time.perf_counter()
            with transaction.atomic():
                if connection.vendor == "postgresql":
                    with cursor.copy(f"COPY bare ({names}) FROM STDIN") as copy:
                        for row in rows:
                            copy.write_row(row)
                else:
                    cursor.executemany(f"INSERT INTO bare ({names}) VALUES ({marks})", rows)
            seconds += time.perf_counter() - started
    return seconds


def _empty_copy(cursor: Any) -> None:
    """A table `bare` with the columns and indexes of the messages'."""
    from django.db import connection

    if connection.vendor == "postgresql":
        cursor.execute("CREATE TABLE bare (LIKE messaging_message INCLUDING ALL)")
        return
    cursor.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE tbl_name = 'messaging_message' AND sql IS NOT NULL"
    )
    for kind, name, sql in cursor.fetchall():
        said = sql.replace('"messaging_message"', '"bare"')
        cursor.execute(said if kind == "table" else said.replace(f'"{name}"', f'"bare_{name}"'))


if __name__ == "__main__":
    main()
