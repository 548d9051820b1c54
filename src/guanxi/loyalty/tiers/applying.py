"""Tiers at once: whoever did something that counts, became another's or was taken apart, stands anew in the
same transaction."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.db import connection

from guanxi.customers.hooks import AFTER_CHANGE, AfterChange, CustomersChanged, What
from guanxi.customers.lookup import customer_ids_of, living
from guanxi.loyalty.tiers import gains
from guanxi.loyalty.tiers.contracts import Why
from guanxi.loyalty.tiers.memberships import REFUNDED
from guanxi.loyalty.tiers.programmes import in_force
from guanxi.loyalty.tiers.standing import restand
from guanxi.platform.bulk import among
from guanxi.platform.models import Brand
from guanxi.touchpoints.contracts import Mode
from guanxi.touchpoints.hooks import AFTER_RECORD, AfterRecord, RecordedBatch

_MOVED: Final = """
SELECT DISTINCT s.customer_id FROM customers_subject s JOIN customers_subjectmove m ON m.subject_id = s.id
WHERE {customers} AND s.brand_id + 0 = %s
UNION SELECT DISTINCT m.from_customer_id FROM customers_subject s
JOIN customers_subjectmove m ON m.subject_id = s.id WHERE {customers} AND s.brand_id + 0 = %s
"""
_BACK: Final = frozenset({gains.REFUNDED, REFUNDED})


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
    """Customers became one, or several again. Of those that an import only sees again nothing is asked."""
    if change.what is not What.IDENTITY or not change.customer_ids:
        return
    force = in_force(change.brand_id)
    if force is not None and (moved := _moved(change.brand_id, change.customer_ids)):
        brand = Brand.objects.get(pk=change.brand_id)
        restand(brand, force, moved, live=True, cause=Why.MERGED)


def _moved(brand_id: int, customer_ids: Collection[int]) -> set[int]:
    """Those that are no customer any more, or had another's subjects ever, or lost some."""
    ids = sorted(customer_ids)
    gone = set(ids) - set(living(brand_id, ids))
    condition, parameter = among("s.customer_id", ids)
    with connection.cursor() as cursor:
        cursor.execute(_MOVED.format(customers=condition), [parameter, brand_id, parameter, brand_id])
        return gone | {customer for (customer,) in cursor.fetchall() if customer is not None}
