"""After a sync: the chapter's reports computed anew with their defaults, so that their pages open at once."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final

from guanxi.economics.catalogue import REPORTS
from guanxi.kernel.clock import MINUTE_MS, now_ms
from guanxi.kernel.errors import GuanxiError
from guanxi.platform import jobs
from guanxi.platform.models import Brand
from guanxi.warehouse import queries as warehouse
from guanxi.warehouse.contracts import AfterSync, BrandRow
from guanxi.warehouse.registry import after_sync

REFIT: Final = "economics.refit"
REST_MS: Final = 15 * MINUTE_MS
MOST_ROUNDS: Final = 3


def want(brand: BrandRow) -> None:
    """Have the kept reports computed anew: by one job, and not within `REST_MS` of the last time, as a brand
    that sells all day is synced all day. Whoever looks before that has a report computed for them."""
    from guanxi.economics.models import StoredReport  # noqa: PLC0415 - models must be loaded first

    rows = StoredReport.objects.filter(brand_id=brand.pk).order_by("-computed_ms")
    last_ms = rows.values_list("computed_ms", flat=True).first() or 0
    delay_ms = max(0, last_ms + REST_MS - now_ms())
    jobs.enqueue(REFIT, brand_id=brand.pk, unique_key=str(brand.pk), delay_ms=delay_ms)


def run(context: jobs.JobContext) -> Mapping[str, Any]:
    """Compute every kept report with its defaults, again where the lake moved on meanwhile. One that cannot
    be computed does not keep the others from it: it is named in the result and says why on its page."""
    from guanxi.economics import running, stored  # noqa: PLC0415 - Ibis and scipy, which start-up need not load

    brand = Brand.objects.get(pk=context.brand_id or 0)
    kept = [kind.name for kind in REPORTS.values() if kind.kept]
    seconds, refused = {}, {}
    for _round in range(MOST_ROUNDS):
        version = warehouse.version(brand)
        with running.sharing():
            for done, name in enumerate(kept, 1):
                began = time.perf_counter()
                try:
                    stored.answer(brand, name, {})
                except GuanxiError as error:
                    refused[name] = error.message
                seconds[name] = round(time.perf_counter() - began, 3)
                context.progress(done, len(kept))
        if warehouse.version(brand) == version:
            break
    return {"seconds": seconds, "refused": refused}


def register() -> None:
    jobs.kinds.register(jobs.JobKind(REFIT, run))
    after_sync.register(AfterSync(REFIT, want))
