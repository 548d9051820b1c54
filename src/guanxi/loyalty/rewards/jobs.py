"""What time does to redemptions: those that waited too long expire, those handed over long ago are done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from guanxi.kernel.clock import MINUTE_MS, now_ms
from guanxi.kernel.errors import GuanxiError
from guanxi.loyalty.rewards import moving
from guanxi.loyalty.rewards.contracts import HOLDING, State
from guanxi.loyalty.rewards.models import FamilyLink, Redemption
from guanxi.platform import jobs
from guanxi.platform.models import Brand
from guanxi.platform.writing import writing

DUE: Final = "rewards.due"
EVERY_SECONDS: Final = 60
FAILURE_MS: Final = 10 * MINUTE_MS
AT_ONCE: Final = 500
_AWAY: Final = (State.HANDED_OUT.value, State.SENT.value)


def late(brand_id: int) -> list[int]:
    """Redemptions whose time is up, the oldest first."""
    rows = Redemption.objects.filter(brand_id=brand_id, state__in=sorted(HOLDING), due_ms__lte=now_ms())
    return list(rows.order_by("due_ms", "pk").values_list("pk", flat=True)[:AT_ONCE])


def old(brand_id: int) -> list[int]:
    """Redemptions that were handed over long enough ago."""
    before = now_ms() - moving.DONE_AFTER_MS
    rows = Redemption.objects.filter(brand_id=brand_id, state__in=_AWAY, changed_ms__lte=before)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])


def run(brand_id: int) -> Mapping[str, int]:
    """Each in a transaction of its own; how many expired and how many are done. What somebody changed
    meanwhile is let be."""
    expired = sum(moving.expire(brand_id, number) for number in late(brand_id))
    done = 0
    for number in old(brand_id):
        try:
            moving.finish(brand_id, number, actor="system")
        except GuanxiError:
            continue
        done += 1
    with writing(brand_id):
        stale = FamilyLink.objects.filter(brand_id=brand_id, linked_ms__isnull=True, until_ms__lte=now_ms())
        stale.delete()
    return {"expired": expired, "done": done}


def run_due(context: jobs.JobContext) -> Mapping[str, Any]:
    return run(context.brand_id or 0)


def plan() -> None:
    """Want a run for every brand of which something is due."""
    for brand_id in Brand.objects.order_by("pk").values_list("pk", flat=True):
        if (late(brand_id) or old(brand_id)) and jobs.rests(DUE, brand_id, {}, FAILURE_MS):
            jobs.want(DUE, brand_id)


def register() -> None:
    """Called once, at start-up."""
    jobs.kinds.register(jobs.JobKind(DUE, run_due))
    jobs.periodics.register(jobs.Periodic(DUE, EVERY_SECONDS, plan))
