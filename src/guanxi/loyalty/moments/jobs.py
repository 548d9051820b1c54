"""The worker's daily look at birthdays and anniversaries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from guanxi.kernel.clock import HOUR_MS
from guanxi.loyalty.moments import services
from guanxi.platform import jobs
from guanxi.platform.models import Brand

DAILY: Final = "moments.daily"
EVERY_SECONDS: Final = 300
FAILURE_MS: Final = HOUR_MS


def run_daily(context: jobs.JobContext) -> Mapping[str, Any]:
    brand = Brand.objects.get(pk=context.brand_id or 0)
    return services.run(brand, context.progress)._asdict()


def plan() -> None:
    """Want a run for every brand of which a local day is due."""
    for brand in Brand.objects.order_by("pk"):
        if services.is_due(brand) and jobs.rests(DAILY, brand.pk, {}, FAILURE_MS):
            jobs.want(DAILY, brand.pk)


def register() -> None:
    jobs.kinds.register(jobs.JobKind(DAILY, run_daily))
    jobs.periodics.register(jobs.Periodic(DAILY, EVERY_SECONDS, plan))
