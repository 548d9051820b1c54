"""Lucky draws."""

from __future__ import annotations

from guanxi.platform.roles import Permission
from tests.console.matrix.page import Page
from tests.loyalty.draws.known import number, win

FORM = {
    "title": "Summer",
    "draw": "summer",
    "organiser": "Lanhua Ltd.",
    "redemption": "At any store.",
    "mode": "drawn",
    "opens": "2026-12-01T10:00",
    "closes": "2090-12-08T10:00",
    "claim_days": "30",
    "most": "1",
    "one_prize": "on",
    "p.0.name": "Bag",
    "p.0.code": "bag",
    "p.0.kind": "gift",
    "p.0.quantity": "1",
    "p.0.value": "1200",
}
VIEW, EDIT, TILL = Permission.PROGRAMME_VIEW, Permission.PROGRAMME_MANAGE, Permission.TILL_USE

PAGES: dict[str, Page] = {
    "draws": Page(VIEW, lambda w: "/loyalty/draws"),
    "draw": Page(VIEW, lambda w: f"/loyalty/draws/{number('held')}?replay=1"),
    "draw-evidence": Page(VIEW, lambda w: f"/loyalty/draws/{number('held')}/evidence"),
    "draw-new": Page(EDIT, lambda w: "/loyalty/draws/new"),
    "draw-create": Page(EDIT, lambda w: "/loyalty/draws/create", lambda w: FORM),
    "draw-edit": Page(EDIT, lambda w: f"/loyalty/draws/{number('winter')}/edit"),
    "draw-save": Page(
        EDIT,
        lambda w: f"/loyalty/draws/{number('winter')}/save",
        lambda w: {**FORM, "draw": "winter", "version": 1},
    ),
    "draw-change-preview": Page(EDIT, lambda w: f"/loyalty/draws/{number('winter')}/publish"),
    "draw-change": Page(
        EDIT, lambda w: f"/loyalty/draws/{number('winter')}/publish/do", lambda w: {"version": 1}
    ),
    "draw-entropy": Page(
        EDIT,
        lambda w: f"/loyalty/draws/{number('held')}/entropy",
        lambda w: {"value": "1", "evidence": "page"},
    ),
    "draw-hand-out": Page(TILL, lambda w: f"/loyalty/draws/wins/{win()}/hand-out", lambda w: {"back": ""}),
}
OF_ANY_BRAND = {"draws", "draw-new", "draw-create"}
