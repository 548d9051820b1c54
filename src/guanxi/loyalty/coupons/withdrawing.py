"""A coupon goes back for which something else was given: points, or a place among the winners."""

from __future__ import annotations

from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Conflict, GuanxiError
from guanxi.kernel.wording import Wording, say
from guanxi.loyalty.coupons import booking, undoing
from guanxi.loyalty.coupons.contracts import Has
from guanxi.loyalty.coupons.models import Coupon, CouponRedemption
from guanxi.platform.writing import writing


def withdraw(brand_id: int, coupon_id: int, *, actor: object) -> None:
    """The coupon ends, and the stock of its campaign has one more; again changes nothing, nor does it for
    one that is nobody's any more. In the caller's transaction, if there is one. Raises Conflict with `reason`
    (redeemed, locked, expired) for one that was used, is being used, or has run out."""
    with writing(brand_id):
        row = Coupon.objects.select_related("campaign").filter(brand_id=brand_id, pk=coupon_id).first()
        if row is None or row.state == Has.WITHDRAWN or not row.subject_id:
            return
        if row.state == Has.LOCKED and (row.locked_until_ms or 0) <= now_ms():
            undoing.release(CouponRedemption.objects.get(pk=row.holder_id or 0), "system")
            row.refresh_from_db()
        if row.state == Has.REDEEMED:
            raise _refusal(Has.REDEEMED, say("The coupon was used: it cannot be given back."))
        if row.state == Has.LOCKED:
            raise _refusal(Has.LOCKED, say("The coupon is being used at a basket just now."))
        if row.state == Has.EXPIRED or row.expires_ms <= now_ms():
            raise _refusal(Has.EXPIRED, say("The coupon has run out: there is nothing to give back."))
        if not Coupon.objects.filter(pk=row.pk, state=Has.FREE).update(state=Has.WITHDRAWN):
            raise undoing.lost()
        booking.withdraw(brand_id, row.pk, row.campaign, actor)


def _refusal(state: Has, message: Wording) -> GuanxiError:
    return Conflict(message, remedy=say("Look at what became of the coupon."), reason=state.value)
