"""A full refresh with all that it writes: a segment each for the conditions, filled, and refreshed again."""

from __future__ import annotations

import resource
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock


class Turns:
    """How long each transaction held the writers' turn."""

    def __init__(self, original: Any) -> None:
        self._original = original
        self.ms: list[float] = []

    @contextmanager
    def __call__(self, brand_id: int | None = None) -> Iterator[None]:
        with self._original(brand_id):
            started = time.perf_counter()
            yield
        self.ms.append((time.perf_counter() - started) * 1000)


class Peak(threading.Thread):
    """The most memory of its own that this process held, looked at ten times a second: without pages of
    files, which the system takes back when it likes."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.mib = 0
        self._done = threading.Event()

    def run(self) -> None:
        while not self._done.wait(0.1):
            fields = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
            kib = next(int(line.split()[1]) for line in fields if line.startswith("RssAnon"))
            self.mib = max(self.mib, kib // 1024)

    def stop(self) -> int:
        self._done.set()
        self.join()
        return self.mib


def written(slug: str, conditions: list[dict[str, Any]], as_of_ms: int) -> dict[str, Any]:
    """The first refresh, which writes every membership, and the second, which finds nothing to write."""
    from django.core.management import call_command
    from django.db import connection

    from guanxi.kernel.clock import frozen
    from guanxi.platform import people
    from guanxi.segments import refreshing, services
    from guanxi.segments.models import Membership

    call_command("migrate", verbosity=0)
    brand = people.create_brand(slug, slug, actor="cli")
    for number, condition in enumerate(conditions):
        services.create(brand, f"segment {number}", condition, actor="cli")
    found: dict[str, Any] = {"database": connection.vendor}
    # The lake was generated: there is nothing behind it to bring it up to date from.
    with frozen(as_of_ms), mock.patch.object(refreshing.lake, "sync_if_behind"):
        for name in ("first", "second"):
            turns, peak = Turns(refreshing.writing), Peak()
            peak.start()
            with mock.patch.object(refreshing, "writing", turns):
                cpu, started = time.process_time(), time.perf_counter()
                done = refreshing.refresh(brand)
                found[name] = {
                    "seconds": round(time.perf_counter() - started, 1),
                    "cpu_seconds": round(time.process_time() - cpu, 1),
                    "entered": sum(one.entered for one in done.segments),
                    "left": sum(one.left for one in done.segments),
                    "transactions": len(turns.ms),
                    "longest_ms": round(max(turns.ms)),
                    "p99_ms": round(sorted(turns.ms)[len(turns.ms) * 99 // 100]),
                    "peak_mib": peak.stop(),
                }
    found["memberships"] = Membership.objects.count()
    if connection.vendor == "sqlite":
        found["database_mib"] = Path(connection.settings_dict["NAME"]).stat().st_size >> 20
    found["peak_with_files_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return found
