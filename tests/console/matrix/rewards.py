"""Rewards and redemptions."""

from __future__ import annotations

from guanxi.platform.roles import Permission
from tests.console.matrix.page import Page
from tests.loyalty.rewards.made import made

VIEW, EDIT, SERVE = Permission.PROGRAMME_VIEW, Permission.PROGRAMME_MANAGE, Permission.TILL_USE
FORM = {
    "code": "mug",
    "kind": "gift",
    "name": "马克杯",
    "fen0": "100",
    "stocked": "on",
    "deliveries": "collect",
    "pay_minutes": "30",
    "place": "100",
    "version": "0",
}
PAGES: dict[str, Page] = {
    "rewards": Page(VIEW, lambda w: "/loyalty/rewards"),
    "reward": Page(VIEW, lambda w: "/loyalty/rewards/r/cup"),
    "reward-new": Page(EDIT, lambda w: "/loyalty/rewards/new"),
    "reward-create": Page(EDIT, lambda w: "/loyalty/rewards/create", lambda w: FORM),
    "reward-preview": Page(EDIT, lambda w: "/loyalty/rewards/preview", lambda w: FORM),
    "reward-edit": Page(EDIT, lambda w: "/loyalty/rewards/cup/edit"),
    "reward-save": Page(EDIT, lambda w: "/loyalty/rewards/cup/save", lambda w: FORM | {"version": "2"}),
    "reward-state": Page(
        EDIT, lambda w: "/loyalty/rewards/cup/state", lambda w: {"state": "draft", "version": "2"}
    ),
    "reward-stock": Page(
        EDIT, lambda w: "/loyalty/rewards/cup/stock", lambda w: {"pieces": "5", "once": "t", "note": "<b>"}
    ),
    "reward-set-picture": Page(EDIT, lambda w: "/loyalty/rewards/cup/picture", lambda w: {}),
    "family-limit": Page(
        EDIT, lambda w: "/loyalty/rewards/family", lambda w: {"asset": "points", "most": "100"}
    ),
    "redemptions": Page(VIEW, lambda w: "/loyalty/redemptions"),
    "redemption": Page(VIEW, lambda w: f"/loyalty/redemptions/{made(0)}"),
    "redemptions-sent": Page(
        SERVE, lambda w: "/loyalty/redemptions/sent", lambda w: {"row": str(made("send")), "carrier": "SF"}
    ),
    "redemption-address": Page(
        Permission.CUSTOMERS_UNMASK,
        lambda w: f"/loyalty/redemptions/{made('send')}/address",
        lambda w: {},
    ),
    "redemption-hand-out": Page(SERVE, lambda w: f"/loyalty/redemptions/{made(0)}/hand-out", lambda w: {}),
    "redemption-send": Page(SERVE, lambda w: f"/loyalty/redemptions/{made('send')}/send", lambda w: {}),
    "redemption-cancel": Page(SERVE, lambda w: f"/loyalty/redemptions/{made(1)}/cancel", lambda w: {}),
    "redemption-return": Page(EDIT, lambda w: f"/loyalty/redemptions/{made(3)}/return", lambda w: {}),
    "till-redeem": Page(
        SERVE, lambda w: f"/loyalty/till/redeem/{w.customer.pk}", lambda w: {"choice": "cup 0", "once": "t"}
    ),
}
OF_ANY_BRAND = {
    "rewards",
    "reward-new",
    "reward-create",
    "reward-preview",
    "family-limit",
    "redemptions",
    "redemptions-sent",
}
