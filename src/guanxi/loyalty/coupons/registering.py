"""All that coupons register with other rooms, once, at start-up."""

from __future__ import annotations

from guanxi.kernel.wording import say
from guanxi.loyalty.coupons import (
    as_reward,
    due,
    effects,
    facts,
    giving,
    making,
    phone,
    refunds,
    rights,
    till,
)
from guanxi.loyalty.coupons.console import menu
from guanxi.loyalty.ledger.words import REASONS


def register() -> None:
    facts.register()
    refunds.register()
    effects.register()
    making.register()
    giving.register()
    due.register()
    rights.register()
    menu.register()
    phone.register()
    till.register()
    as_reward.register()
    REASONS.update(
        {
            "coupon.stock": say("Stock of a coupon campaign"),
            "coupon.issued": say("Coupons given out"),
            "coupon.locked": say("Coupon set aside"),
            "coupon.released": say("Coupon given back unused"),
            "coupon.redeemed": say("Coupon used"),
            "coupon.rolled_back": say("Coupon rolled back"),
            "coupon.withdrawn": say("Coupon given back by who got it"),
            "coupon.expired": say("Coupons expired"),
        }
    )
