"""What the worker does for states: a refresh after each sync, on each new day, and when rules are chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from guanxi.economics.states.rules import REFRESH
from guanxi.kernel.clock import MINUTE_MS
from guanxi.platform import jobs
from guanxi.platform.models import Brand
from guanxi.warehouse import registry
from guanxi.warehouse.contracts import AfterSync, BrandRow
from guanxi.warehouse.jobs import SYNC

EVERY_SECONDS: Final = 300
FAILURE_MS: Final = 30 * MINUTE_MS  # of rest after a refresh that failed


def run_refresh(context: jobs.JobContext) -> Mapping[str, Any]:
    from guanxi.economics.states.refreshing import refresh  # noqa: PLC0415 - NumPy and Arrow

    brand = Brand.objects.get(pk=context.brand_id or 0)
    return asdict(refresh(brand, tell=context.progress))


def after_sync(brand: BrandRow) -> None:
    jobs.want(REFRESH, brand.pk)


def plan() -> None:
    """Want a refresh of every brand where there is something new, or another day has begun. What a sync that
    runs brings is refreshed after it, not by halves."""
    from guanxi.economics.states.refreshing import is_behind  # noqa: PLC0415 - NumPy and Arrow

    for brand in Brand.objects.order_by("pk"):
        rests = jobs.rests(SYNC, brand.pk, {}, 0) and jobs.rests(REFRESH, brand.pk, {}, FAILURE_MS)
        if rests and is_behind(brand):
            jobs.want(REFRESH, brand.pk)


def register() -> None:
    jobs.kinds.register(jobs.JobKind(REFRESH, run_refresh))
    jobs.periodics.register(jobs.Periodic(REFRESH, EVERY_SECONDS, plan))
    registry.after_sync.register(AfterSync(REFRESH, after_sync))
