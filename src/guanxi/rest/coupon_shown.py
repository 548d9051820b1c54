"""Coupons as the API writes them."""

from __future__ import annotations

from typing import Any

from guanxi.loyalty.coupons import queries
from guanxi.loyalty.coupons.contracts import Applied, Refused
from guanxi.loyalty.coupons.fields import FIELDS
from guanxi.loyalty.coupons.looking import Looked
from guanxi.loyalty.coupons.models import Coupon, CouponBatch, CouponCampaign, CouponRedemption, CouponUse
from guanxi.loyalty.coupons.queries import Figures
from guanxi.loyalty.coupons.words import WHY
from guanxi.loyalty.ledger.contracts import NEVER_MS
from guanxi.rest.shown import moment


def campaigns(brand_id: int, rows: list[CouponCampaign]) -> list[dict[str, Any]]:
    figures = queries.figures(brand_id, rows)
    return [campaign(row, figures[row.pk]) for row in rows]


def campaign(row: CouponCampaign, told: Figures) -> dict[str, Any]:
    fields = {name: getattr(row, name) for name in FIELDS if name not in ("since_ms", "until_ms")}
    return {
        "id": row.pk,
        **fields,
        "since": None if row.since_ms is None else moment(row.since_ms),
        "until": None if row.until_ms is None else moment(row.until_ms),
        "state": row.state,
        "version": row.version,
        "issued": told.issued,
        "redeemed": told.redeemed,
        "expired": told.expired,
        "redemption_rate": told.rate,
        "discount_fen": told.discount_fen,
        "stock_left": told.left,
    }


def validated(looked: Looked) -> dict[str, Any]:
    priced = looked.priced
    return {
        "valid": bool(priced.applied) and not priced.refused,
        "discount_fen": priced.discount_fen,
        "delivery_discount_fen": priced.delivery_fen,
        "lines": list(priced.lines),
        "applied": [_applied(one, looked) for one in priced.applied],
        "refused": [_refused(one) for one in priced.refused],
    }


def _applied(one: Applied, looked: Looked) -> dict[str, Any]:
    found = looked.found[one.asked.code]
    return {
        "coupon": one.asked.code,
        "campaign": found.campaign.code,
        "kind": found.campaign.kind,
        "discount_fen": one.discount_fen,
        "lines": list(one.lines),
        "gift_sku": one.gift_sku or None,
    }


def _refused(one: Refused) -> dict[str, Any]:
    told = {"coupon": one.code, "why": one.why.value, "message": str(WHY[one.why])}
    return told | {"more_fen": one.more_fen or None}


def redemption(row: CouponRedemption, *, exists: bool = False) -> dict[str, Any]:
    uses = list(row.uses.select_related("campaign").order_by("pk"))
    many = len(row.basket.get("lines", ()))
    counted = [use for use in uses if use.state == row.state]
    return {
        "id": row.pk,
        "state": row.state,
        "exists": exists,
        "token": row.token,
        "until": None if row.until_ms is None else moment(row.until_ms),
        "order": row.order or None,
        "discount_fen": row.discount_fen,
        "lines": [sum(use.lines[at] for use in counted) for at in range(many)],
        "coupons": [_use(use) for use in uses],
    }


def _use(use: CouponUse) -> dict[str, Any]:
    return {
        "id": use.coupon_id,
        "campaign": use.campaign.code,
        "state": use.state,
        "discount_fen": use.discount_fen,
        "lines": use.lines,
        "gift_sku": use.gift_sku or None,
    }


def coupon(row: Coupon, code: str) -> dict[str, Any]:
    return {
        "id": row.pk,
        "code": code,
        "campaign": row.campaign.code,
        "state": row.state,
        "customer_subject": row.subject_id or None,
        "issued_at": moment(row.issued_ms),
        "expires_at": None if row.expires_ms == NEVER_MS else moment(row.expires_ms),
    }


def batch(row: CouponBatch) -> dict[str, Any]:
    told = {"id": row.pk, "campaign": row.campaign.code, "wanted": row.wanted, "made": row.made}
    return told | {"at": moment(row.at_ms)}
