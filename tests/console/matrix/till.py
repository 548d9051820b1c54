"""The till."""

from __future__ import annotations

from django.urls import reverse

from guanxi.kernel.clock import now_ms
from guanxi.loyalty.till import serving
from guanxi.loyalty.till.serving import By, Visit
from guanxi.platform.roles import Permission
from tests.console.matrix.page import Page
from tests.console.world import World


def visit(w: World) -> str:
    """The page of the customer, whose card was read."""
    found = Visit(w.customer.pk, By.CODE, now_ms() + serving.LASTS_MS)
    return reverse("till-member", args=[serving.token(w.brand.pk, found)])


PAGES: dict[str, Page] = {
    "till": Page(Permission.TILL_USE, lambda w: "/till"),
    "till-read": Page(Permission.TILL_USE, lambda w: "/till/read", lambda w: {"code": "13800138000"}),
    "till-me": Page(Permission.TILL_USE, lambda w: "/till/me"),
    "till-store": Page(Permission.TILL_USE, lambda w: "/till/me/store", lambda w: {"store": "HZ1"}),
    "till-member": Page(Permission.TILL_USE, visit),
    "till-purchase": Page(
        Permission.TILL_USE, lambda w: f"{visit(w)}/purchase", lambda w: {"amount": "1", "order": "T1"}
    ),
    "till-pay": Page(
        Permission.TILL_USE,
        lambda w: f"{visit(w)}/pay",
        lambda w: {"asset": "points", "units": "1", "order": "T1", "press": "x", "sure": "yes"},
    ),
}
OF_ANY_BRAND = {"till", "till-read", "till-me", "till-store"}
