"""What segments add to a customer's page: those the customer is in, and a way to ask about the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from guanxi.customers.console.columns import Rows
from guanxi.platform.access import BrandRequest
from guanxi.platform.models import Brand
from guanxi.platform.roles import Permission
from guanxi.segments import membership, queries
from guanxi.segments.console import reads
from guanxi.segments.console.labels import MODES


def segments(request: BrandRequest, customer_id: int, subject_ids: Sequence[int]) -> Mapping[str, object]:
    """Nothing for those who may not see segments."""
    if not request.actor.may(Permission.SEGMENTS_VIEW):
        return {"may_view": False}
    inside = queries.segments_of_living(request.brand, customer_id)
    known = {one.segment_id for one in inside}
    return {
        "may_view": True,
        "customer_id": customer_id,
        "zone": request.brand.timezone,
        "inside": [(one, MODES[one.mode][0]) for one in inside],
        "others": [(pk, name) for pk, name in reads.names(request.brand.pk) if pk not in known],
    }


def names_of(brand: Brand, rows: Rows) -> Mapping[int, Sequence[str]]:
    """The active segments of each customer of a page, by name."""
    held = membership.held(brand.pk, [customer.pk for customer, _face in rows])
    names = dict(reads.names(brand.pk))
    return {one: sorted(names[pk] for pk in inside if pk in names) for one, inside in held.items()}
