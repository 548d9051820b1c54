"""Coupons."""

from __future__ import annotations

from typing import Any

from guanxi.loyalty.coupons import services
from guanxi.loyalty.coupons.models import CouponBatch, CouponCampaign
from guanxi.platform.roles import Permission
from tests.console.matrix.page import Page
from tests.console.world import World

VIEW, MANAGE, TILL = Permission.PROGRAMME_VIEW, Permission.PROGRAMME_MANAGE, Permission.TILL_USE
FORM = {
    "code": "new",
    "name": "新",
    "kind": "amount",
    "off_fen": "20",
    "stacking": "exclusive",
    "version": "2",
}
LASTS = {"until": "2096-05-31"}


def campaign(w: World) -> int:
    """An active one with stock and a batch of codes, made where there is none yet."""
    row = CouponCampaign.objects.filter(brand_id=w.brand.pk).first()
    if row is None:
        told: dict[str, Any] = {"code": "spring", "name": "春<b>", "kind": "amount", "off_fen": 2_000}
        told |= {"until_ms": 4_000_000_000_000, "limited": True}
        row = services.create(w.brand.pk, told, actor="cli")
        services.set_state(w.brand.pk, row.pk, 1, "active", actor="cli")
        services.add_stock(w.brand.pk, row.pk, 50, key="first", actor="cli")
        batch = services.want(w.brand.pk, row.pk, 3, actor="cli")
        services.make(w.brand.pk, batch.pk)
    return row.pk


def batch(w: World) -> int:
    return CouponBatch.objects.filter(campaign_id=campaign(w)).order_by("pk")[0].pk


PAGES: dict[str, Page] = {
    "coupons": Page(VIEW, lambda w: "/loyalty/coupons"),
    "coupon-new": Page(MANAGE, lambda w: "/loyalty/coupons/new"),
    "coupon-create": Page(MANAGE, lambda w: "/loyalty/coupons/create", lambda w: FORM | LASTS),
    "coupon-find": Page(VIEW, lambda w: "/loyalty/coupons/find?code=x"),
    "coupon-campaign": Page(VIEW, lambda w: f"/loyalty/coupons/{campaign(w)}"),
    "coupon-edit": Page(MANAGE, lambda w: f"/loyalty/coupons/{campaign(w)}/edit"),
    "coupon-save": Page(MANAGE, lambda w: f"/loyalty/coupons/{campaign(w)}/save", lambda w: FORM | LASTS),
    "coupon-stock": Page(
        MANAGE, lambda w: f"/loyalty/coupons/{campaign(w)}/stock", lambda w: {"units": "5", "key": "k"}
    ),
    "coupon-codes-make": Page(
        MANAGE, lambda w: f"/loyalty/coupons/{campaign(w)}/codes", lambda w: {"count": "2"}
    ),
    "coupon-state": Page(
        MANAGE, lambda w: f"/loyalty/coupons/{campaign(w)}/state/paused", lambda w: {"version": "2"}
    ),
    "coupon-codes": Page(MANAGE, lambda w: f"/loyalty/coupons/codes/{batch(w)}.csv"),
    "till-coupon": Page(
        TILL,
        lambda w: "/till/coupons/redeem",
        lambda w: {"code": "NONE", "order": "A1", "total": "199", "token": "t", "back": "/"},
    ),
}
OF_ANY_BRAND = {"coupons", "coupon-new", "coupon-create", "coupon-find", "till-coupon"}
