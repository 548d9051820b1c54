"""From a touchpoint to the changed membership, through the running worker.

A data folder of its own with some thousand customers and two hundred live segments; the worker is a process
of its own, as in `guanxi up`. Touchpoints are recorded one by one at a fixed rate, each at its scheduled time
whatever became of those before it; its latency counts from that time until another connection can read that
the customer has entered. Every touchpoint makes one customer enter the first segment: none can be missed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from bench.api import ROOT, cpu_seconds, environment

MOST_RATE, LONGEST_SECONDS = 1_000, 120
SETTLE_SECONDS = 30
CHANNELS = ("tmall", "jd", "douyin", "store", "wechat")


def conditions(count: int) -> list[dict[str, Any]]:
    """Segments such as brands have, the first of them "has ordered": kinds, windows, sums, channels."""
    made: list[dict[str, Any]] = [{"leaf": "behaviour.did", "kinds": ["order.paid"]}]
    for number in range(1, count):
        channel = [{"field": "channel", "op": "eq", "value": CHANNELS[number % 5]}]
        within = {"days": (7, 30, 90, 180, 365)[number % 5]}
        made.append(
            (
                {
                    "leaf": "behaviour.did",
                    "kinds": ["order.paid"],
                    "at_least": 2 + number % 9,
                    "within": within,
                },
                {"leaf": "value.monetary", "at_least": 10_000 * (1 + number), "within": within},
                {"leaf": "behaviour.did", "kinds": ["code.scanned"], "within": within},
                {"all": [{"leaf": "profile.gender", "is": "f"}, {"leaf": "value.frequency", "at_least": 3}]}
                if number % 2
                else {"not": {"leaf": "behaviour.did", "kinds": ["member.joined"], "within": within}},
                {
                    "leaf": "behaviour.sum",
                    "kinds": ["order.paid"],
                    "at_least": 5_000 * number,
                    "where": channel,
                },
            )[number % 5]
        )
    return made


def set_up(customers: int, segments: int) -> Any:
    """The brand, its people and its segments, filled; the brand."""
    from django.core.management import call_command

    from guanxi.platform import jobs, people
    from guanxi.platform.models import Job
    from guanxi.segments import services
    from guanxi.segments.refreshing import refresh

    call_command("migrate", verbosity=0)
    brand = people.create_brand("bench", "Bench", actor="cli")
    for start in range(0, customers, 1_000):
        record([start + number for number in range(1_000)], brand.pk, "code.scanned")
    for number, condition in enumerate(conditions(segments)):
        services.create(brand, f"segment {number}", {"version": 1, "all": [condition]}, actor="cli")
    refresh(brand)  # all at once, instead of one by one as they were made
    for job in Job.objects.filter(state="queued"):
        jobs.cancel(job.pk)
    return brand


def record(numbers: list[int], brand_id: int, kind: str) -> None:
    from guanxi.customers.contracts import Identity
    from guanxi.kernel.clock import now_ms
    from guanxi.touchpoints.contracts import Fact
    from guanxi.touchpoints.services import record as write

    facts = [
        Fact(
            kind,
            f"{kind}-{number}",
            now_ms() - 1,
            (Identity("shop:bench", f"C{number}"),),
            None,
            CHANNELS[number % 5],
            9_900 if kind == "order.paid" else None,
            payload={"code": "c"} if kind == "code.scanned" else None,
        )
        for number in numbers
    ]
    done = write(brand_id, "bench", facts)
    if done.recorded != len(facts):
        raise RuntimeError(str(done))


class Watching(threading.Thread):
    """Notes when each entry into the first segment can be read, by the customer's subject."""

    def __init__(self, segment_id: int) -> None:
        super().__init__(daemon=True)
        self._mark = f'%"segment_id":{segment_id},%'
        self.seen: dict[int, float] = {}
        self.ended = threading.Event()

    def run(self) -> None:
        from django.db import connection

        last = 0
        while not self.ended.wait(0.005):
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT id, subject_id FROM touchpoints_touchpoint WHERE id > %s AND"
                    " kind = 'segment.entered' AND payload LIKE %s ORDER BY id",
                    [last, self._mark],
                )
                rows = cursor.fetchall()
            at = time.perf_counter()
            for number, subject in rows:
                last = number
                self.seen.setdefault(subject, at)
        connection.close()


def measure(brand: Any, rate: float, seconds: float) -> tuple[list[float], int]:
    """Latencies in seconds, and how many never came."""
    from guanxi.customers.contracts import Identity
    from guanxi.customers.lookup import find
    from guanxi.segments.models import Segment

    first = Segment.objects.order_by("pk").values_list("pk", flat=True)[0]
    watching = Watching(first)
    watching.start()
    count = int(rate * seconds)
    due: dict[int, float] = {}
    begun = time.perf_counter() + 0.1
    for number in range(count):
        at = begun + number / rate
        time.sleep(max(0.0, at - time.perf_counter()))
        record([number], brand.pk, "order.paid")
        due[number] = at
    deadline = time.perf_counter() + SETTLE_SECONDS
    while len(watching.seen) < count and time.perf_counter() < deadline:
        time.sleep(0.05)
    watching.ended.set()
    watching.join()
    latencies = []
    for number, at in due.items():
        (subject,) = find(brand.pk, Identity("shop:bench", f"C{number}"))
        if subject in watching.seen:
            latencies.append(watching.seen[subject] - at)
    return sorted(latencies), count - len(latencies)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rate", type=float, default=200)
    options.add_argument("--seconds", type=float, default=30)
    options.add_argument("--customers", type=int, default=10_000, help="not less than rate × seconds")
    options.add_argument("--segments", type=int, default=200)
    given = options.parse_args()
    rate, seconds = min(given.rate, MOST_RATE), min(given.seconds, LONGEST_SECONDS)
    with tempfile.TemporaryDirectory(prefix="guanxi-bench-") as folder:
        home = Path(folder)
        variables = environment(home)
        os.environ.update(variables)
        import django

        django.setup()
        brand = set_up(max(given.customers, int(rate * seconds)), given.segments)
        worker = subprocess.Popen(
            [sys.executable, "-m", "guanxi.cli.main", "worker"],
            env=variables,
            cwd=ROOT,
            start_new_session=True,
        )
        try:
            time.sleep(3)
            idle = cpu_seconds(worker.pid)
            time.sleep(5)
            idle = (cpu_seconds(worker.pid) - idle) / 5
            used = cpu_seconds(worker.pid)
            latencies, lost = measure(brand, rate, seconds)
            used = cpu_seconds(worker.pid) - used
        finally:
            worker.terminate()
            worker.wait(30)
        from guanxi.segments.refreshing import refresh

        drift = refresh(brand).drift
    shares = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}
    figures = {name: round(latencies[int(len(latencies) * share)] * 1000) for name, share in shares.items()}
    print(
        json.dumps(
            {
                "touchpoints_per_second": rate,
                "seconds": seconds,
                "segments": given.segments,
                **figures,
                "longest_ms": round(latencies[-1] * 1000),
                "lost": lost,
                "drift": drift,
                "worker_cpu_share": round(used / seconds, 3),
                "worker_idle_cpu_share": round(idle, 3),
            }
        )
    )


if __name__ == "__main__":
    main()
