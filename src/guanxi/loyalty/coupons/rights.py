"""What coupons know of a person, and what is left of it when the person is erased."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.customers.rights.hooks import ERASERS, SOURCES, Eraser, Person, Source
from guanxi.kernel.clock import now_ms, to_datetime
from guanxi.loyalty.coupons.contracts import Has
from guanxi.loyalty.coupons.models import Coupon, CouponRedemption, CouponUse
from guanxi.loyalty.ledger.contracts import NEVER_MS


def register() -> None:
    SOURCES.register(
        Source(
            "coupons",
            _("Coupons the person has or had"),
            ("loyalty_coupon",),
            coupons,
            _("To keep what the person was promised."),
            _("The contract with the person (PIPL 13 (2))."),
            _("Until the person is erased."),
        )
    )
    SOURCES.register(
        Source(
            "coupon_uses",
            _("Where the person used coupons"),
            ("loyalty_couponredemption", "loyalty_couponuse"),
            uses,
            _("To give no more than was promised, and to give back what a refund gives back."),
            _("The contract with the person (PIPL 13 (2))."),
            _("Until the person is erased; then what was used stays under nobody's name."),
        )
    )
    ERASERS.register(Eraser("coupons", forgotten))


def coupons(person: Person) -> Iterator[Mapping[str, Any]]:
    ours = list(person.subject_ids)
    for one in Coupon.objects.filter(subject_id__in=ours).select_related("campaign").order_by("pk"):
        yield {
            "campaign": one.campaign.code,
            "state": one.state,
            "issued": to_datetime(one.issued_ms).isoformat(),
            "expires": None if one.expires_ms == NEVER_MS else to_datetime(one.expires_ms).isoformat(),
        }


def uses(person: Person) -> Iterator[Mapping[str, Any]]:
    rows = CouponUse.objects.filter(redemption__subject_id__in=list(person.subject_ids))
    for use in rows.select_related("campaign", "redemption").order_by("pk"):
        yield {
            "campaign": use.campaign.code,
            "state": use.state,
            "order": use.redemption.order,
            "at": to_datetime(use.at_ms).isoformat(),
            "discount_fen": use.discount_fen,
        }


def forgotten(person: Person) -> Mapping[str, int]:
    """Coupons and redemptions are nobody's any more; of an order its number and its basket go. A coupon that
    nobody has cannot be used: it ends."""
    ours = list(person.subject_ids)
    CouponUse.objects.filter(subject_id__in=ours).update(subject_id=0)
    redemptions = CouponRedemption.objects.filter(subject_id__in=ours)
    gone = redemptions.update(subject_id=0, order="", basket={})
    mine = Coupon.objects.filter(subject_id__in=ours)
    mine.filter(state=Has.FREE).update(expires_ms=now_ms())
    held = Coupon.objects.filter(subject_id__in=ours).update(subject_id=0, key=None, reminded_ms=None)
    return {"loyalty_coupon": held, "loyalty_couponredemption": gone}
