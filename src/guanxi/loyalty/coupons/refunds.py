"""An order that was refunded in full gives its coupons back by itself."""

from __future__ import annotations

from guanxi.customers.lookup import families_of
from guanxi.loyalty.coupons import undoing
from guanxi.loyalty.coupons.contracts import Became
from guanxi.loyalty.coupons.models import CouponRedemption
from guanxi.loyalty.rules import orders
from guanxi.loyalty.rules.facts import Fact
from guanxi.loyalty.rules.seeing import facts_of
from guanxi.touchpoints.contracts import Mode
from guanxi.touchpoints.hooks import AFTER_RECORD, AfterRecord, RecordedBatch

ACTOR = "refund"


def register() -> None:
    AFTER_RECORD.register(AfterRecord("coupons", apply))


def apply(batch: RecordedBatch) -> None:
    """In the transaction of the facts, after the rules have noted which refunds are of which order."""
    if all(fact.kind != orders.REFUNDED for fact in batch.facts):
        return
    refunds = [fact for fact in facts_of(batch, frozenset((orders.REFUNDED,))) if fact.order()]
    numbers = {fact.order() for fact in refunds}
    rows = CouponRedemption.objects.filter(
        brand_id=batch.brand_id, state=Became.REDEEMED, order__in=numbers
    ).order_by("pk")
    for row in rows:
        fact = next(
            (one for one in refunds if one.order() == row.order and _is_theirs(batch, row, one)), None
        )
        if fact is not None and _is_whole(batch, row, fact):
            undoing.roll_back(batch.brand_id, row.pk, actor=ACTOR, live=batch.mode is Mode.LIVE)


def _is_theirs(batch: RecordedBatch, row: CouponRedemption, fact: Fact) -> bool:
    """Another shop may have an order of the same number: the customer tells them apart, where both are
    known."""
    if not row.subject_id or not fact.subject_id:
        return True
    return fact.subject_id in families_of(batch.brand_id, [row.subject_id]).get(row.subject_id, ())


def _is_whole(batch: RecordedBatch, row: CouponRedemption, fact: Fact) -> bool:
    """Against what the order was paid, or, where no payment was noted, what its basket came to."""
    key = orders.key_of(batch.brand_id, batch.source_id, fact.order())
    known = orders.of_keys([key]).get(key)
    if known is None or known.refunded_fen <= 0:
        return False
    return known.refunded_fen >= (known.paid_fen or row.total_fen - row.discount_fen)
