"""What the worker does for the ledger as time passes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from guanxi.kernel.clock import MINUTE_MS
from guanxi.loyalty.ledger import due
from guanxi.platform import jobs
from guanxi.platform.models import Brand

DUE: Final = "ledger.due"
EVERY_SECONDS: Final = 30
FAILURE_MS: Final = 10 * MINUTE_MS  # of rest after a run that failed
SECONDS: Final = 20  # of one job: then others have their turn, and another of these goes on


def run_due(context: jobs.JobContext) -> Mapping[str, Any]:
    brand_id = context.brand_id or 0
    counts = due.run(brand_id, context.progress, seconds=SECONDS)
    if not counts.finished:
        jobs.want(DUE, brand_id)
    return counts._asdict()


def plan() -> None:
    """Want a run for every brand of which something is due."""
    for brand_id in Brand.objects.order_by("pk").values_list("pk", flat=True):
        if due.is_anything(brand_id) and jobs.rests(DUE, brand_id, {}, FAILURE_MS):
            jobs.want(DUE, brand_id)


def register() -> None:
    """Called once, at start-up."""
    jobs.kinds.register(jobs.JobKind(DUE, run_due))
    jobs.periodics.register(jobs.Periodic(DUE, EVERY_SECONDS, plan))
