"""The till."""

from __future__ import annotations

from guanxi.customers.lookup import brand_ids_of
from guanxi.loyalty.member import numbers
from guanxi.platform.apikeys import Scope
from guanxi.rest.till_examples import BUY_WANTED, PAY_WANTED
from tests.rest.conftest import Caller, body
from tests.rest.matrix.row import Ask


def code_of(customer: int) -> str:
    return numbers.code(brand_ids_of([customer])[customer], customer, numbers.window())


def visit_of(caller: Caller, customer: int) -> str:
    read = body(caller.post("till/read", {"code": code_of(customer), "key": "k"}))
    return str(read["members"][0]["visit"]) if "members" in read else "none"


ENDPOINTS: dict[str, tuple[Scope, Ask]] = {
    "read_card": (
        Scope.TILL_USE,
        lambda caller, customer: caller.post("till/read", {"code": code_of(customer)}),
    ),
    "record_purchase": (
        Scope.TILL_USE,
        lambda caller, customer: caller.post(
            "till/purchases", {**BUY_WANTED, "visit": visit_of(caller, customer)}
        ),
    ),
    "pay_with_units": (
        Scope.TILL_USE,
        lambda caller, customer: caller.post("till/pay", {**PAY_WANTED, "visit": visit_of(caller, customer)}),
    ),
}
