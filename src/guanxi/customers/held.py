"""Which kinds of identities a customer holds, in one number, so that a list of a million is chosen by it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from django.db import connection
from django.db.models import F, QuerySet

from guanxi.customers.identifiers import SCHEMES
from guanxi.customers.models import Customer

# A bit each, as customers have them written down: a new scheme takes the next one.
BITS: Final = {name: 1 << place for place, name in enumerate(SCHEMES)}
FEW: Final = 2_000  # of so many it is faster to sort all than to look for them in the order of the list

_HELD: Final = """
    WITH RECURSIVE held(bits) AS (
        SELECT MIN(schemes) FROM customers_customer WHERE brand_id = %s AND merged_into_id IS NULL
        UNION ALL
        SELECT (
            SELECT MIN(schemes) FROM customers_customer
            WHERE brand_id = %s AND merged_into_id IS NULL AND schemes > held.bits
        ) FROM held WHERE held.bits IS NOT NULL
    )
    SELECT bits FROM held WHERE bits IS NOT NULL
"""


def bits(schemes: Iterable[str]) -> int:
    """The number for schemes, with their qualifiers (`openid:wx12`) or without."""
    held = 0
    for scheme in schemes:
        held |= _bit(scheme)
    return held


@lru_cache(maxsize=4096)
def _bit(scheme: str) -> int:
    return BITS.get(scheme.partition(":")[0], 0)


def combinations(brand_id: int) -> list[int]:
    """The numbers that a brand's customers have, each found by one step in the index: there are few."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [brand_id, brand_id])
        return [row[0] for row in cursor.fetchall()]


def narrowed(rows: QuerySet[Customer], brand_id: int, has: str = "", lacks: str = "") -> QuerySet[Customer]:
    """Those of a brand's living customers that hold an identity of scheme `has` and none of `lacks`."""
    with_bit, without_bit = BITS.get(has, 0), BITS.get(lacks, 0)
    if not with_bit and not without_bit:
        return rows
    fitting = [
        held for held in combinations(brand_id) if held & with_bit == with_bit and not held & without_bit
    ]
    fit = rows.filter(schemes__in=fitting)
    if len(fit.order_by().values("pk")[: FEW + 1]) <= FEW:
        return fit
    # Many: walk the list's own order. In this form no index by schemes answers, which would sort them all.
    return rows.alias(held=F("schemes") + 0).filter(held__in=fitting)
