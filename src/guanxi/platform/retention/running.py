"""Letting go: every night, in short transactions, resumed where it was killed, told in the audit log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import time
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import F, Max, Min, QuerySet

from guanxi.kernel.clock import now_ms, to_datetime, to_ms
from guanxi.platform import audit, jobs
from guanxi.platform.models import Brand, Job, RetentionPeriod
from guanxi.platform.retention.contracts import Found
from guanxi.platform.retention.periods import Period, forecast, periods
from guanxi.platform.writing import writing

JOB: Final = "retention.run"
AT_ONCE: Final = 1_000  # rows of a transaction: well under 200 ms
HOUR: Final = 3  # of the brand's night, from which on a run is wanted
LOOK_SECONDS: Final = 1_800


@dataclass
class Batch:
    """What a transaction lets go of."""

    rows: int = 0


@contextmanager
def batch(brand_id: int, key: str) -> Iterator[Batch]:
    """The brand's turn, in which rows of a kind go and are counted: both, or neither."""
    with writing(brand_id):
        going = Batch()
        yield going
        if going.rows:
            RetentionPeriod.objects.get_or_create(brand_id=brand_id, kind=key)
            mine = RetentionPeriod.objects.filter(brand_id=brand_id, kind=key)
            mine.update(gone=F("gone") + going.rows)


def counted(rows: QuerySet[Any], moment: str) -> Found:
    """How many rows there are and the oldest, by their column of a moment."""
    return Found(rows.count(), rows.aggregate(oldest=Min(moment))["oldest"])


def deleted(brand_id: int, key: str, rows: QuerySet[Any], limit: int) -> int:
    """Delete `limit` of the rows, those that came first; how many."""
    numbers = list(rows.order_by("pk").values_list("pk", flat=True)[:limit])
    if not numbers:
        return 0
    with batch(brand_id, key) as going:
        those = rows.filter(pk__in=numbers)
        going.rows = those.count()
        those.delete()
    return len(numbers)


def run(brand_id: int, told: Callable[[int], object] = lambda gone: None) -> dict[str, int]:
    """Let go of whatever is older than its period; rows by kind, those of a run that died before included.
    `told` hears how many so far and may raise to stop; what is gone stays gone, and a later run goes on."""
    at_ms, total = now_ms(), 0
    gone: dict[str, int] = {}
    for one in periods(brand_id):
        before_ms = one.before_ms(at_ms)
        if before_ms is not None and one.kind.let_go is not None:
            while went := one.kind.let_go(brand_id, before_ms, AT_ONCE):
                total += went
                told(total)
        if rows := _ended(brand_id, one):
            gone[one.kind.key] = rows
    return gone


def dry_run(brand_id: int) -> list[tuple[Period, Found]]:
    """What `run` would let go of now, of each kind."""
    at_ms = now_ms()
    return [(one, forecast(brand_id, one, at_ms)) for one in periods(brand_id)]


def _ended(brand_id: int, one: Period) -> int:
    """Write down what went, and let those know who keep something of it; how many rows."""
    mine = RetentionPeriod.objects.filter(brand_id=brand_id, kind=one.kind.key)
    with writing(brand_id):
        gone = mine.values_list("gone", flat=True).first() or 0
        if not gone:
            return 0
        mine.update(gone=0, last_gone=gone, last_ms=now_ms())
        if one.kind.after is not None:
            one.kind.after(brand_id)
        detail = {"row_count": gone, "days": f"{one.days:g}" if one.days is not None else ""}
        audit.record(brand_id, "system", "retention.run", "retention", one.kind.key, detail=detail)
    return gone


def run_job(context: jobs.JobContext) -> dict[str, int]:
    return run(context.brand_id or 0, context.progress)


def plan() -> None:
    """Want a run of every brand whose night has come and that had none since."""
    latest = dict(Job.objects.filter(kind=JOB).values_list("brand_id").annotate(latest=Max("created_ms")))
    for brand in Brand.objects.order_by("pk"):
        zone = ZoneInfo(brand.timezone)
        here = to_datetime(now_ms(), zone)
        due_ms = to_ms(here.combine(here.date(), time(HOUR)), zone)
        if due_ms <= now_ms() and latest.get(brand.pk, 0) < due_ms:
            jobs.enqueue(JOB, brand_id=brand.pk, unique_key=f"brand:{brand.pk}")


def register() -> None:
    """Called once, at start-up."""
    jobs.kinds.register(jobs.JobKind(JOB, run_job))
    jobs.periodics.register(jobs.Periodic(JOB, LOOK_SECONDS, plan))
