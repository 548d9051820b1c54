"""Syncs done by the worker: when facts came in, and every few minutes."""

from __future__ import annotations

from typing import Final

from guanxi.platform import jobs
from guanxi.platform.models import Brand

SYNC: Final = "warehouse.sync"
EVERY_SECONDS: Final = 300


def run_sync(context: jobs.JobContext) -> dict[str, object]:
    from guanxi.warehouse import services  # noqa: PLC0415 - Arrow, which start-up need not load

    synced = services.sync(Brand.objects.get(pk=context.brand_id or 0))
    return {"rows": synced.rows, "seconds": round(synced.seconds, 3)}


def plan() -> None:
    """Want a sync of every brand whose lake is behind."""
    from guanxi.warehouse import queries  # noqa: PLC0415 - Arrow, which start-up need not load

    for brand in Brand.objects.order_by("pk"):
        if queries.is_behind(brand):
            jobs.enqueue(SYNC, brand_id=brand.pk, unique_key=f"brand:{brand.pk}")


def register() -> None:
    jobs.kinds.register(jobs.JobKind(SYNC, run_sync))
    jobs.periodics.register(jobs.Periodic(SYNC, EVERY_SECONDS, plan))
