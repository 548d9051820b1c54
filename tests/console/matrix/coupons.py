"""Coupons."""

from __future__ import annotations

from guanxi.platform.roles import Permission
from tests.console.matrix.page import Page

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


PAGES: dict[str, Page] = {
    "coupons": Page(VIEW, lambda w: "/loyalty/coupons"),
    "coupon-new": Page(MANAGE, lambda w: "/loyalty/coupons/new"),
    "coupon-create": Page(MANAGE, lambda w: "/loyalty/coupons/create", lambda w: FORM | LASTS),
    "coupon-find": Page(VIEW, lambda w: "/loyalty/coupons/find?code=x"),
    "coupon-campaign": Page(VIEW, lambda w: f"/loyalty/coupons/{w.coupons[0]}"),
    "coupon-edit": Page(MANAGE, lambda w: f"/loyalty/coupons/{w.coupons[0]}/edit"),
    "coupon-save": Page(MANAGE, lambda w: f"/loyalty/coupons/{w.coupons[0]}/save", lambda w: FORM | LASTS),
    "coupon-give": Page(MANAGE, lambda w: f"/loyalty/coupons/{w.coupons[0]}/give?segment={w.segment.pk}"),
    "coupon-give-do": Page(
        MANAGE,
        lambda w: f"/loyalty/coupons/{w.coupons[0]}/give/do",
        lambda w: {"segment": str(w.segment.pk), "seen": "9", "key": "k"},
    ),
    "coupon-give-on": Page(MANAGE, lambda w: f"/loyalty/coupons/giving/{w.coupons[2]}/on", lambda w: {}),
    "coupon-stock": Page(
        MANAGE, lambda w: f"/loyalty/coupons/{w.coupons[0]}/stock", lambda w: {"units": "5", "key": "k"}
    ),
    "coupon-codes-make": Page(
        MANAGE, lambda w: f"/loyalty/coupons/{w.coupons[0]}/codes", lambda w: {"count": "2"}
    ),
    "coupon-state": Page(
        MANAGE, lambda w: f"/loyalty/coupons/{w.coupons[0]}/state/paused", lambda w: {"version": "2"}
    ),
    "coupon-codes": Page(MANAGE, lambda w: f"/loyalty/coupons/codes/{w.coupons[1]}.csv"),
    "till-coupon": Page(
        TILL,
        lambda w: "/till/coupons/redeem",
        lambda w: {"code": "NONE", "order": "A1", "total": "199", "token": "t", "back": "/"},
    ),
}
OF_ANY_BRAND = {"coupons", "coupon-new", "coupon-create", "coupon-find", "till-coupon"}
