"""Tiers."""

from __future__ import annotations

from typing import Any

from guanxi.customers.hooks import Happening, tell
from guanxi.loyalty.tiers import services
from guanxi.platform.apikeys import Scope
from guanxi.platform.models import Brand
from tests.rest.conftest import NOW, Caller
from tests.rest.matrix.row import Ask

PLAN = {"code": "plus", "name_en": "Plus", "price_fen": 1, "days": 3_660, "tier": "gold", "renews": True}
PROGRAMME = {
    "tiers": [{"code": "member", "name_en": "Member"}, {"code": "gold", "name_en": "Gold"}],
    "plans": [PLAN],
}
READ, WRITE = Scope.PROGRAMME_READ, Scope.PROGRAMME_WRITE


def define_tiers(brand: Brand, customer: int) -> None:
    """A programme, and a membership of the customer's."""
    services.put(brand, PROGRAMME, 0, actor="cli")
    tell(brand.pk, [Happening("membership.bought", customer, NOW, {"plan": "plus"})])


def put(caller: Caller, _customer: int) -> Any:
    """Over the programme that there is, or as the first of another brand."""
    over = caller.put("tiers", {"version": 1, "programme": PROGRAMME})
    return caller.put("tiers", {"version": 0, "programme": PROGRAMME}) if over.status_code == 409 else over


ENDPOINTS: dict[str, tuple[Scope, Ask]] = {
    "show_tiers": (READ, lambda caller, _: caller.get("tiers")),
    "put_tiers": (WRITE, put),
    "show_customer_tier": (READ, lambda caller, customer: caller.get(f"customers/{customer}/tier")),
    "list_tier_changes": (READ, lambda caller, customer: caller.get(f"customers/{customer}/tier/history")),
    "cancel_membership": (
        WRITE,
        lambda caller, customer: caller.post(f"customers/{customer}/membership/cancel", {"plan": "plus"}),
    ),
}
NOT_THEIRS = {"show_customer_tier", "list_tier_changes", "cancel_membership"}
