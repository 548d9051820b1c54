"""Tiers at once: whoever did something that counts, became another's or was taken apart, stands anew in the
same transaction."""

from __future__ import annotations

from guanxi.customers.hooks import AFTER_CHANGE, AfterChange, CustomersChanged, What
from guanxi.customers.lookup import customer_ids_of
from guanxi.loyalty.tiers import gains
from guanxi.loyalty.tiers.contracts import Why
from guanxi.loyalty.tiers.memberships import REFUNDED
from guanxi.loyalty.tiers.programmes import in_force
from guanxi.loyalty.tiers.standing import restand
from guanxi.platform.models import Brand
from guanxi.touchpoints.contracts import Mode
from guanxi.touchpoints.hooks import AFTER_RECORD, AfterRecord, RecordedBatch

_BACK = frozenset({gains.REFUNDED, REFUNDED})


def register() -> None:
    """Called once, at start-up, after the rules: what they give for a fact counts with it."""
    AFTER_RECORD.register(AfterRecord("tiers", apply))
    AFTER_CHANGE.register(AfterChange("tiers", after_change))


def apply(batch: RecordedBatch) -> None:
    """Without a programme it costs one question. Where units are counted, rules may have given some for any
    fact."""
    force = in_force(batch.brand_id)
    if force is None:
        return
    kinds = None if gains.assets_of(force.programme) else gains.kinds_of(force.programme)
    counting = [fact for fact in batch.facts if fact.subject_id and (kinds is None or fact.kind in kinds)]
    if not counting:
        return
    owners = customer_ids_of(batch.brand_id, {fact.subject_id or 0 for fact in counting})
    refunded = {owners.get(fact.subject_id or 0, 0) for fact in counting if fact.kind in _BACK}
    brand = Brand.objects.get(pk=batch.brand_id)
    live = batch.mode is Mode.LIVE
    restand(brand, force, set(owners.values()), live=live, refunded=refunded)


def after_change(change: CustomersChanged) -> None:
    """Customers became one, or several again."""
    if change.what is not What.IDENTITY or not change.customer_ids:
        return
    if (force := in_force(change.brand_id)) is not None:
        brand = Brand.objects.get(pk=change.brand_id)
        restand(brand, force, change.customer_ids, live=True, cause=Why.MERGED)
