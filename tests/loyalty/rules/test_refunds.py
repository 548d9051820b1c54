"""Refunds against brute force: whatever is ordered, spent and sent back, in whatever order."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guanxi.customers.models import Subject
from guanxi.customers.tag_dictionary import Origin, define_tag
from guanxi.loyalty.ledger.contracts import Account, Place
from guanxi.loyalty.rules import services
from guanxi.loyalty.rules.paying import pay
from tests.loyalty.rules.conftest import POINT_A_YUAN, Shop

_runs = count(1)
yuan = st.integers(1, 40)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("order"), st.integers(0, 3), yuan),
        st.tuples(st.just("refund"), st.integers(0, 3), yuan),
        st.tuples(st.just("pay"), st.integers(0, 3), yuan),
    ),
    min_size=3,
    max_size=14,
)


@pytest.fixture
def earning(shop: Shop) -> Shop:
    shop.rule()
    shop.rule({"effect": "give", "asset": "points", "units": 7, "on_refund": "first"})
    unmet = {"effect": "give", "asset": "points", "units": 11, "on_refund": "unmet"}
    shop.rule(unmet, where=[{"field": "amount_fen", "op": "ge", "value": 2_000}])
    return shop


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=steps)
def test_what_is_left_is_what_the_formula_leaves(earning: Shop, steps: list[tuple[str, int, int]]) -> None:
    shop, run = earning, next(_runs)
    who = f"ann{run}"
    orders: dict[int, dict[str, Any]] = {}
    balance_before = 0
    for what, number, amount in steps:
        order = orders.setdefault(number, {"paid": 0, "refunded": 0, "payments": [], "spent": 0, "back": 0})
        name = f"{run}-{number}"
        if what == "order" and not order["paid"]:  # one payment each
            order["paid"] = amount
            shop.record(shop.order(who, amount, name))
        elif what == "refund":
            order["refunded"] += amount
            shop.record(shop.refund(who, amount, name))
        elif what == "pay" and not order["spent"]:
            subject = Subject.objects.filter(key=who).first()
            if subject is not None and shop.has(who).spendable >= amount:
                wallet = Account("points", Place.WALLET, subject.pk)
                pay(shop.brand.pk, wallet, amount, ("shop", name), key=f"pay {name}", actor="test")
                order["spent"] = amount
                # Units for an order that is refunded already come back with its next fact.
                shop.record(shop.refund(who, 0.01, name)) if order["refunded"] else None
                order["refunded"] += 0.01 if order["refunded"] else 0
        # What came back stays, also where a payment that comes after its refund shows that less was due.
        order["back"] = max(order["back"], _gone(order, order["spent"]))
    expected = balance_before + sum(map(_left, orders.values()))
    has = shop.has(who)
    assert has.posted - has.owed == expected
    shop.proven()


def _left(order: dict[str, Any]) -> int:
    """What an order leaves in the end, in plain arithmetic of fen."""
    paid, refunded = order["paid"] * 100, round(order["refunded"] * 100)
    back = min(paid, refunded)
    left = 0
    if paid:
        left += paid // 100 - _gone(order, paid // 100)
        left += 0 if refunded else 7
        left += 11 if paid - back >= 2_000 and not (refunded and refunded >= paid) else 0
    return left - order["spent"] + order["back"]


def _gone(order: dict[str, Any], units: int) -> int:
    """How much of what the order earned or was paid with its refunds undo."""
    paid, refunded = order["paid"] * 100, round(order["refunded"] * 100)
    if refunded and refunded >= paid:
        return units
    return units * min(paid, refunded) // paid if paid else 0


def test_a_cap_minds_units_alone(shop: Shop) -> None:
    """Effects without units stand beside those that a cap cuts, also before rules that multiply."""
    define_tag(shop.brand.pk, "buyer", origin=Origin.RULE, actor="test")
    services.set_group(shop.brand, "cap", "cap", cap=15, actor="test")
    shop.rule(POINT_A_YUAN, {"effect": "tag", "tag": "buyer"}, group="cap")
    shop.rule({"effect": "multiply", "asset": "points", "percent": 200}, group="cap")
    shop.record(shop.order("ann", 12), shop.order("ben", 40))
    assert (shop.has("ann").spendable, shop.has("ben").spendable) == (15, 15)
