"""Every endpoint asked with the right key, with every other, and by another brand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from guanxi.kernel.clock import frozen
from guanxi.loyalty.ledger.models import Account, Asset, Posting
from guanxi.platform import apikeys, people
from guanxi.platform.apikeys import Scope
from guanxi.platform.contracts import Role
from guanxi.platform.models import AuditEntry, Brand, Invitation, Membership
from guanxi.platform.rates import BUCKETS
from guanxi.platform.webhooks.models import Delivery, Webhook
from guanxi.rest.api import api
from guanxi.segments import computed
from guanxi.segments.models import Segment
from guanxi.touchpoints.models import Touchpoint
from tests.rest.conftest import NOW, Caller, Issue, body, issuing, order
from tests.rest.matrix import ENDPOINTS, OF_THIS_BRAND
from tests.rest.matrix.booking import define_services
from tests.rest.matrix.coupons import define_coupons
from tests.rest.matrix.known import (
    colleague,
    corrected,
    define,
    earned,
    open_request,
    open_review,
)
from tests.rest.matrix.messages import define_messages
from tests.rest.matrix.tiers import define_tiers

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[Brand, int]]:
    """A brand with something for every endpoint, made once: each test is rolled back to it."""
    block = transaction.atomic()
    block._from_testcase = True  # durable blocks are let into it, as into a test's own
    with django_db_blocker.unblock(), block, frozen(NOW):
        BUCKETS.clear()
        brand = people.create_brand("lanhua", "兰花", actor="cli")
        yield brand, known(Caller(issuing(brand.pk)()), brand)
        transaction.set_rollback(True)


@pytest.fixture
def brand(world: tuple[Brand, int], db: None) -> Brand:
    return Brand.objects.get(pk=world[0].pk)


@pytest.fixture
def customer(world: tuple[Brand, int]) -> int:
    return world[1]


def known(caller: Caller, brand: Brand) -> int:
    define(brand)
    caller.post("touchpoints", [order("known"), order("other", identities={"member": "M-77"})])
    found = int(body(caller.get("touchpoints"))["touchpoints"][0]["customer"])
    define_messages(brand, found)
    define_services(brand, found)
    open_request(brand, found)
    earned(brand, found)
    define_tiers(brand, found)
    corrected(brand, found)
    define_coupons(brand)
    open_review(brand, found, body(caller.get("customers", identity="member:M-77"))["customers"][0]["id"])
    return found


def rows() -> tuple[Any, ...]:
    told = [list(model.objects.order_by("pk").values()) for model in (Webhook, Delivery)]
    told += [list(model.objects.order_by("pk").values()) for model in (Asset, Account, Posting)]
    return *told, Touchpoint.objects.count(), AuditEntry.objects.exclude(action="apikey.issued").count()


def test_the_matrix_names_every_operation() -> None:
    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    operations = {op["operationId"] for methods in schema["paths"].values() for op in methods.values()}
    assert operations == set(ENDPOINTS)


@pytest.mark.parametrize("name", ENDPOINTS)
def test_a_key_with_the_scope_is_let_in(name: str, issue: Issue, customer: int) -> None:
    scope, ask = ENDPOINTS[name]
    assert ask(Caller(issue(scope)), customer).status_code == 200


@pytest.mark.database_free
@pytest.mark.parametrize("name", ENDPOINTS)
def test_every_other_key_is_kept_out_and_changes_nothing(
    name: str, issue: Issue, brand: Brand, customer: int
) -> None:
    scope, ask = ENDPOINTS[name]
    others = [other for other in Scope if other is not scope]
    beyond = [] if name == "show_key" else [issue(*others)]
    good = issue(scope)
    revoked = issue(scope)
    apikeys.revoke(brand.pk, revoked, actor="cli")
    forged = good[:-1] + ("a" if good[-1] != "a" else "b")
    before = rows()
    refused = {
        403: beyond,
        401: [None, revoked, forged, good.upper(), good[:12], "gx_", "x" * 10_000, "gx_aaaaaaaa_" + "a" * 40],
    }
    for status, keys in refused.items():
        for key in keys:
            response = ask(Caller(key), customer)
            assert response.status_code == status
            assert response.headers["Content-Type"] == "application/problem+json"
            assert body(response)["code"] == ("scope_missing" if status == 403 else "unauthorised")
    assert rows() == before


def judge_what_a_stranger_got(name: str, response: Any) -> None:
    """404 for what is somebody else's, emptiness for lists, and nothing changed."""
    if name in OF_THIS_BRAND:
        assert response.status_code == 404
    elif name == "record_consents":
        assert body(response)["rejected"][0]["code"] == "customer_unknown"
    elif name == "queue_messages":
        assert body(response)["code"] == "template_unknown"
    elif name in {"list_reviews", "list_messages", "list_redemptions"}:
        assert body(response) == {name.removeprefix("list_"): [], "next": None}
    elif name == "list_audit":
        assert {entry["action"] for entry in body(response)["entries"]} == {"brand.created", "apikey.issued"}
    elif name in {"list_reports", "list_exportables", "list_channels"}:
        assert all(body(response).values())  # what there is to ask for is no brand's secret
    elif name == "list_retention":
        assert not any(period["is_chosen"] for period in body(response)["retention"])
    elif name == "get_report":
        assert body(response)["rows"] == []
    elif name in {"list_touchpoints", "find_customers"}:
        assert body(response)["touchpoints" if name == "list_touchpoints" else "customers"] == []
    elif name == "list_loops":  # they are declared, alike for all brands
        assert response.status_code == 200
    elif name.startswith("list_"):
        assert list(body(response).values()) == [[]]
    else:
        assert response.status_code == 200
    assert Segment.objects.filter(name="buyers", state="active").exists()
    assert Membership.objects.get(user_id=colleague()).role == Role.AGENT
    assert not Invitation.objects.exclude(revoked_ms=0).exists()
    assert Webhook.objects.get(name="erp").version == 1
    assert Delivery.objects.get().state == "dead"


@pytest.mark.parametrize("name", ENDPOINTS)
def test_another_brands_key_sees_and_changes_nothing_of_this_one(
    name: str, issue: Issue, brand: Brand, other_brand: Brand, customer: int
) -> None:
    _scope, ask = ENDPOINTS[name]
    stranger = Caller(issue(brand_id=other_brand.pk))
    mine = list(Touchpoint.objects.filter(brand_id=brand.pk).values_list("pk", flat=True))
    response = ask(stranger, customer)
    judge_what_a_stranger_got(name, response)
    assert computed.field(brand.pk, "orders_ever").label_en == "Orders"
    assert stranger.get("touchpoints", customer=customer).status_code == 404
    assert list(Touchpoint.objects.filter(brand_id=brand.pk).values_list("pk", flat=True)) == mine
