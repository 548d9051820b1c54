"""What the worker does for draws as time passes: settles what has closed, lets gifts expire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from guanxi.kernel.clock import MINUTE_MS, now_ms
from guanxi.loyalty.draws import claiming, services, settling
from guanxi.loyalty.draws.contracts import State, WinState
from guanxi.loyalty.draws.models import Draw, DrawWin
from guanxi.loyalty.draws.services import purpose_of
from guanxi.platform import jobs
from guanxi.platform.actors import SYSTEM
from guanxi.platform.models import Brand
from guanxi.platform.vault import SEALED_COLUMNS, SealedColumn

SETTLE: Final = "draws.settle"
EXPIRE: Final = "draws.expire"
EVERY_SECONDS: Final = 30
FAILURE_MS: Final = 10 * MINUTE_MS


def run_settle(context: jobs.JobContext) -> Mapping[str, Any]:
    """As far as it can be: one that announced a public number waits for it, closed."""
    brand = Brand.objects.get(pk=context.brand_id or 0)
    number = int(context.arguments["draw"])
    draw = services.find(brand.pk, number)
    if draw.state == State.OPEN.value:
        draw = settling.close(brand, number, actor=SYSTEM)
    if not waits(draw):
        draw = settling.settle(brand, number, actor=SYSTEM, told=context.progress)
    return {"draw": number, "state": draw.state}


def run_expire(context: jobs.JobContext) -> Mapping[str, Any]:
    return {"expired": claiming.expire(context.brand_id or 0)}


def waits(draw: Draw) -> bool:
    """Whether it is closed and its public number is not there yet."""
    return draw.state == State.CLOSED.value and bool(draw.terms["entropy"]) and not draw.entropy


def is_over(draw: Draw) -> bool:
    """Whether nobody can enter any more."""
    sold_out = bool(draw.terms["positions"]) and draw.entered >= draw.terms["positions"]
    return draw.state != State.OPEN.value or draw.closes_ms <= now_ms() or sold_out


def plan() -> None:
    """Want a run for each draw that has closed and is not revealed, and for gifts whose time is up."""
    going = Draw.objects.exclude(state__in=[State.DRAFT.value, State.REVEALED.value])
    for draw in going.order_by("pk"):
        if is_over(draw) and not waits(draw):
            _want(SETTLE, draw.brand_id, {"draw": draw.pk})
    late = DrawWin.objects.filter(state=WinState.WON.value, posted=True, claim_by_ms__lte=now_ms())
    for brand_id in sorted(set(late.values_list("draw__brand_id", flat=True))):
        _want(EXPIRE, brand_id, {})


def _want(kind: str, brand_id: int, arguments: Mapping[str, Any]) -> None:
    if jobs.rests(kind, brand_id, arguments, FAILURE_MS):
        jobs.want(kind, brand_id, arguments)


def register() -> None:
    """Called once, at start-up."""
    SEALED_COLUMNS.register(SealedColumn(Draw, "sealed", purpose_of))
    jobs.kinds.register(jobs.JobKind(SETTLE, run_settle))
    jobs.kinds.register(jobs.JobKind(EXPIRE, run_expire))
    jobs.periodics.register(jobs.Periodic("draws.due", EVERY_SECONDS, plan))
