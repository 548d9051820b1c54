"""Tiers."""

from __future__ import annotations

from guanxi.platform.roles import Permission
from tests.console.matrix.page import Page

FORM = {
    "version": "0",
    "t.0.code": "member",
    "t.0.name_zh": "会员",
    "t.1.code": "gold",
    "t.1.name_zh": "金卡 <b>",
    "t.1.w.0.way": "spend",
    "t.1.w.0.at_least": "1000",
    "t.1.w.0.window": "ever",
}
VIEW, EDIT = Permission.PROGRAMME_VIEW, Permission.PROGRAMME_MANAGE
PAGES: dict[str, Page] = {
    "tiers": Page(VIEW, lambda w: "/loyalty/tiers"),
    "tiers-edit": Page(EDIT, lambda w: "/loyalty/tiers/edit"),
    "tiers-draw": Page(EDIT, lambda w: "/loyalty/tiers/draw", lambda w: {**FORM, "do": "tier"}),
    "tiers-preview": Page(EDIT, lambda w: "/loyalty/tiers/preview", lambda w: FORM),
    "tiers-save": Page(EDIT, lambda w: "/loyalty/tiers/save", lambda w: FORM),
}
OF_ANY_BRAND = set(PAGES)
