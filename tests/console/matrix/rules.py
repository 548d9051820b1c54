"""Rules."""

from __future__ import annotations

from guanxi.platform.roles import Permission
from tests.console.matrix.page import Page

FORM = {
    "f:kinds": "order.paid",
    "r:mode": "all",
    "e.0:effect": "give",
    "e.0:asset": "points",
    "e.0:units": "5",
    "priority": "100",
    "name": "Five",
}
VIEW, EDIT = Permission.RULES_VIEW, Permission.RULES_EDIT


PAGES: dict[str, Page] = {
    "rules": Page(VIEW, lambda w: "/loyalty/rules"),
    "rules-order": Page(
        EDIT, lambda w: "/loyalty/rules/order", lambda w: {f"p:{w.rule}": "7", f"v:{w.rule}": 1}
    ),
    "rule-new": Page(EDIT, lambda w: "/loyalty/rules/new"),
    "rule-create": Page(EDIT, lambda w: "/loyalty/rules/create", lambda w: FORM),
    "rule-draw": Page(EDIT, lambda w: "/loyalty/rules/draw", lambda w: {"rule": w.rule, "do": "effect tag"}),
    "rule-preview": Page(EDIT, lambda w: "/loyalty/rules/preview", lambda w: FORM | {"rule": w.rule}),
    "rules-trace": Page(VIEW, lambda w: f"/loyalty/rules/trace?customer={w.customer.pk}&supposed=1&amount=5"),
    "rule-groups": Page(VIEW, lambda w: "/loyalty/rules/groups"),
    "rule-group-save": Page(
        EDIT, lambda w: "/loyalty/rules/groups/save", lambda w: {"name": "G2", "mode": "joint"}
    ),
    "rule": Page(VIEW, lambda w: f"/loyalty/rules/{w.rule}"),
    "rule-given": Page(VIEW, lambda w: f"/loyalty/rules/{w.rule}/given"),
    "rule-edit": Page(EDIT, lambda w: f"/loyalty/rules/{w.rule}/edit"),
    "rule-save": Page(EDIT, lambda w: f"/loyalty/rules/{w.rule}/save", lambda w: FORM | {"version": 1}),
    "rule-fund": Page(EDIT, lambda w: f"/loyalty/rules/{w.rule}/fund?asset=points&units=5"),
    "rule-fund-do": Page(
        EDIT,
        lambda w: f"/loyalty/rules/{w.rule}/fund/do",
        lambda w: {"asset": "points", "units": "5", "token": "t"},
    ),
    "rule-change-preview": Page(EDIT, lambda w: f"/loyalty/rules/{w.rule}/active"),
    "rule-change": Page(EDIT, lambda w: f"/loyalty/rules/{w.rule}/active/do", lambda w: {"version": 1}),
}
OF_ANY_BRAND = {
    "rules",
    "rules-order",
    "rule-new",
    "rule-create",
    "rules-trace",
    "rule-groups",
    "rule-group-save",
}
