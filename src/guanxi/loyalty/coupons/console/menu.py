"""What coupons add to the console: their entry of the menu and their help."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.ui.navigation import Chapter, Entry, Help, helps, menu


def register() -> None:
    menu.register(
        Entry(
            "coupons",
            _("Coupons"),
            Chapter.LOYALTY,
            "coupons",
            "programme.view",
            keywords="coupon voucher code discount redeem 优惠券 券码 核销 满减 折扣",
            help="coupons#in-the-console",
            after="rules",
        )
    )
    for page in ("coupon-new", "coupon-edit"):
        helps.register(Help(page, "coupons#a-campaign"))
    helps.register(Help("coupon-give", "coupons#to-a-segment"))
    helps.register(Help("coupon-find", "coupons#codes"))
