"""Touchpoints through the REST API: batches as fast as they go, then single events in an open loop.

A web process of its own on 127.0.0.1 with a data folder of its own, stopped and removed at the end. The
baseline is bench._bare served the same way in the same run. In the open loop every event is sent at its
scheduled time whether or not earlier ones have been answered, and its latency counts from that time, so a
stalled server cannot hide the events that waited.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import queue
import random
import socket
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

ROOT = Path(__file__).resolve().parents[1]
PATH = "/api/v1/touchpoints"
CONNECTIONS = 2  # for batches
OPEN_LOOP_THREADS = 48
START_SECONDS = 60
START_MS = 1_730_000_000_000
MOST_BATCHES = 2_000
LONGEST_LOOP_SECONDS = 60


def event(number: int, chance: random.Random) -> dict[str, Any]:
    """An order; three in five are by people seen before."""
    person = chance.randrange(1 + number) * 2 // 5
    return {
        "kind": "order.paid",
        "source_ref": f"B{number}",
        "occurred_at": START_MS + number * 1000,
        "identities": {"shop:bench": f"C{person}", "phone": f"13{person:09d}"},
        "person": {
            "name": "王李张刘陈杨"[person % 6] + "梅芳伟静敏丽强磊"[person % 8] + "华明红军"[person % 4]
        },
        "channel": "web",
        "amount_fen": 9900 + number % 1000,
        "quantity": 1,
        "payload": {"order": f"B{number}", "items": [{"sku": "LH-01", "quantity": 1, "price_fen": 9900}]},
    }


def set_up(home: Path) -> str:
    """A new installation with one brand and one key; the key."""
    script = (
        "import django; django.setup()\n"
        "from django.core.management import call_command\n"
        "call_command('migrate', verbosity=0)\n"
        "from guanxi.platform import apikeys, people\n"
        "brand = people.create_brand('bench', 'Bench', actor='cli')\n"
        "scopes = ['touchpoints:write']\n"
        "issued = apikeys.issue(brand.pk, 'bench', scopes, rate_per_minute=1_000_000, actor='cli')\n"
        "print(issued.plaintext)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment(home), capture_output=True, text=True, check=True
    )
    return done.stdout.strip().splitlines()[-1]


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GUANXI_")}
    kept.pop("DATABASE_URL", None)
    return kept | {
        "GUANXI_HOME": str(home),
        "GUANXI_SECRET_KEY": "bench-secret-key-that-is-long-enough-for-checks",
        "GUANXI_MASTER_KEY": "YmVuY2gtbWFzdGVyLWtleS1vZi0zMi1ieXRlcy0tLS0=",
        "DJANGO_SETTINGS_MODULE": "guanxi.platform.settings",
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        "BARE_DATABASE": str(home / "bare.sqlite3"),
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(application: str, home: Path) -> Iterator[tuple[int, int]]:
    """One granian web process with eight threads; its port, and its session for `cpu_seconds`."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "1", "--blocking-threads", "8", "--log-level", "error"]
    server = subprocess.Popen(
        [*command, application], env=environment(home), cwd=ROOT, start_new_session=True
    )
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                ask(http.client.HTTPConnection("127.0.0.1", port, timeout=5), "GET", "/alive", b"", "")
                break
            except OSError:
                if time.monotonic() > deadline or server.poll() is not None:
                    raise RuntimeError(f"{application} does not answer") from None
                time.sleep(0.1)
        yield port, server.pid
    finally:
        server.terminate()
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def cpu_seconds(session: int) -> float:
    """What the processes of a session have used so far (Linux): unlike the clock on the wall it does not
    count what else the machine is doing."""
    ticks = 0
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        if int(fields[3]) == session:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def ask(connection: http.client.HTTPConnection, method: str, path: str, body: bytes, key: str) -> bytes:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    content = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status}: {content[:300]!r}")
    return content


def batches_per_second(port: int, key: str, bodies: list[bytes], size: int) -> float:
    """Events a second with `CONNECTIONS` connections that each send the next batch when one is answered."""
    waiting: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    for body in bodies:
        waiting.put(body)
    recorded: list[int] = []

    def send() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        while (body := waiting.get()) is not None:
            recorded.append(json.loads(ask(connection, "POST", PATH, body, key))["recorded"])
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(CONNECTIONS)]
    for _ in threads:
        waiting.put(None)
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begun
    if sum(recorded) != len(bodies) * size:
        raise RuntimeError(f"{sum(recorded)} of {len(bodies) * size} events were recorded")
    return sum(recorded) / seconds


def timed_batches(port: int, session: int, key: str, bodies: list[bytes], size: int) -> tuple[float, float]:
    """Events a second by the clock, and by the server's own processor time. The first batch warms up."""
    batches_per_second(port, key, bodies[:1], size)
    used = cpu_seconds(session)
    rate = batches_per_second(port, key, bodies[1:], size)
    return rate, (len(bodies) - 1) * size / max(cpu_seconds(session) - used, 0.01)


def open_loop(port: int, key: str, bodies: list[bytes], rate: float) -> dict[str, float]:
    """Send each body at its scheduled time; percentiles of latency in ms from that time."""
    waiting: queue.SimpleQueue[tuple[float, bytes] | None] = queue.SimpleQueue()
    latencies: list[float] = []
    failures: list[str] = []

    def send() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        while (task := waiting.get()) is not None:
            due, body = task
            try:
                ask(connection, "POST", PATH, body, key)
                latencies.append(time.perf_counter() - due)
            except (OSError, RuntimeError, http.client.HTTPException) as error:
                failures.append(str(error))
                connection.close()
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(OPEN_LOOP_THREADS)]
    for thread in threads:
        thread.start()
    begun = time.perf_counter() + 0.05
    for number, body in enumerate(bodies):
        due = begun + number / rate
        time.sleep(max(0.0, due - time.perf_counter()))
        waiting.put((due, body))
    for _ in threads:
        waiting.put(None)
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begun
    if failures:
        raise RuntimeError(f"{len(failures)} requests failed, first: {failures[0]}")
    ordered = sorted(latencies)
    shares = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}
    figures = {name: round(ordered[int(len(ordered) * share)] * 1000, 1) for name, share in shares.items()}
    return {"rate": rate, "answered_per_second": round(len(ordered) / seconds, 1), **figures}


def saturation(port: int, key: str, events: Iterator[bytes], seconds: float) -> dict[str, Any]:
    """Double the rate from 100 a second until the server falls behind; each step's figures."""
    steps = []
    rate = 100.0
    while rate <= 3200:
        bodies = [next(events) for _ in range(int(rate * seconds))]
        step = open_loop(port, key, bodies, rate)
        steps.append(step)
        if step["answered_per_second"] < 0.9 * rate or step["p95_ms"] > 250:
            break
        rate *= 2
    return {"steps": steps}


def bodies_of(count: int, size: int, chance: random.Random) -> list[bytes]:
    return [
        orjson.dumps([event(at * size + number, chance) for number in range(size)]) for at in range(count)
    ]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--batches", type=int, default=80)
    options.add_argument("--size", type=int, default=500)
    options.add_argument("--seconds", type=float, default=15, help="of the open loop at 100 a second")
    given = options.parse_args()
    count, size = min(given.batches, MOST_BATCHES), min(given.size, 5_000)
    seconds = min(given.seconds, LONGEST_LOOP_SECONDS)
    bodies = bodies_of(count, size, random.Random(1))
    chance = random.Random(2)
    first = count * size
    singles = (orjson.dumps([event(number, chance)]) for number in range(first, first + 10**9))
    with tempfile.TemporaryDirectory(prefix="guanxi-bench-") as folder:
        home = Path(folder)
        key = set_up(home)
        with served("bench._bare:application", home) as (port, session):
            bare = timed_batches(port, session, key, bodies, size)
        with served("guanxi.console.wsgi:application", home) as (port, session):
            guanxi = timed_batches(port, session, key, bodies, size)
            open_loop(port, key, [next(singles) for _ in range(50)], 50)  # warm
            steady = open_loop(port, key, [next(singles) for _ in range(int(100 * seconds))], 100)
            climb = saturation(port, key, singles, 4)
    print(
        json.dumps(
            {
                "events": (count - 1) * size,
                "batch": size,
                "per_second": round(guanxi[0]),
                "per_cpu_second": round(guanxi[1]),
                "baseline_per_second": round(bare[0]),
                "baseline_per_cpu_second": round(bare[1]),
                "ratio": round(guanxi[0] / bare[0], 3),
                "open_loop": steady,
                **climb,
            }
        )
    )


if __name__ == "__main__":
    main()
