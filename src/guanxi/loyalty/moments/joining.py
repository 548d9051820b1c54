"""Since when members are: kept as facts of joining are recorded, read from the log once for those before."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from guanxi.kernel.clock import now_ms, to_datetime
from guanxi.loyalty.moments.models import Joining
from guanxi.platform.models import Brand
from guanxi.platform.writing import writing
from guanxi.touchpoints.history import facts_between
from guanxi.touchpoints.hooks import AFTER_RECORD, AfterRecord, RecordedBatch

JOINED = "member.joined"


def register() -> None:
    AFTER_RECORD.register(AfterRecord("moments", note))


def note(batch: RecordedBatch) -> None:
    """Keep the earliest joining of each subject. Runs with each batch of facts; of those without a joining it
    asks nothing."""
    found = [
        (fact.subject_id, fact.occurred_ms)
        for fact in batch.facts
        if fact.kind == JOINED and fact.subject_id is not None
    ]
    if found:
        _keep(batch.brand_id, found)


def read_log(brand_id: int) -> None:
    """The joinings that were recorded before this room was there."""
    for rows in facts_between(brand_id, [JOINED], -(1 << 62), now_ms()).batches():
        with writing(brand_id):
            _keep(brand_id, [(row.subject_id, row.occurred_ms) for row in rows if row.subject_id is not None])


def _keep(brand_id: int, found: Iterable[tuple[int, int]]) -> None:
    earliest: dict[int, int] = {}
    for subject_id, at_ms in found:
        earliest[subject_id] = min(at_ms, earliest.get(subject_id, at_ms))
    zone = ZoneInfo(Brand.objects.values_list("timezone", flat=True).get(pk=brand_id))
    known = dict(Joining.objects.filter(subject_id__in=list(earliest)).values_list("subject_id", "since_ms"))
    rows = [
        Joining(brand_id=brand_id, subject_id=subject, since_ms=at_ms, month_day=_code(at_ms, zone))
        for subject, at_ms in earliest.items()
    ]
    Joining.objects.bulk_create([row for row in rows if row.subject_id not in known], ignore_conflicts=True)
    for row in rows:
        if row.since_ms < known.get(row.subject_id, row.since_ms):
            ours = Joining.objects.filter(subject_id=row.subject_id, since_ms__gt=row.since_ms)
            ours.update(since_ms=row.since_ms, month_day=row.month_day)


def _code(at_ms: int, zone: ZoneInfo) -> int:
    day = to_datetime(at_ms, zone)
    return day.month * 100 + day.day
