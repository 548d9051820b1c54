"""Work that outlives a request: kinds of jobs, enqueuing, claiming, progress, retries.

A job is a row, written in the transaction that wants it, so it exists exactly if that commits. Handlers are
idempotent: a job may run twice, never twice at once. A claim is known by (id, attempts): whoever lost a
claim (cancelled, or taken for dead) can change nothing any more, and learns so from `context.progress`.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from guanxi.kernel.clock import DAY_MS, MINUTE_MS, SECOND_MS, now_ms
from guanxi.kernel.errors import Conflict, GuanxiError, NotFound, Unavailable
from guanxi.kernel.registries import Registry
from guanxi.platform.contracts import JobState
from guanxi.platform.models import Job
from guanxi.platform.writing import writing

BACKOFF_MS = 10 * SECOND_MS
MAX_BACKOFF_MS = 10 * MINUTE_MS
MAX_DELAY_MS = DAY_MS
KEPT_DAYS = 30
KEPT_MS = KEPT_DAYS * DAY_MS
ENDED = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)
MAX_DEATHS = 5
TELL_EVERY_SECONDS = 0.5


class JobStopped(Exception):
    """Raised by `context.progress` where the work must end now: cancelled, taken over, or shutting down.

    Handlers let it pass; what they have committed stays, and a later run goes on from there.
    """


@dataclass
class JobContext:
    """What a handler may know and say. `brand_id` and `arguments` are as enqueued."""

    job_id: int
    attempt: int
    brand_id: int | None
    arguments: Mapping[str, Any]
    stopping: threading.Event = field(default_factory=threading.Event)
    _told_at: float = 0.0

    def progress(self, done: int, total: int | None = None) -> None:
        """Say how far the work is (cheap: written twice a second at most). Raises JobStopped."""
        if self.stopping.is_set():
            raise JobStopped
        at = time.monotonic()
        if at - self._told_at < TELL_EVERY_SECONDS:
            return
        self._told_at = at
        change: dict[str, Any] = {"done": done, "heartbeat_ms": now_ms()}
        if total is not None:
            change["total"] = total
        if not _change(self, **change):
            raise JobStopped


@dataclass(frozen=True)
class JobKind:
    """How one kind of job is done. `run` returns its result (JSON, never personal)."""

    name: str
    run: Callable[[JobContext], Mapping[str, Any] | None]
    attempts: int = 5


@dataclass(frozen=True)
class Periodic:
    """Something looked at regularly: `plan` enqueues whatever is wanted now, and is quick."""

    name: str
    every_seconds: float
    plan: Callable[[], object]


kinds: Registry[JobKind] = Registry("job kind", lambda kind: kind.name)
periodics: Registry[Periodic] = Registry("periodic", lambda periodic: periodic.name)


def enqueue(
    kind: str,
    *,
    brand_id: int | None = None,
    arguments: Mapping[str, Any] | None = None,
    unique_key: str | None = None,
    delay_ms: int = 0,
) -> int:
    """Want a job done once the caller's transaction commits; its id. While a job of that kind and
    `unique_key` is queued or running, that one's id is returned instead of a new one."""
    kinds[kind]
    due_ms = now_ms() + min(delay_ms, MAX_DELAY_MS) if delay_ms else 0
    wanted = Job(brand_id=brand_id, kind=kind, arguments=dict(arguments or {}), due_ms=due_ms)
    wanted.unique_key = unique_key
    for _attempt in range(3):
        if unique_key is not None and (known := _open_job(kind, unique_key)):
            return known
        try:
            with writing():
                wanted.save(force_insert=True)
                return wanted.pk
        except IntegrityError:
            if unique_key is None:
                raise
    raise Conflict(_("This job comes and goes."), remedy=_("Try again."))


def widen(kind: str, brand_id: int, change: Callable[[Any], Mapping[str, Any] | None]) -> int | None:
    """Let a job of this kind and brand that waits for a worker do what is wanted now as well: `change` takes
    its arguments and answers new ones, or None where it is no such job. The job's id; None where none is."""
    waiting = Job.objects.filter(kind=kind, brand_id=brand_id, state=JobState.QUEUED, failures=0)
    with writing(brand_id):
        for job in waiting.order_by("pk")[:20]:
            arguments = change(job.arguments)
            # A worker that claims it first wins: the update then finds it running. One that comes later waits
            # for this transaction, so that it sees what was written in it.
            if arguments is not None and waiting.filter(pk=job.pk).update(arguments=dict(arguments)):
                return job.pk
    return None


def want(
    kind: str,
    brand_id: int,
    arguments: Mapping[str, Any] | None = None,
    *,
    widened: Callable[[Any], Mapping[str, Any] | None] | None = None,
) -> int:
    """Have done what only a run can do that begins after the caller's transaction; the job's id. A job that
    runs does not count, it may have read what was before; one that waits does, if it is the same or can be
    `widened` (as in `widen`)."""
    wanted = dict(arguments or {})

    def same(present: Any) -> Mapping[str, Any] | None:
        return wanted if present == wanted else None

    with writing(brand_id):
        waiting = widen(kind, brand_id, widened or same)
        return enqueue(kind, brand_id=brand_id, arguments=wanted) if waiting is None else waiting


def rests(kind: str, brand_id: int, arguments: Mapping[str, Any], failure_ms: int) -> bool:
    """Whether no such job of the brand waits or runs, and none has failed in the last `failure_ms`."""
    such = Job.objects.filter(kind=kind, brand_id=brand_id, arguments=dict(arguments))
    failed = Q(state=JobState.FAILED, finished_ms__gt=now_ms() - failure_ms)
    return not such.filter(failed | Q(state__in=[JobState.QUEUED, JobState.RUNNING])).exists()


def progress_of(kind: str, unique_key: str) -> tuple[int, int] | None:
    """How far the job of this kind and key is that waits or runs: done, of how many; None where none does."""
    open_states = [JobState.QUEUED, JobState.RUNNING]
    found = Job.objects.filter(kind=kind, unique_key=unique_key, state__in=open_states)
    return found.values_list("done", "total").first()


def cancel(job_id: int) -> None:
    """End a job that is not done yet. Raises NotFound, or Conflict where it has ended."""
    open_states = [JobState.QUEUED, JobState.RUNNING]
    with writing():
        changed = Job.objects.filter(pk=job_id, state__in=open_states).update(
            state=JobState.CANCELLED, finished_ms=now_ms()
        )
    if changed:
        return
    if not Job.objects.filter(pk=job_id).exists():
        raise NotFound(_("There is no job %(job)s.") % {"job": job_id})
    raise Conflict(_("Job %(job)s has ended already.") % {"job": job_id})


def retry(job_id: int) -> None:
    """Queue a failed or cancelled job again, at once. Raises NotFound or Conflict."""
    ended = Job.objects.filter(pk=job_id, state__in=[JobState.FAILED, JobState.CANCELLED])
    try:
        with writing():
            changed = ended.update(state=JobState.QUEUED, due_ms=0, failures=0, error="", finished_ms=0)
    except IntegrityError:
        raise Conflict(_("Another job does what job %(job)s was to do.") % {"job": job_id}) from None
    if changed:
        return
    if not Job.objects.filter(pk=job_id).exists():
        raise NotFound(_("There is no job %(job)s.") % {"job": job_id})
    raise Conflict(_("Job %(job)s has not failed.") % {"job": job_id})


def worker_name() -> str:
    """This process, as claims name it."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}"


def claim(worker: str, stopping: threading.Event | None = None) -> JobContext | None:
    """The next due job, now this worker's; None where there is none. Two workers never get the same."""
    for job in _due().order_by("due_ms", "id")[:10]:
        with writing():
            taken = Job.objects.filter(pk=job.pk, state=JobState.QUEUED, attempts=job.attempts).update(
                state=JobState.RUNNING,
                attempts=F("attempts") + 1,
                worker=worker,
                heartbeat_ms=now_ms(),
                started_ms=now_ms(),
            )
            # Read again: it may have been widened since it was looked at.
            arguments = Job.objects.values_list("arguments", flat=True).get(pk=job.pk) if taken else {}
        if taken:
            return JobContext(
                job.pk, job.attempts + 1, job.brand_id, arguments, stopping or threading.Event()
            )
    return None


def perform(context: JobContext) -> JobState:
    """Run a claimed job to its end and write down how it ended."""
    kind = kinds.get(Job.objects.values_list("kind", flat=True).get(pk=context.job_id))
    if kind is None:
        return _fail(context, _("No part of this version does this kind of job."), final=True)
    try:
        result = kind.run(context)
    except JobStopped:
        return _give_back(context)
    except GuanxiError as error:
        passing = isinstance(error, Unavailable | Conflict)
        return _fail(context, str(error), final=not passing, attempts=kind.attempts)
    except Exception as error:
        log_crash(f"job {context.job_id}", error)
        return _fail(context, _crash_name(error), attempts=kind.attempts)
    ended = _change(
        context,
        state=JobState.DONE,
        result=dict(result or {}),
        error="",
        finished_ms=now_ms(),
        heartbeat_ms=now_ms(),
    )
    return JobState.DONE if ended else JobState.CANCELLED


def beat(context: JobContext) -> None:
    """Say that the claim is alive."""
    _change(context, heartbeat_ms=now_ms())


def take_back(job_id: int, attempt: int) -> bool:
    """Queue a running job whose worker is dead; whether it still was that claim. A job that has killed
    its worker five times fails instead."""
    dead = Job.objects.filter(pk=job_id, state=JobState.RUNNING, attempts=attempt)
    with writing():
        given_up = dead.filter(failures__gte=MAX_DEATHS - 1).update(
            state=JobState.FAILED,
            failures=F("failures") + 1,
            error=_("Its worker died again and again."),
            finished_ms=now_ms(),
        )
        queued = dead.update(state=JobState.QUEUED, due_ms=0, failures=F("failures") + 1, worker="")
    return bool(given_up or queued)


def forget_old() -> int:
    """Delete jobs of no brand that ended more than 30 days ago; how many. A brand has its own period."""
    ended = Job.objects.filter(brand=None, state__in=ENDED)
    return ended.filter(finished_ms__lt=now_ms() - KEPT_MS).delete()[0]


def run_queued(limit: int = 1_000) -> int:
    """Perform what is due, here and now, one after the other: for commands and tests without a worker."""
    for count in range(limit):
        context = claim(worker_name())
        if context is None:
            return count
        perform(context)
    return limit


def _due() -> QuerySet[Job]:
    """Queued jobs whose time has come. A time further off than any backoff or delay can be is the
    work of a clock that was set back: such a job is due."""
    at = now_ms()
    too_far = Q(failures__gt=0, due_ms__gt=at + MAX_BACKOFF_MS) | Q(due_ms__gt=at + MAX_DELAY_MS)
    return Job.objects.filter(Q(due_ms__lte=at) | too_far, state=JobState.QUEUED)


def _open_job(kind: str, unique_key: str) -> int | None:
    found = Job.objects.filter(
        kind=kind, unique_key=unique_key, state__in=[JobState.QUEUED, JobState.RUNNING]
    ).values_list("pk", flat=True)
    return found.first()


def _change(context: JobContext, **change: Any) -> int:
    """Change the job while it is still this claim's; 0 where it is not."""
    with writing():
        claimed = Job.objects.filter(pk=context.job_id, state=JobState.RUNNING, attempts=context.attempt)
        return claimed.update(**change)


def _give_back(context: JobContext) -> JobState:
    given = _change(context, state=JobState.QUEUED, due_ms=0, worker="")
    return JobState.QUEUED if given else JobState.CANCELLED


def _fail(context: JobContext, message: str, *, final: bool = False, attempts: int = 1) -> JobState:
    failures = Job.objects.values_list("failures", flat=True).get(pk=context.job_id) + 1
    if final or failures >= attempts:
        change: dict[str, Any] = {"state": JobState.FAILED, "finished_ms": now_ms()}
    else:
        wait_ms = min(BACKOFF_MS * 4 ** (failures - 1), MAX_BACKOFF_MS)
        change = {"state": JobState.QUEUED, "due_ms": now_ms() + wait_ms, "worker": ""}
    changed = _change(context, error=message[:2_000], failures=failures, **change)
    return JobState(change["state"]) if changed else JobState.CANCELLED


def _crash_name(error: Exception) -> str:
    """What crashed where, without the message, which may hold personal data."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {frame.name} ({frame.filename.rpartition('guanxi')[2]}:{frame.lineno})"


def log_crash(what: str, error: Exception) -> None:
    """Where it crashed, to stderr; without the message, as above."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    sys.stderr.write(f"{what} failed with {type(error).__name__}:\n{frames}")
