"""Tiers."""

from __future__ import annotations

from guanxi.platform.apikeys import Scope
from tests.rest.matrix.row import Ask

PROGRAMME = {"tiers": [{"code": "member", "name_en": "Member"}]}
READ, WRITE = Scope.PROGRAMME_READ, Scope.PROGRAMME_WRITE
ENDPOINTS: dict[str, tuple[Scope, Ask]] = {
    "show_tiers": (READ, lambda caller, _: caller.get("tiers")),
    "put_tiers": (WRITE, lambda caller, _: caller.put("tiers", {"version": 0, "programme": PROGRAMME})),
    "show_customer_tier": (READ, lambda caller, customer: caller.get(f"customers/{customer}/tier")),
    "list_tier_changes": (READ, lambda caller, customer: caller.get(f"customers/{customer}/tier/history")),
    "cancel_membership": (
        WRITE,
        lambda caller, customer: caller.post(f"customers/{customer}/membership/cancel", {"plan": "plus"}),
    ),
}
