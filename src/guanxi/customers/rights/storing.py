"""Storage only (PIPL 47): who is frozen is kept, and nothing else is done with them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.db import connection

from guanxi.platform.bulk import among

# Customers any of whose identities is frozen; those are few, so it is answered at once.
FROZEN: Final = (
    "SELECT s.customer_id FROM customers_frozensubject f JOIN customers_subject s ON s.id = f.subject_id"
)
NOT_FROZEN: Final = f"id NOT IN ({FROZEN})"


def frozen_among(customer_ids: Collection[int]) -> set[int]:
    """Those of some customers that are frozen."""
    if not customer_ids:
        return set()
    condition, parameter = among("s.customer_id", customer_ids)
    with connection.cursor() as cursor:
        cursor.execute(f"{FROZEN} WHERE {condition}", [parameter])
        return {customer for (customer,) in cursor.fetchall()}
