from __future__ import annotations

from typing import Any

import pytest

from guanxi.platform.apikeys import Scope
from guanxi.platform.models import AuditEntry
from guanxi.rest import examples
from guanxi.touchpoints.models import Touchpoint
from tests.rest.conftest import Caller, Issue, body, order

pytestmark = pytest.mark.django_db


def upserted(caller: Caller, **changes: Any) -> dict[str, Any]:
    response = caller.post("customers", {**examples.CUSTOMER, **changes})
    assert response.status_code == 200, response.content
    return dict(body(response))


def test_a_customer_is_created_once_and_found_again(caller: Caller) -> None:
    first = upserted(caller)
    assert (first["created"], first["duplicate"]) == (True, False)
    again = upserted(caller)
    assert again == {"id": first["id"], "created": False, "merged": 0, "duplicate": True}
    later = upserted(caller, seen_at="2026-11-21T20:16:00+08:00")
    assert later == {"id": first["id"], "created": False, "merged": 0, "duplicate": False}
    assert Touchpoint.objects.filter(kind="profile.updated").count() == 2


def test_without_a_time_every_update_counts_and_a_key_makes_it_once(caller: Caller) -> None:
    for _ in range(2):
        assert not upserted(caller, seen_at=None)["duplicate"]
    for expected in (False, True):
        response = caller.post(
            "customers", {**examples.CUSTOMER, "seen_at": None}, **{"Idempotency-Key": "k1"}
        )
        assert body(response)["duplicate"] is expected


def test_a_fact_and_an_update_with_the_same_identity_are_one_customer(caller: Caller) -> None:
    caller.post("touchpoints", [order(identities={"unionid": "oUN-42"})])
    owner = body(caller.get("touchpoints"))["touchpoints"][0]["customer"]
    assert upserted(caller, identities={"unionid": "oUN-42"}, person=None)["id"] == owner


def test_personal_details_are_masked_unless_the_key_may_see_them(caller: Caller, issue: Issue) -> None:
    customer = upserted(caller)["id"]
    shown = body(caller.get(f"customers/{customer}"))
    values = {identity["scheme"]: identity["value"] for identity in shown["identities"]}
    assert values["phone"] == "138****8000"
    assert values["unionid"] == "oUN-42"
    assert shown["name"] == "李*"
    assert shown["masked"] is True
    assert not AuditEntry.objects.filter(action="customer.unmasked").exists()
    for personal in ("13800138000", "李梅"):
        assert personal not in caller.get(f"customers/{customer}").content.decode()

    seeing = Caller(issue(Scope.CUSTOMERS_READ, Scope.CUSTOMERS_UNMASK))
    shown = body(seeing.get(f"customers/{customer}"))
    values = {identity["scheme"]: identity["value"] for identity in shown["identities"]}
    assert values["phone"] == "+8613800138000"
    assert shown["name"] == "李梅"
    entry = AuditEntry.objects.get(action="customer.unmasked")
    assert (entry.object_id, entry.detail) == (str(customer), {})


@pytest.mark.parametrize(
    "identity", ["phone:138 0013 8000", "phone:+8613800138000", "phone:13800138000", "unionid:oUN-42"]
)
def test_a_customer_is_found_however_the_identity_is_written(caller: Caller, identity: str) -> None:
    customer = upserted(caller)["id"]
    found = body(caller.get("customers", identity=identity))["customers"]
    assert [one["id"] for one in found] == [customer]


def test_a_qualified_identity_has_three_parts(caller: Caller) -> None:
    customer = upserted(caller, identities={"openid:wx12ab": "oABC:1"})["id"]
    assert body(caller.get("customers", identity="openid:wx12ab:oABC:1"))["customers"][0]["id"] == customer
    assert body(caller.get("customers", identity="openid:wx99:oABC:1"))["customers"] == []


@pytest.mark.parametrize(
    ("identity", "code"),
    [
        ("13800138000", "scheme_unknown"),
        ("telephone:13800138000", "scheme_unknown"),
        ("openid:abc", "scheme_unknown"),
        ("phone:138****8000", "identity_bad"),
        ("phone:", "identity_bad"),
        ("", "scheme_unknown"),
    ],
)
def test_a_question_that_names_nobody_is_a_problem(caller: Caller, identity: str, code: str) -> None:
    response = caller.get("customers", identity=identity)
    assert (response.status_code, body(response)["code"]) in {(422, code), (422, "identity_bad")}
    assert "138" not in body(response)["detail"]


@pytest.mark.parametrize("customer", ["0", "-1", "999999", str(2**63), "1" * 40])
def test_an_id_that_is_not_there_is_not_found(caller: Caller, customer: str) -> None:
    response = caller.get(f"customers/{customer}")
    assert (response.status_code, body(response)["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"identities": {}}, "identities_missing"),
        ({"identities": None}, "identities_missing"),
        ({"identities": {"phone": "138****8000"}}, "identity_bad"),
        ({"colour": "red"}, "field_unknown"),
        ({"seen_at": "today"}, "time_bad"),
        ({"seen_at": "2031-01-01T00:00:00Z"}, "time_out_of_range"),
        ({"person": {"age": 30}}, "field_unknown"),
        ({"channel": 5}, "field_bad"),
        ({"source": ""}, "source_bad"),
    ],
)
def test_a_wrong_update_changes_nothing(caller: Caller, changes: dict[str, Any], code: str) -> None:
    response = caller.post("customers", {**examples.CUSTOMER, **changes})
    assert (response.status_code, body(response)["code"]) == (422, code)
    assert not Touchpoint.objects.exists()
    assert not AuditEntry.objects.filter(action="customer.upserted").exists()


@pytest.mark.parametrize("wrong", [[], "text", 5, None])
def test_an_update_is_one_object(caller: Caller, wrong: object) -> None:
    assert body(caller.post("customers", wrong))["code"] == "body_bad"
