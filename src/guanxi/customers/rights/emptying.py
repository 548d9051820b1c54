"""Everybody of a sandbox, erased one by one, and no trace that forbids them to come again."""

from __future__ import annotations

from guanxi.customers.models import Customer
from guanxi.customers.rights import erasing
from guanxi.customers.rights.models import RightsRequest, Tombstone
from guanxi.kernel.errors import Conflict, NotFound
from guanxi.platform.models import Brand
from guanxi.platform.sandbox import services as sandboxes
from guanxi.platform.writing import writing


def some(brand: Brand, most: int) -> list[int]:
    """Customers who are there still."""
    rows = Customer.objects.filter(brand_id=brand.pk, merged_into_id=None).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:most])


def count(brand: Brand) -> int:
    return Customer.objects.filter(brand_id=brand.pk, merged_into_id=None).count()


def erase(brand: Brand, customer_id: int, *, actor: object) -> bool:
    """Erase one for ever, as on their request; False where somebody else just did. Raises Conflict in a real
    brand."""
    sandboxes.demand(brand)
    try:
        erasing.erase(brand.pk, customer_id, actor=actor, reason="sandbox.emptied")
    except NotFound:
        return False
    except Conflict:
        if Customer.objects.filter(brand_id=brand.pk, pk=customer_id, merged_into_id=None).exists():
            raise
        return False
    return True


def forget(brand: Brand) -> None:
    """No tombstone and no request stays: whoever is made there may be made again, as of any day. Raises
    Conflict in a real brand."""
    with writing(brand.pk):
        sandboxes.demand(brand)
        Tombstone.objects.filter(brand_id=brand.pk).delete()
        RightsRequest.objects.filter(brand_id=brand.pk).delete()
