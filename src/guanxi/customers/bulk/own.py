"""What this part offers to the worker."""

from __future__ import annotations

from guanxi.customers.bulk import rights
from guanxi.customers.bulk.services import KIND, forget, run
from guanxi.platform import jobs

FORGET = "customers.bulk_forget"
EVERY_SECONDS = 3_600


def register() -> None:
    rights.register()
    jobs.kinds.register(jobs.JobKind(KIND, run))
    jobs.kinds.register(jobs.JobKind(FORGET, forget))
    jobs.periodics.register(
        jobs.Periodic(FORGET, EVERY_SECONDS, lambda: jobs.enqueue(FORGET, unique_key="bulk"))
    )
