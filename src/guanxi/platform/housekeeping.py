"""What the platform does regularly for the house itself: left-overs, ended sessions, old jobs and beats go.
What brands hold has its periods (`retention`)."""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore

from guanxi.platform import jobs, storage, worker

EVERY_SECONDS = 3_600


def keep_house(context: jobs.JobContext) -> dict[str, int]:
    storage.sweep()
    SessionStore.clear_expired()
    worker.forget_old_beats()
    return {"jobs": jobs.forget_old()}


def register() -> None:
    """Called once, at start-up."""
    jobs.kinds.register(jobs.JobKind("platform.housekeeping", keep_house))
    jobs.periodics.register(
        jobs.Periodic(
            "platform.housekeeping",
            EVERY_SECONDS,
            lambda: jobs.enqueue("platform.housekeeping", unique_key="housekeeping"),
        )
    )
