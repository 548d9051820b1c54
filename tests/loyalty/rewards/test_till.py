"""What the till shows of rewards for a member."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from guanxi.customers.lookup import subject_ids_of
from guanxi.loyalty.rewards import till
from guanxi.loyalty.till.contracts import PARTS, Served
from tests.loyalty.rewards.conftest import Shop


def test_what_waits_and_what_can_be_had(shop: Shop) -> None:
    assert PARTS["rewards"].load is till.load
    li = shop.member(points=120)
    request: Any = SimpleNamespace(brand=shop.brand)
    customer = shop.customer(li)
    served = Served(request, customer, subject_ids_of(shop.brand.pk, customer), "/loyalty/till")
    assert till.load(served) is None
    shop.reward(pieces=2)
    row = shop.redeem(li)
    found = till.load(served)
    assert found is not None
    assert [one["code"] for one in found["waiting"]] == [row.code]
    assert [place for place, _said in found["offers"][0]["ways"]] == [1]
