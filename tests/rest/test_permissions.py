"""Every endpoint × every kind of key; and what the documentation says is so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from django.test import Client

from guanxi.customers.models import Customer
from guanxi.kernel.clock import MINUTE_MS, frozen
from guanxi.kernel.errors import Invalid, NotFound
from guanxi.loyalty.ledger import adjusting
from guanxi.loyalty.ledger.models import Account, Asset, Posting
from guanxi.platform import apikeys
from guanxi.platform.apikeys import Scope
from guanxi.platform.contracts import Role
from guanxi.platform.middleware import CONTENT_SECURITY_POLICY
from guanxi.platform.models import ApiKey, AuditEntry, Brand, Invitation, Membership
from guanxi.platform.rates import Buckets
from guanxi.platform.webhooks.models import Delivery, Webhook
from guanxi.rest.api import api
from guanxi.rest.consent_examples import STATEMENTS
from guanxi.rest.draw_examples import ENTRY
from guanxi.rest.ledger_examples import POST_WANTED
from guanxi.rest.merging_examples import MERGE_WANTED
from guanxi.rest.message_examples import MESSAGE
from guanxi.rest.reward_examples import REDEEM_WANTED
from guanxi.segments import computed
from guanxi.segments.models import Segment
from guanxi.touchpoints.models import Touchpoint
from tests.loyalty.draws import known as draws
from tests.rest.conftest import NOW, Caller, Issue, body, order
from tests.rest.matrix import ENDPOINTS, OF_THIS_BRAND
from tests.rest.matrix.booking import define_services, known_booking, known_service
from tests.rest.matrix.booking import told as told_booking
from tests.rest.matrix.coupons import campaign, define_coupons
from tests.rest.matrix.known import (
    colleague,
    consents_of,
    corrected,
    define,
    earned,
    known_account,
    known_action,
    known_delivery,
    known_posting,
    known_request,
    known_review,
    known_rule,
    known_segment,
    known_webhook,
    open_request,
    open_review,
)
from tests.rest.matrix.ledger import posting_for
from tests.rest.matrix.messages import define_messages
from tests.rest.matrix.rewards import to_send
from tests.rest.matrix.tiers import PLAN, define_tiers
from tests.rest.matrix.till import told as told_till

pytestmark = pytest.mark.django_db
SNAPSHOT = Path(__file__).with_name("openapi.json")


@pytest.fixture
def customer(caller: Caller, brand: Brand) -> int:
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


def test_the_key_is_read_from_the_header_alone(issue: Issue) -> None:
    key = issue()
    client = Client()
    assert client.get("/api/v1/touchpoints", {"key": key, "access_token": key}).status_code == 401
    assert client.get("/api/v1/touchpoints", headers={"Authorization": f"Basic {key}"}).status_code == 401
    assert client.get("/api/v1/touchpoints", headers={"Authorization": f"bearer  {key} "}).status_code == 200


def test_a_key_is_stored_as_a_digest_and_its_use_is_remembered_by_the_minute(
    issue: Issue, brand: Brand
) -> None:
    plaintext = issue(Scope.TOUCHPOINTS_READ)
    key = ApiKey.objects.get()
    assert plaintext.split("_")[2] not in str(ApiKey.objects.values().get())
    caller = Caller(plaintext)
    for at_ms in (NOW, NOW + 10_000, NOW + MINUTE_MS + 1):
        with frozen(at_ms):
            caller.get("touchpoints")
    key.refresh_from_db()
    assert key.last_used_ms == NOW + MINUTE_MS + 1
    assert [entry.action for entry in AuditEntry.objects.filter(object_kind="apikey")] == ["apikey.issued"]


def test_a_key_planted_without_the_master_key_does_not_work(issue: Issue, other_brand: Brand) -> None:
    """Whoever may write to the table can neither move a key to another brand nor make one up."""
    plaintext = issue(Scope.TOUCHPOINTS_READ)
    ApiKey.objects.update(brand_id=other_brand.pk)
    assert Caller(plaintext).get("touchpoints").status_code == 401


@pytest.mark.parametrize(
    "wrong",
    [{"name": " "}, {"scopes": []}, {"scopes": ["everything"]}, {"rate_per_minute": 0}, {"name": "x" * 81}],
)
def test_a_wrong_key_is_not_issued(brand: Brand, wrong: dict[str, Any]) -> None:
    given: dict[str, Any] = {"name": "erp", "scopes": [Scope.TOUCHPOINTS_READ], **wrong}
    with pytest.raises(Invalid):
        apikeys.issue(brand.pk, given.pop("name"), given.pop("scopes"), **given, actor="cli")
    assert not ApiKey.objects.exists()


def test_a_key_is_revoked_by_its_own_brand_only(issue: Issue, brand: Brand, other_brand: Brand) -> None:
    plaintext = issue()
    with pytest.raises(NotFound):
        apikeys.revoke(other_brand.pk, plaintext, actor="cli")
    apikeys.revoke(brand.pk, plaintext.split("_")[1], actor="cli")
    apikeys.revoke(brand.pk, plaintext, actor="cli")
    assert AuditEntry.objects.filter(action="apikey.revoked").count() == 1
    assert [key.revoked_ms for key in apikeys.keys_of(brand.pk)] == [NOW]


def test_a_key_above_its_rate_waits_and_another_does_not(issue: Issue) -> None:
    hasty, calm = Caller(issue(rate=2)), Caller(issue(rate=2))
    assert [hasty.get("touchpoints").status_code for _ in range(3)] == [200, 200, 429]
    refused = hasty.post("touchpoints", [order()])
    assert body(refused)["code"] == "rate_exceeded"
    assert 1 <= int(refused.headers["Retry-After"]) <= 30
    assert not Touchpoint.objects.exists()
    assert calm.get("touchpoints").status_code == 200


def test_a_bucket_fills_steadily_and_never_beyond_a_minutes_worth() -> None:
    now = [0.0]
    buckets = Buckets(lambda: now[0])
    assert [buckets.take(1, 3) for _ in range(4)] == [0, 0, 0, 20]
    now[0] = 19.0
    assert buckets.take(1, 3) == pytest.approx(1)
    now[0] = 20.0
    assert buckets.take(1, 3) == 0
    now[0] = 10_000.0
    assert [buckets.take(1, 3) for _ in range(4)][-1] > 0
    now[0] = 0.0  # a clock that goes back gives nothing and breaks nothing
    assert buckets.take(1, 3) > 0


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/api/v1/nothing", 404),
        ("get", "/api/", 404),
        ("delete", "/api/v1/touchpoints", 405),
        ("put", "/api/v1/customers/1", 405),
        ("get", "/api/v1/customers/abc", 404),
    ],
)
def test_also_what_no_operation_answers_is_a_problem(method: str, path: str, status: int) -> None:
    response = getattr(Client(), method)(path)
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    assert body(response)["status"] == status


def test_a_defect_is_a_problem_without_a_word_of_what_was_sent(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("13800138000")

    monkeypatch.setattr("guanxi.touchpoints.services.record", broken)
    response = caller.post("touchpoints", [order()])
    assert (response.status_code, body(response)["code"]) == (500, "internal")
    assert b"13800138000" not in response.content


def test_errors_are_english_unless_another_language_is_asked_for(caller: Caller) -> None:
    assert caller.get("touchpoints").headers["Content-Language"] == "en"
    caller.headers["Accept-Language"] = "zh-CN"
    assert caller.get("touchpoints").headers["Content-Language"] == "zh-hans"


def test_the_openapi_document_is_the_one_that_was_agreed() -> None:
    """After a change on purpose: python -m tests.rest.snapshot."""
    served = orjson.loads(Client().get("/api/v1/openapi.json").content)
    assert served == orjson.loads(SNAPSHOT.read_bytes())


def told(given: Any, customer: int, asking: int, buying: int) -> Any:
    """An example of the documentation, about customers that there are."""
    if given in (STATEMENTS, POST_WANTED):
        return consents_of(customer) if given == STATEMENTS else posting_for(customer)
    if not isinstance(given, dict):
        return given
    if "programme" in given:
        return {"version": 1, "programme": {**given["programme"], "plans": [PLAN]}}
    more = {"customer": buying, "price": 0} if given == REDEEM_WANTED else {}
    more |= {"customer": customer} if given in (MESSAGE, ENTRY) else {}
    more |= {"other": asking} if given == MERGE_WANTED else {}
    return told_till(told_booking({**given, **more}, customer), buying)


def test_every_example_of_the_document_is_accepted(caller: Caller, brand: Brand) -> None:
    define(brand)
    customer, asking, buying = (
        body(caller.post("customers", {"identities": [{"scheme": "member", "value": member}]}))["id"]
        for member in ("M-900", "M-901", "M-902")
    )
    Customer.objects.filter(pk=customer).update(orders=2)  # as the warehouse would say of somebody
    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    named = {"segment_id": known_segment(), "customer_id": customer, "name": "net_90d"}
    earned(brand, customer)
    open_request(brand, asking)
    open_review(brand, customer, asking)
    named |= {"user_id": colleague(), "invitation_id": 0, "request_id": known_request(), "kind": "jobs"}
    define_messages(brand, customer)
    named |= {"channel": "inbox", "message_id": 0}
    named |= {"action_id": known_action(), "export_id": 0, "entry": "followers", "review_id": known_review()}
    named |= {"rule_id": known_rule(), "webhook_id": known_webhook(), "delivery_id": known_delivery()}
    named |= {"draw_id": draws.number("open")}
    define_services(brand, customer)
    named |= {"service_id": known_service(), "booking_id": known_booking()}
    named |= {"code": "points", "account_id": known_account(), "posting_id": known_posting()}
    define_coupons(brand)
    define_tiers(brand, buying)
    adjusting.adjust(brand, adjusting.Wanted("points", buying, 50, "hello"), "till", actor="cli")
    named |= {"redemption_id": to_send(), "campaign_id": campaign(), "batch_id": 0}
    sent, refused = 0, {}
    for path, methods in schema["paths"].items():
        here = path.removeprefix("/api/v1/").format(**named)
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            for example in content.get("examples", {}).values():
                send = caller.put if method == "put" else caller.post
                about = told(example["value"], customer, asking, buying)
                if operation["operationId"] == "cancel_membership":
                    here = f"customers/{buying}/membership/cancel"
                response = send(here, about)
                if response.status_code != 200 or body(response).get("rejected"):
                    refused[operation["operationId"]] = body(response)
                sent += 1
    assert refused == {}
    assert sent == 68


def test_the_documentation_page_needs_nothing_from_elsewhere(db: None) -> None:
    response = Client().get("/api/v1/docs")
    page = response.content.decode()
    assert response.status_code == 200
    assert response.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "/api/v1/touchpoints" in page
    assert "兰花香水" in page
    assert "style=" not in page
    assert "//" not in page.split("<body")[0].replace("http://", "")
    for inline in ("<script>", "onclick=", "cdn"):
        assert inline not in page
