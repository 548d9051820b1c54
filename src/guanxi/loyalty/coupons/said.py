"""Coupons in words for people: what one is worth, for what, until when."""

from __future__ import annotations

from django.utils.translation import gettext as _

from guanxi.loyalty.coupons import booking, issuing, queries
from guanxi.loyalty.coupons.contracts import Kind, State
from guanxi.loyalty.coupons.models import Coupon, CouponCampaign
from guanxi.loyalty.ledger.contracts import NEVER_MS
from guanxi.platform.models import Brand
from guanxi.ui.figures import day, in_chinese, money, number


def name_of(campaign: CouponCampaign) -> str:
    return campaign.name if in_chinese() or not campaign.name_en else campaign.name_en


def terms_of(campaign: CouponCampaign) -> str:
    return campaign.terms if in_chinese() or not campaign.terms_en else campaign.terms_en


def worth(campaign: CouponCampaign, brand: Brand) -> str:
    """Such as "¥20 off orders of ¥100 and more"."""
    said = _off(campaign, brand)
    if campaign.minimum_fen:
        least = _short(campaign.minimum_fen, brand)
        return _("%(off)s from %(least)s") % {"off": said, "least": least}
    return said


def until(coupon: Coupon, brand: Brand) -> str:
    if coupon.expires_ms == NEVER_MS:
        return _("without end")
    return _("until %(day)s") % {"day": day(coupon.expires_ms, brand.timezone)}


def offered(brand_id: int) -> list[tuple[str, str]]:
    """Campaigns of which a coupon can be issued now: code, and name with what is left."""
    rows = [row for row in queries.campaigns(brand_id, [State.ACTIVE]) if issuing.is_issued(row)]
    left = booking.left(brand_id, rows)
    return [
        (row.code, f"{name_of(row)} ({number(left[row.code])})" if row.code in left else name_of(row))
        for row in rows
        if left.get(row.code, 1) > 0
    ]


def _off(campaign: CouponCampaign, brand: Brand) -> str:
    kind = Kind(campaign.kind)
    if kind is Kind.AMOUNT:
        return _("%(money)s off") % {"money": _short(campaign.off_fen, brand)}
    if kind is Kind.GIFT:
        return _("A gift: %(gift)s") % {"gift": campaign.gift_sku}
    most = None if campaign.cap_fen is None else _short(campaign.cap_fen, brand)
    if kind is Kind.PERCENT and most is None:
        return _("%(percent)s%% off") % {"percent": campaign.percent}
    if kind is Kind.PERCENT:
        return _("%(percent)s%% off, at most %(most)s") % {"percent": campaign.percent, "most": most}
    return _("Free delivery") if most is None else _("Delivery up to %(most)s free") % {"most": most}


def _short(fen: int, brand: Brand) -> str:
    """¥20 in place of ¥20.00."""
    return money(fen, brand.currency).removesuffix(".00")
