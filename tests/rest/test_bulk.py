"""Bulk actions through the API: counted, confirmed, taken back; bodies that are none."""

from __future__ import annotations

from typing import Any

import pytest

from guanxi.customers import services
from guanxi.customers.models import Customer, Tagging
from guanxi.platform.apikeys import Scope
from guanxi.platform.models import Brand
from tests.rest.conftest import Caller, Issue, body, order

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(caller: Caller, brand: Brand) -> int:
    services.define_tag(brand.pk, "vip", actor="cli")
    caller.post("touchpoints", [order("known")])
    return Customer.objects.get(brand=brand).pk


def test_a_dry_run_is_confirmed_once_and_taken_back(caller: Caller, customer: int) -> None:
    wanted = {"action": "add_tag", "tag": "vip", "list": "customers", "query": {}, "dry_run": True}
    looked = body(caller.post("bulk", wanted))
    assert (looked["state"], looked["counts"]["fresh"]) == ("previewed", 1)
    assert not Tagging.objects.exists()
    first, second = (body(caller.post(f"bulk/{looked['id']}/confirm", {})) for _press in range(2))
    assert first == second
    assert (first["state"], first["changed"], first["may_undo"]) == ("done", 1, True)
    assert body(caller.get("bulk"))["actions"] == [first]
    assert body(caller.post(f"bulk/{looked['id']}/undo", {}))["restored"] == 1
    assert body(caller.get(f"bulk/{looked['id']}"))["state"] == "undone"
    assert not Tagging.objects.exists()


def test_a_list_needs_the_right_to_read_it(issue: Issue, customer: int) -> None:
    wanted = {"action": "add_tag", "tag": "vip", "list": "customers"}
    assert Caller(issue(Scope.CUSTOMERS_WRITE)).post("bulk", wanted).status_code == 403
    assert Caller(issue(Scope.CUSTOMERS_WRITE, Scope.CUSTOMERS_READ)).post("bulk", wanted).status_code == 200


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"action": "paint"}, 422),
        ({"tag": "none"}, 404),
        ({"tag": 7}, 422),
        ({"customers": None}, 422),
        ({"customers": []}, 422),
        ({"customers": ["1"]}, 422),
        ({"customers": [True]}, 422),
        ({"customers": [1], "list": "customers"}, 422),
        ({"customers": None, "list": "moon"}, 404),
        ({"customers": None, "list": "segment", "query": {"segment": "9"}}, 404),
        ({"customers": None, "list": "customers", "query": {"show": 1}}, 422),
        ({"dry_run": "yes"}, 422),
        ({"more": 1}, 422),
    ],
)
def test_what_is_no_body_is_refused(
    caller: Caller, customer: int, change: dict[str, Any], status: int
) -> None:
    wanted = {"action": "add_tag", "tag": "vip", "customers": [customer], **change}
    given = {name: value for name, value in wanted.items() if value is not None}
    answer = caller.post("bulk", given)
    assert answer.status_code == status, answer.content
    assert not Tagging.objects.exists()
