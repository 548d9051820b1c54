"""The till."""

from __future__ import annotations

from typing import Any

from guanxi.customers.lookup import brand_ids_of
from guanxi.kernel.clock import MINUTE_MS, now_ms
from guanxi.loyalty.member import numbers
from guanxi.loyalty.till import serving
from guanxi.platform.apikeys import Scope
from guanxi.rest.till_examples import BUY_WANTED, PAY_WANTED, READ_WANTED
from tests.rest.conftest import Caller, body
from tests.rest.matrix.row import Ask


def code_of(customer: int) -> str:
    return numbers.code(brand_ids_of([customer])[customer], customer, numbers.window())


def visit_of(caller: Caller, customer: int) -> str:
    read = body(caller.post("till/read", {"code": code_of(customer), "key": "k"}))
    return str(read["members"][0]["visit"]) if "members" in read else "none"


def told(example: Any, customer: int) -> Any:
    """An example of the documentation, about the card or the visit of this customer."""
    if example == READ_WANTED:
        return {**example, "code": code_of(customer)}
    if example not in (BUY_WANTED, PAY_WANTED):
        return example
    brand = brand_ids_of([customer])[customer]
    visit = serving.Visit(customer, serving.By.CODE, now_ms() + MINUTE_MS)
    return {**example, "visit": serving.token(brand, visit)}


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
NOT_THEIRS = ENDPOINTS.keys()
