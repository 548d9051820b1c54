"""What happens to coupons as facts of the log: of known customers, since a fact is somebody's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from guanxi.customers import hooks
from guanxi.customers.hooks import Happening
from guanxi.kernel.wording import say
from guanxi.touchpoints import keeping
from guanxi.touchpoints.kinds import KINDS, Field, FieldType, Kind

ISSUED: Final = "coupon.issued"
REDEEMED: Final = "coupon.redeemed"
ROLLED_BACK: Final = "coupon.rolled_back"
EXPIRED: Final = "coupon.expired"
_COUPON: Final = (
    Field("campaign", FieldType.TEXT, "code of the coupon campaign", required=True),
    Field("coupon", FieldType.INTEGER, "id of the coupon; a code for everybody has none"),
)
_USED: Final = (
    *_COUPON,
    Field("order", FieldType.TEXT, "the order's number at the shop"),
    Field("discount_fen", FieldType.FEN, "what the coupon took off"),
    Field("redemption", FieldType.INTEGER, "id of the redemption, all coupons of one basket together"),
)


def register() -> None:
    for kind in (
        Kind(ISSUED, "发放优惠券", "Coupon issued", "Written by Guanxi: a customer got a coupon.", _COUPON),
        Kind(
            REDEEMED,
            "核销优惠券",
            "Coupon redeemed",
            "Written by Guanxi: a customer used a coupon. What it took off is no revenue and no refund.",
            _USED,
        ),
        Kind(
            ROLLED_BACK,
            "退回优惠券",
            "Coupon rolled back",
            "Written by Guanxi: a coupon that was used is the customer's again, since the order was "
            "cancelled or refunded.",
            _USED,
        ),
        Kind(
            EXPIRED,
            "优惠券过期",
            "Coupon expired",
            "Written by Guanxi: a customer's coupon ran out unused.",
            _COUPON,
        ),
    ):
        KINDS.register(kind)
    keeping.add(
        keeping.Group(
            "facts.coupons",
            say("Coupons in the log"),
            say("When customers got, used and lost coupons. Coupons and redemptions themselves stay."),
            (ISSUED, REDEEMED, ROLLED_BACK, EXPIRED),
        )
    )


def tell(brand_id: int, happenings: Sequence[Happening], *, live: bool = True) -> None:
    """In the caller's transaction and the brand's turn; of strangers nothing is told."""
    hooks.tell(brand_id, [one for one in happenings if one.subject_id], live=live)
