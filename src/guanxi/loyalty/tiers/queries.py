"""What is asked of tiers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count

from guanxi.customers.lookup import count_living, subject_ids_of
from guanxi.kernel.clock import DAY_MS, now_ms
from guanxi.kernel.conditions import BrandRow, Moment
from guanxi.loyalty.tiers.contracts import Programme, Standing, Tier, Way
from guanxi.loyalty.tiers.gains import Counted, counted
from guanxi.loyalty.tiers.memberships import Membership, memberships
from guanxi.loyalty.tiers.models import TierChange, TierProgrammeVersion, TierStanding
from guanxi.loyalty.tiers.programmes import InForce, in_force
from guanxi.loyalty.tiers.standing import of_counted

__all__ = ["InForce", "in_force"]

_BY_TIER: Final = """
SELECT t.place, count(*), coalesce(sum(c.revenue_fen), 0) FROM loyalty_tierstanding t
JOIN customers_customer c ON c.id = t.customer_id
WHERE t.brand_id = %s AND t.place > 0 GROUP BY t.place
"""
_ALL: Final = (
    "SELECT coalesce(sum(revenue_fen), 0) FROM customers_customer WHERE brand_id = %s"
    " AND merged_into_id IS NULL"
)


class Progress(NamedTuple):
    """How far a way to the next tier is gone: `has` of what it takes."""

    way: Way
    has: int

    @property
    def left(self) -> int:
        return max(0, self.way.at_least - self.has)

    @property
    def percent(self) -> int:
        return min(100, max(0, self.has) * 100 // self.way.at_least)


class Customer(NamedTuple):
    """A customer's place on the ladder. `progress` is by each way to the tier after this one."""

    customer_id: int
    force: InForce
    standing: Standing
    tier: Tier
    following: Tier | None
    progress: list[Progress]
    memberships: list[Membership]


class Share(NamedTuple):
    """How exclusive a tier is: its customers and the revenue they ever brought, each with its share of all in
    thousandths (None: of nothing)."""

    tier: Tier
    customers: int
    revenue_fen: int
    customers_share: int | None
    revenue_share: int | None


def customer(brand: BrandRow, customer_id: int) -> Customer | None:
    """Where a living customer stands now; None where the brand has no programme."""
    force = in_force(brand.pk)
    if force is None:
        return None
    at_ms, zone = now_ms(), ZoneInfo(brand.timezone)
    mine = counted(brand, force.programme, [customer_id], Moment(at_ms, zone)).get(customer_id, Counted())
    standing = of_counted(force.programme, mine, at_ms, zone)
    tiers = force.programme.tiers
    following = tiers[standing.place + 1] if standing.place + 1 < len(tiers) else None
    ways = following.ways if following else ()
    held = [one for one in memberships(force.programme, mine.told) if one.until_ms > at_ms]
    return Customer(
        customer_id,
        force,
        standing,
        tiers[standing.place],
        following,
        [Progress(way, standing.totals.get(way.measure, 0)) for way in ways],
        held,
    )


def memberships_of(brand: BrandRow, customer_id: int, at_ms: int) -> dict[str, Membership]:
    """The memberships that a living customer has at a moment, by plan."""
    force = in_force(brand.pk)
    if force is None or not force.programme.plans:
        return {}
    moment = Moment(at_ms, ZoneInfo(brand.timezone))
    mine = counted(brand, force.programme, [customer_id], moment).get(customer_id, Counted())
    past = [told for told in mine.told if told.at_ms <= at_ms]
    held = memberships(force.programme, past)
    return {one.plan.code: one for one in held if one.from_ms <= at_ms < one.until_ms}


def history(brand_id: int, customer_id: int, limit: int = 50) -> list[TierChange]:
    """A customer's changes of tier, of all they are made of, the newest first."""
    rows = TierChange.objects.filter(subject_id__in=subject_ids_of(brand_id, customer_id))
    return list(rows.order_by("-id")[:limit])


def tiers_of(brand_id: int, customer_ids: Sequence[int]) -> dict[int, str]:
    """customer → code of the tier as it was last worked out, of those above the first."""
    rows = TierStanding.objects.filter(customer_id__in=list(customer_ids), brand_id=brand_id, place__gt=0)
    return dict(rows.values_list("customer_id", "tier"))


def shares(brand_id: int, programme: Programme) -> list[Share]:
    """Each tier with how many are in it now, the lowest first."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_TIER, [brand_id])
        found = {place: (int(many), int(fen)) for place, many, fen in cursor.fetchall()}
        cursor.execute(_ALL, [brand_id])
        revenue = int(cursor.fetchone()[0])
    everybody = count_living(brand_id)
    above = [found.get(place, (0, 0)) for place in range(1, len(programme.tiers))]
    first = (everybody - sum(many for many, _fen in above), revenue - sum(fen for _many, fen in above))
    return [
        Share(
            tier,
            many,
            fen,
            many * 1000 // everybody if everybody else None,
            fen * 1000 // revenue if revenue > 0 else None,
        )
        for tier, (many, fen) in zip(programme.tiers, [first, *above], strict=True)
    ]


def versions(brand_id: int, limit: int = 20) -> list[TierProgrammeVersion]:
    """The newest first."""
    rows = TierProgrammeVersion.objects.filter(brand_id=brand_id)
    return list(rows.order_by("-version")[:limit])


def moved(brand_id: int, days: int) -> dict[str, tuple[int, int]]:
    """tier → how often somebody rose into it, and fell out of it, in the last days."""
    rows = TierChange.objects.filter(brand_id=brand_id, recorded_ms__gt=now_ms() - days * DAY_MS)
    up = dict(rows.filter(up=True).values_list("after").annotate(n=Count("pk")))
    down = dict(rows.filter(up=False).values_list("before").annotate(n=Count("pk")))
    return {code: (up.get(code, 0), down.get(code, 0)) for code in up.keys() | down.keys()}
