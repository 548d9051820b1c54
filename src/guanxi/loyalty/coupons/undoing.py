"""Coupons come back: rolled back after use, or released from a lock. And how states of uses move."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from django.db.models import Q, QuerySet

from guanxi.customers.hooks import Happening
from guanxi.kernel.clock import DAY_MS, now_ms
from guanxi.kernel.errors import Conflict, NotFound
from guanxi.kernel.wording import say
from guanxi.loyalty.coupons import booking, facts, looking
from guanxi.loyalty.coupons.contracts import USE_MOVES, Became, Has
from guanxi.loyalty.coupons.models import Coupon, CouponRedemption, CouponUse
from guanxi.platform.writing import writing

GRACE_MS: Final = 7 * DAY_MS  # what comes back lives so long at the least


def roll_back(
    brand_id: int, redemption_id: int, *, actor: object, codes: Collection[str] = (), live: bool = True
) -> CouponRedemption:
    """Give coupons of a redemption back: all, or those of these codes. A lock is released. What was rolled
    back before stays so. Raises NotFound."""
    with writing(brand_id):
        row = CouponRedemption.objects.filter(brand_id=brand_id, pk=redemption_id).first()
        if row is None:
            raise NotFound(say("There is no redemption %(id)s.", id=redemption_id))
        if row.state == Became.LOCKED:
            release(row, actor)
            return row
        uses = list(row.uses.select_related("campaign").filter(state=Became.REDEEMED))
        if codes:
            uses = [use for use in uses if _is_among(use, looking.find(brand_id, list(codes)))]
            if not uses and row.state == Became.REDEEMED:
                raise NotFound(say("None of these coupons is of this redemption."), field="codes")
        for use in uses:
            move(use, Became.ROLLED_BACK)
            booking.give_back(brand_id, use.pk, use.campaign, actor)
            if use.coupon_id:
                _free(use.coupon_id, row.pk, keeps=True)
        if row.state == Became.REDEEMED and not row.uses.filter(state=Became.REDEEMED).exists():
            end(row, Became.ROLLED_BACK)
        tell(row, facts.ROLLED_BACK, [use.pk for use in uses], live=live)
    return row


def release(row: CouponRedemption, actor: object) -> None:
    """A lock is given back, or its time was up. In the brand's turn."""
    for use in row.uses.select_related("campaign").filter(state=Became.LOCKED):
        move(use, Became.RELEASED)
        if use.move_id:
            booking.release(row.brand_id, use.pk, use.move_id, actor)
        if use.coupon_id:
            _free(use.coupon_id, row.pk)
    end(row, Became.RELEASED)


def sweep(brand_id: int, most: int = 500, campaigns: Collection[int] = ()) -> int:
    """Clear away locks whose time is up; how many. In the brand's turn."""
    rows = lapsed(brand_id).order_by("until_ms")
    if campaigns:
        rows = rows.filter(uses__campaign_id__in=list(campaigns)).distinct()
    found = list(rows[:most])
    for row in found:
        release(row, "system")
    return len(found)


def lapsed(brand_id: int) -> QuerySet[CouponRedemption]:
    return CouponRedemption.objects.filter(brand_id=brand_id, state=Became.LOCKED, until_ms__lte=now_ms())


def move(use: CouponUse, to: Became) -> None:
    assert to in USE_MOVES[Became(use.state)]
    if not CouponUse.objects.filter(pk=use.pk, state=use.state).update(state=to.value, until_ms=None):
        raise lost()


def end(row: CouponRedemption, to: Became) -> None:
    assert to in USE_MOVES[Became(row.state)]
    rows = CouponRedemption.objects.filter(pk=row.pk, state=row.state)
    if not rows.update(state=to.value, ended_ms=now_ms()):
        raise lost()
    row.refresh_from_db()


def _free(coupon_id: int, holder_id: int, *, keeps: bool = False) -> None:
    """The coupon is free again. One that was used and came back lives a week at the least."""
    mine = Coupon.objects.filter(pk=coupon_id, holder_id=holder_id)
    free = {"state": Has.FREE.value, "holder_id": None, "locked_until_ms": None}
    if keeps:
        late_ms = now_ms() + GRACE_MS
        if mine.filter(expires_ms__lt=late_ms).update(**free, expires_ms=late_ms):
            return
    if not mine.update(**free):
        raise lost()


def _is_among(use: CouponUse, found: Mapping[str, looking.Found]) -> bool:
    return any(
        one.campaign.pk == use.campaign_id and (one.coupon.pk if one.coupon else None) == use.coupon_id
        for one in found.values()
    )


def tell(row: CouponRedemption, kind: str, uses: Collection[int] | None = None, *, live: bool = True) -> None:
    if not row.subject_id:
        return
    rows = row.uses.select_related("campaign").order_by("pk")
    wanted = rows if uses is None else rows.filter(pk__in=list(uses))
    facts.tell(
        row.brand_id,
        [
            Happening(kind, row.subject_id, now_ms(), _told(row, use))
            for use in wanted.filter(~Q(state=Became.RELEASED))
        ],
        live=live,
    )


def _told(row: CouponRedemption, use: CouponUse) -> dict[str, object]:
    told: dict[str, object] = {
        "campaign": use.campaign.code,
        "order": row.order,
        "discount_fen": use.discount_fen,
        "redemption": row.pk,
    }
    return told | ({"coupon": use.coupon_id} if use.coupon_id else {})


def lost() -> Conflict:
    return Conflict(
        say("Somebody else was faster with this coupon."), remedy=say("Validate again to see what is left.")
    )
