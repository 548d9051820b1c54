"""What the worker does for segments: following, many times a second, and refreshing, when it is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.db import connection
from django.db.models import F

from guanxi.kernel.clock import MINUTE_MS, SECOND_MS, now_ms
from guanxi.platform import jobs, marks
from guanxi.platform.followers import Follower, followers
from guanxi.platform.models import Brand
from guanxi.platform.writing import writing
from guanxi.segments import exporting, following, membership, scheduling, tagging
from guanxi.segments.contracts import Mode, State
from guanxi.segments.definitions import definitions
from guanxi.segments.models import Progress, Segment
from guanxi.segments.services import REMOVE, fill

REMOVED_AT_ONCE = 5_000
PLAN_SECONDS = 20
FAILURE_MS = 10 * MINUTE_MS  # of rest after a full refresh that failed


class Following:
    """Steps of every brand, taken where the database has changed or somebody's moment has come."""

    def __init__(self) -> None:
        self._pulse: int | None = None
        self._due_ms = 0

    def step(self) -> bool:
        pulse = marks.pulse()
        if pulse == self._pulse and now_ms() < self._due_ms:
            return False
        busy = False
        due = []
        for brand in Brand.objects.order_by("pk"):
            busy = following.follow(brand) or busy
            if definitions(brand.pk).live and (first := membership.next_due_ms(brand.pk)) is not None:
                due.append(first)
        if not busy:
            self._pulse = pulse
            # What is due and yet not done waits for a refresh.
            self._due_ms = max(min(due, default=1 << 62), now_ms() + SECOND_MS)
        return busy


def run_refresh(context: jobs.JobContext) -> Mapping[str, Any]:
    from guanxi.segments.refreshing import refresh  # noqa: PLC0415 - Arrow, which start-up need not load

    brand = Brand.objects.get(pk=context.brand_id or 0)
    refreshed = refresh(brand, context.arguments.get("segments"), tell=context.progress)
    if any(definition.tag for definition in definitions(brand.pk).all().values()):
        jobs.want(following.TAG, brand.pk)
    return {**asdict(refreshed), "drift": refreshed.drift}


def run_tagging(context: jobs.JobContext) -> Mapping[str, Any]:
    return tagging.set_all(Brand.objects.get(pk=context.brand_id or 0))


def run_removal(context: jobs.JobContext) -> Mapping[str, Any]:
    """Forget the members of a segment that was archived or deleted, some at a time."""
    segment_id = int(context.arguments["segment"])
    brand = Brand.objects.get(pk=context.brand_id or 0)
    removed = 0
    while Segment.objects.filter(pk=segment_id).exclude(state=State.ACTIVE).exists():
        with writing(context.brand_id), connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM segments_membership WHERE segment_id = %s AND customer_id IN"
                " (SELECT customer_id FROM segments_membership WHERE segment_id = %s LIMIT %s)",
                [segment_id, segment_id, REMOVED_AT_ONCE],
            )
            gone = cursor.rowcount
            Segment.objects.filter(pk=segment_id).update(size=0)
            membership.note_size(segment_id, membership.day_of(now_ms(), brand.timezone), 0)
        removed += gone
        context.progress(removed)
        if gone < REMOVED_AT_ONCE:
            break
    return {"members": removed}


def plan() -> None:
    """Want the scheduled segments whose hour has come, and full refreshes that are wanted still: something
    was left to one that had begun before, or it has failed."""
    at_ms = now_ms()
    for progress in Progress.objects.filter(bulk_wanted__gt=F("bulk_done")):
        if jobs.rests(following.REFRESH, progress.pk, {}, FAILURE_MS):
            jobs.want(following.REFRESH, progress.pk)
    rows = Segment.objects.filter(mode=Mode.SCHEDULED, state=State.ACTIVE, due_ms__lte=at_ms)
    for row in rows.select_related("brand"):
        with writing(row.brand_id):
            due_ms = scheduling.next_ms(row.hour, row.weekday, at_ms, row.brand.timezone)
            if Segment.objects.filter(pk=row.pk, due_ms=row.due_ms).update(due_ms=due_ms):
                fill(row.brand_id, row.pk)


def register() -> None:
    jobs.kinds.register(jobs.JobKind(following.REFRESH, run_refresh))
    jobs.kinds.register(jobs.JobKind(following.TAG, run_tagging))
    jobs.kinds.register(jobs.JobKind(REMOVE, run_removal))
    jobs.kinds.register(jobs.JobKind(exporting.EXPORT, exporting.run_export))
    jobs.periodics.register(jobs.Periodic("segments.schedule", PLAN_SECONDS, plan))
    followers.register(Follower("segments", Following().step))
