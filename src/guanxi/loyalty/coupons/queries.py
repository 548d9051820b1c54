"""What is asked of coupons: campaigns with their figures, a customer's coupons, one code."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from django.db.models import Count, Q, Sum

from guanxi.kernel.clock import now_ms
from guanxi.loyalty.coupons import booking
from guanxi.loyalty.coupons.codes import code_of, number_of
from guanxi.loyalty.coupons.contracts import Became, Has, State
from guanxi.loyalty.coupons.models import Coupon, CouponCampaign, CouponRedemption, CouponUse

MOST_CAMPAIGNS: Final = 500
MOST_OF_CUSTOMER: Final = 100


class Figures(NamedTuple):
    """`issued` of a code for everybody is how often it was used. `rate` is redeemed of issued, None where
    nothing was issued. `left` of the stock, None where there is no limit."""

    issued: int = 0
    redeemed: int = 0
    expired: int = 0
    discount_fen: int = 0
    left: int | None = None

    @property
    def rate(self) -> float | None:
        return self.redeemed / self.issued if self.issued else None


class Owned(NamedTuple):
    """A coupon of a customer, with its code."""

    coupon: Coupon
    code: str


def campaigns(brand_id: int, states: Collection[State] = ()) -> list[CouponCampaign]:
    """The newest first."""
    rows = CouponCampaign.objects.filter(brand_id=brand_id)
    return list((rows.filter(state__in=states) if states else rows).order_by("-pk")[:MOST_CAMPAIGNS])


def counts(brand_id: int) -> dict[str, int]:
    """state → campaigns in it."""
    rows = CouponCampaign.objects.filter(brand_id=brand_id).values("state").annotate(many=Count("pk"))
    return {row["state"]: row["many"] for row in rows}


def figures(brand_id: int, rows: Sequence[CouponCampaign]) -> dict[int, Figures]:
    """campaign → its figures, in four queries for any number."""
    ids = [row.pk for row in rows]
    coupons = Coupon.objects.filter(campaign_id__in=ids).values("campaign_id", "state")
    by_state = {(one["campaign_id"], one["state"]): one["many"] for one in coupons.annotate(many=Count("pk"))}
    used = CouponUse.objects.filter(campaign_id__in=ids, state=Became.REDEEMED).values("campaign_id")
    uses = {
        one["campaign_id"]: (one["many"], one["off"])
        for one in used.annotate(many=Count("pk"), off=Sum("discount_fen"))
    }
    gifts = {row.pk: row.off_fen for row in rows if row.kind == "gift"}
    left = booking.left(brand_id, rows)
    found = {}
    for row in rows:
        many, off = uses.get(row.pk, (0, 0))
        issued = (
            many
            if row.generic_code
            else sum(by_state.get((row.pk, state), 0) for state in Has if state is not Has.WITHDRAWN)
        )
        cost = off + gifts.get(row.pk, 0) * many
        found[row.pk] = Figures(
            issued, many, by_state.get((row.pk, Has.EXPIRED), 0), cost, left.get(row.code)
        )
    return found


def of_customer(brand_id: int, subject_ids: Collection[int]) -> list[Owned]:
    """What can be used of a customer's coupons, or soon, those that expire first; newest ends in the end."""
    rows = Coupon.objects.filter(brand_id=brand_id, subject_id__in=list(subject_ids), expires_ms__gt=now_ms())
    rows = rows.filter(state__in=[Has.FREE, Has.LOCKED], campaign__state=State.ACTIVE)
    some = rows.select_related("campaign").order_by("expires_ms", "pk")[:MOST_OF_CUSTOMER]
    return [Owned(row, code_of(brand_id, row.pk)) for row in some]


def used_lately(brand_id: int, subject_ids: Collection[int], most: int = 10) -> list[Coupon]:
    """Coupons of a customer that were used or have expired, the newest first."""
    rows = Coupon.objects.filter(brand_id=brand_id, subject_id__in=list(subject_ids))
    over = rows.filter(Q(state__in=[Has.REDEEMED, Has.EXPIRED]) | Q(state=Has.FREE, expires_ms__lte=now_ms()))
    return list(over.select_related("campaign").order_by("-expires_ms", "-pk")[:most])


def by_code(brand_id: int, code: str) -> Coupon | None:
    """The coupon of a unique code."""
    number = number_of(brand_id, code) or 0
    rows = Coupon.objects.filter(brand_id=brand_id, pk=number).select_related("campaign")
    return rows.first()


def uses_of(coupon_id: int) -> list[CouponUse]:
    """The newest first."""
    rows = CouponUse.objects.filter(coupon_id=coupon_id).select_related("redemption")
    return list(rows.order_by("-pk")[:20])


def latest_uses(campaign_id: int, most: int = 20) -> list[CouponUse]:
    rows = CouponUse.objects.filter(campaign_id=campaign_id).exclude(state=Became.RELEASED)
    return list(rows.select_related("redemption").order_by("-pk")[:most])


def redemption(brand_id: int, number: int) -> CouponRedemption | None:
    return CouponRedemption.objects.filter(brand_id=brand_id, pk=number).first()
