"""Tags that customers took off themselves: they stay off, whatever a rule, a file or a person does
(算法推荐规定 17)."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from guanxi.customers.consent.models import TagRefusal
from guanxi.platform.bulk import among

# CROSS JOIN keeps SQLite's planner from going through all refusals of the brand.
_OF_CUSTOMERS = """
    SELECT r.tag_id, s.customer_id FROM customers_subject s CROSS JOIN customers_tagrefusal r
    WHERE r.subject_id = s.id AND r.brand_id + 0 = %s AND
"""


def any_refused(brand_id: int) -> bool:
    return TagRefusal.objects.filter(brand_id=brand_id).exists()


def refused(brand_id: int, customer_ids: Collection[int]) -> set[tuple[int, int]]:
    """(tag, customer) of the tags that some customers took off for good."""
    if not customer_ids or not any_refused(brand_id):
        return set()
    condition, parameter = among("s.customer_id", customer_ids)
    with connection.cursor() as cursor:
        cursor.execute(f"{_OF_CUSTOMERS} {condition}", [brand_id, parameter])
        return set(cursor.fetchall())


def refuse(brand_id: int, subject_id: int, tag_ids: Collection[int]) -> None:
    """Write it down; callers take the tags off and hold the brand's turn."""
    rows = [TagRefusal(brand_id=brand_id, tag_id=tag, subject_id=subject_id) for tag in tag_ids]
    TagRefusal.objects.bulk_create(rows, ignore_conflicts=True)
