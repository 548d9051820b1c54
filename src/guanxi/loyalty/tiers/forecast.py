"""What a programme would come to if it held today: who would be in which tier, what its points would cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from django.db import connection

from guanxi.customers.lookup import count_living, living
from guanxi.kernel.clock import now_ms
from guanxi.kernel.conditions import BrandRow
from guanxi.loyalty.ledger import assets
from guanxi.loyalty.tiers.contracts import MOST_UNITS, Kind, Measure, Programme, Span, Tier, Way
from guanxi.loyalty.tiers.queries import tiers_of
from guanxi.loyalty.tiers.standing import CHUNK, standings

SAMPLE: Final = 2_000
YEAR_SPEND: Final = Measure(Kind.SPEND, Span.DAYS, 365)
FEN_A_POINT: Final = 100  # the forecast speaks of a point for each yuan
_SOME: Final = """
SELECT id FROM customers_customer WHERE brand_id = %s AND merged_into_id IS NULL AND id %% %s = 0
ORDER BY id LIMIT %s
"""


class Line(NamedTuple):
    """A tier: how many of those looked at are in it, would be in it, and what these spent in 365 days.
    `extra_points` is what its multiplier gives beside a point for each yuan, in such a time."""

    tier: Tier
    now: int
    would: int
    spend_fen: int
    extra_points: int


class Forecast(NamedTuple):
    """Of `looked` among `total` customers. `point_price_fen` is what a point costs the brand (None: not
    known)."""

    total: int
    looked: int
    rise: int
    fall: int
    lines: list[Line]
    point_price_fen: int | None

    def scaled(self, number: int) -> int:
        """A number of those looked at, for all customers."""
        return number * self.total // self.looked if self.looked else 0


def forecast(brand: BrandRow, programme: Programme, sample: int = SAMPLE) -> Forecast:
    """Everybody where there are few, else customers by every n-th id."""
    total = count_living(brand.pk)
    ids, at_ms = _some(brand.pk, total, sample), now_ms()
    probe = replace(programme, tiers=(*programme.tiers, _unreachable()))
    size = len(programme.tiers)
    now, would, spend = [0] * size, [0] * size, [0] * size
    rise = fall = looked = 0
    for start in range(0, len(ids), CHUNK):
        some = living(brand.pk, ids[start : start + CHUNK])
        present = tiers_of(brand.pk, some)
        found = dict(standings(brand, probe, some, at_ms))
        for customer_id in some:
            standing = found.get(customer_id)
            before = programme.place_of(present.get(customer_id, ""))
            after = standing.place if standing else 0
            now[before] += 1
            would[after] += 1
            spend[after] += max(0, standing.totals[YEAR_SPEND]) if standing else 0
            rise, fall, looked = rise + (after > before), fall + (after < before), looked + 1
    lines = [
        Line(tier, now[place], would[place], spend[place], _extra(tier, spend[place]))
        for place, tier in enumerate(programme.tiers)
    ]
    return Forecast(total, looked, rise, fall, lines, _price(brand.pk))


def _some(brand_id: int, total: int, sample: int) -> Sequence[int]:
    step = max(1, -(-total // sample))
    with connection.cursor() as cursor:
        cursor.execute(_SOME, [brand_id, step, sample])
        return [row[0] for row in cursor.fetchall()]


def _unreachable() -> Tier:
    """So that spending is added up also where no tier asks for it."""
    return Tier("~", "~", "~", "grey", ways=(Way(YEAR_SPEND, MOST_UNITS),))


def _extra(tier: Tier, spend_fen: int) -> int:
    return max(0, spend_fen // FEN_A_POINT * (tier.multiplier_percent - 100) // 100)


def _price(brand_id: int) -> int | None:
    points = (row for row in assets.assets(brand_id) if row.kind == "points")
    return next((row.unit_price_fen for row in points if row.unit_price_fen is not None), None)
