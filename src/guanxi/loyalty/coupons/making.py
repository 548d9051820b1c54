"""Unique codes in bulk: a batch is wanted, a job makes it in parts and goes on where it was stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.kernel.wording import say
from guanxi.loyalty.coupons import booking, campaigns, codes, issuing
from guanxi.loyalty.coupons.contracts import Has
from guanxi.loyalty.coupons.models import Coupon, CouponBatch
from guanxi.loyalty.ledger.contracts import State as Posted
from guanxi.platform import audit, jobs
from guanxi.platform.bulk import insert_rows
from guanxi.platform.writing import writing

MOST_CODES: Final = 1_000_000  # of one batch
PART: Final = 10_000
JOB: Final = "coupons.codes"
_COLUMNS: Final = {
    "brand_id": "bigint",
    "campaign_id": "bigint",
    "batch_id": "bigint",
    "subject_id": "bigint",
    "state": "text",
    "issued_ms": "bigint",
    "expires_ms": "bigint",
}


def register() -> None:
    jobs.kinds.register(jobs.JobKind(JOB, _run))


def want(brand_id: int, campaign_id: int, count: int, *, actor: object) -> CouponBatch:
    """A batch of so many codes, booked against the campaign's stock at once and made by a job. Raises
    NotFound, Invalid with `field`, and Conflict where the campaign is not active or its stock too small."""
    if type(count) is not int or not 1 <= count <= MOST_CODES:
        raise Invalid(say("From 1 to %(most)s codes.", most=MOST_CODES), field="count")
    with writing(brand_id):
        row = campaigns.find(brand_id, campaign_id)
        issuing.demand(row)
        batch = CouponBatch.objects.create(
            brand_id=brand_id, campaign=row, wanted=count, actor=str(actor)[:160], at_ms=now_ms()
        )
        (outcome,) = booking.issue(brand_id, row, {f"batch:{batch.pk}": count}, actor).values()
        if outcome.state is Posted.REFUSED:
            raise Conflict(outcome.message, remedy=say("Add stock, or make fewer codes."), field="count")
        detail = {"code": row.code, "units_count": count}
        audit.record(brand_id, str(actor), "coupon.codes_made", "coupon_campaign", row.pk, detail=detail)
        jobs.enqueue(JOB, brand_id=brand_id, arguments={"batch": batch.pk}, unique_key=f"{JOB}:{batch.pk}")
    return batch


def make(
    brand_id: int, batch_id: int, told: Callable[[int, int], object] = lambda done, total: None
) -> CouponBatch:
    """What is missing of a batch, a part at a time; `told` hears how far it is and may raise to stop."""
    while True:
        with writing(brand_id):
            batch = find(brand_id, batch_id)
            part = min(PART, batch.wanted - batch.made)
            if part:
                ends_ms = issuing.expires_ms(batch.campaign, batch.at_ms)
                row = (brand_id, batch.campaign_id, batch.pk, 0, Has.FREE.value, batch.at_ms, ends_ms)
                insert_rows("loyalty_coupon", _COLUMNS, [row] * part)
                now = CouponBatch.objects.filter(pk=batch.pk, made=batch.made)
                if not now.update(made=batch.made + part):
                    raise Conflict(say("Somebody else makes this batch."))
                batch.made += part
        told(batch.made, batch.wanted)
        if batch.made >= batch.wanted:
            return batch


def find(brand_id: int, batch_id: int) -> CouponBatch:
    """Raises NotFound."""
    batch = CouponBatch.objects.select_related("campaign").filter(brand_id=brand_id, pk=batch_id).first()
    if batch is None:
        raise NotFound(say("There is no batch %(id)s.", id=batch_id))
    return batch


def of_campaign(campaign_id: int, most: int = 50) -> list[CouponBatch]:
    """The newest first."""
    return list(CouponBatch.objects.filter(campaign_id=campaign_id).order_by("-pk")[:most])


def page(brand_id: int, batch_id: int, after: int = 0) -> tuple[list[str], int | None]:
    """Codes of a batch that can still be handed out, in the order made, and where the next page begins."""
    rows = Coupon.objects.filter(brand_id=brand_id, batch_id=batch_id, pk__gt=after, state=Has.FREE)
    numbers = list(rows.order_by("pk").values_list("pk", flat=True)[:PART])
    return list(codes.codes_of(brand_id, numbers)), numbers[-1] if len(numbers) == PART else None


def written(brand_id: int, batch_id: int) -> Iterator[str]:
    """All of them, a page in memory."""
    after: int | None = 0
    while after is not None:
        found, after = page(brand_id, batch_id, after)
        yield from found


def note_download(batch: CouponBatch, actor: object) -> None:
    """Codes are worth money: who took them out is written down."""
    detail = {"code": batch.campaign.code, "units_count": batch.made}
    audit.record(
        batch.brand_id, str(actor), "coupon.codes_taken", "coupon_campaign", batch.campaign_id, detail=detail
    )


def _run(context: jobs.JobContext) -> Mapping[str, Any]:
    batch = make(context.brand_id or 0, int(context.arguments["batch"]), context.progress)
    return {"made": batch.made}
