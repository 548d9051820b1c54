"""Imports when things go wrong: killed, a full disk, twice at once, others writing meanwhile."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections

from guanxi.customers.contracts import Identity
from guanxi.kernel.clock import now_ms
from guanxi.platform.models import Brand
from guanxi.touchpoints import services
from guanxi.touchpoints.contracts import Fact, ImportState
from guanxi.touchpoints.models import Import, Touchpoint
from tests.touchpoints.orders import guanxi, order, write_orders

pytestmark = pytest.mark.django_db(transaction=True)

ORDERS = 12_000


@pytest.fixture
def brand() -> Brand:
    return Brand.objects.create(slug="lanhua", name="兰花", is_default=True)


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    return write_orders(tmp_path / "orders.csv", (order(n) for n in range(ORDERS)))


def finished(process: Any) -> dict[str, Any]:
    answer, trouble = process.communicate(timeout=300)
    assert process.returncode == 0, trouble
    return dict(json.loads(answer.strip().splitlines()[-1]))


def total_fen() -> int:
    return sum(amount or 0 for amount in Touchpoint.objects.values_list("amount_fen", flat=True))


EXPECTED_FEN = 1000 * ORDERS + sum(range(ORDERS))


def test_a_killed_import_goes_on(brand: Brand, orders: Path) -> None:
    process = guanxi("import", str(orders), "--json")
    while not Import.objects.filter(step__gte=1).exists():
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.communicate()
    killed = Import.objects.get()
    assert killed.state == ImportState.RUNNING
    assert Touchpoint.objects.count() == killed.recorded < ORDERS
    outcome = finished(guanxi("import", str(orders), "--json"))
    assert (outcome["rows"], outcome["recorded"], outcome["duplicates"]) == (ORDERS, ORDERS, 0)
    assert Import.objects.count() == 1
    assert total_fen() == EXPECTED_FEN


def test_two_imports_of_one_file_at_once_count_it_once(brand: Brand, orders: Path) -> None:
    both = [guanxi("import", str(orders), "--json") for _ in range(2)]
    outcomes = [finished(process) for process in both]
    assert [outcome["rows"] for outcome in outcomes] == [ORDERS, ORDERS]
    assert sum(outcome["recorded"] for outcome in outcomes) == ORDERS
    assert sum(outcome["duplicates"] for outcome in outcomes) == ORDERS
    assert total_fen() == EXPECTED_FEN


def test_threads_record_while_an_import_runs(
    brand: Brand, orders: Path, record_property: Callable[[str, object], None]
) -> None:
    """16 threads, as of a web server; none ever finds the database locked."""
    process = guanxi("import", str(orders), "--json")
    waits: list[float] = []
    troubles: list[Exception] = []
    importing = threading.Event()
    importing.set()

    def record(thread: int) -> None:
        try:
            number = 0
            while importing.is_set():
                fact = Fact(
                    "order.paid",
                    f"{thread}-{number}",
                    now_ms(),
                    (Identity("jd", f"jd{thread}"),),
                    amount_fen=1,
                )
                began = time.monotonic()
                services.record(brand.pk, "web", [fact])
                waits.append(time.monotonic() - began)
                number += 1
        except Exception as error:
            troubles.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=record, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    try:
        outcome = finished(process)
    finally:
        importing.clear()
        for thread in threads:
            thread.join()
    assert troubles == []
    assert outcome["recorded"] == ORDERS
    assert Touchpoint.objects.filter(channel="").count() == len(waits) > 16
    waits.sort()
    p99_ms = round(waits[int(len(waits) * 0.99)] * 1000)
    record_property("p99_ms", p99_ms)
    sys.stdout.write(f"{len(waits)} facts by 16 threads during an import: p99 {p99_ms} ms\n")


def test_a_full_disk_leaves_nothing_half(brand: Brand, orders: Path, tmp_path: Path) -> None:
    """No file may grow beyond what SQLite's log needs for a few chunks, as on a disk that is full."""
    if connection.vendor != "sqlite":
        pytest.skip("limits the size of SQLite's own files")
    process = guanxi("import", str(orders), "--json")
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (3 << 20, 3 << 20))
    answer, trouble = process.communicate(timeout=300)
    assert process.returncode == 8, trouble
    fault = json.loads(answer.strip().splitlines()[-1])["error"]
    assert fault["code"] == "disk_full"
    assert "Traceback" not in trouble
    stopped = Import.objects.get()
    assert Touchpoint.objects.count() == stopped.recorded < ORDERS
    outcome = finished(guanxi("import", str(orders), "--json"))
    assert (outcome["recorded"], outcome["duplicates"]) == (ORDERS, 0)
    assert total_fen() == EXPECTED_FEN


def test_a_reader_that_dies_is_reported(brand: Brand, orders: Path) -> None:
    """The process that reads may be killed by the system where memory is short."""
    process = guanxi("import", str(orders), "--json")
    while not Import.objects.filter(step__gte=1).exists():
        assert process.poll() is None
    for reader in children_of(process.pid):
        os.kill(reader, signal.SIGKILL)
    answer, trouble = process.communicate(timeout=300)
    if process.returncode == 0:
        pytest.skip("the reader had finished already")
    assert process.returncode == 8, trouble
    assert "error" in json.loads(answer.strip().splitlines()[-1])
    assert Import.objects.get().state == ImportState.FAILED
    assert finished(guanxi("import", str(orders), "--json"))["recorded"] == ORDERS


def children_of(process: int) -> list[int]:
    path = Path(f"/proc/{process}/task/{process}/children")
    if not path.exists():
        pytest.skip("this system does not tell the children of a process")
    return [int(child) for child in path.read_text().split()]


@pytest.mark.heavy
def test_a_file_of_a_gigabyte_in_less_memory(brand: Brand, tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    title = "兰花面霜" * 450  # 3,600 bytes in GB18030
    write_orders(path, [])
    with path.open("a", encoding="gb18030", newline="") as out:
        for number in range(300_000):
            out.write(order(number, title=title) + "\r\n")
    assert path.stat().st_size > 1 << 30
    process = guanxi("import", str(path), "--json")
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0
    assert usage.ru_maxrss < 1 << 20  # KiB; the reader's peak is part of it
    assert Touchpoint.objects.count() == 300_000
