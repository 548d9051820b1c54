"""The till: who is read, a purchase once, points once and by the card's own code alone."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guanxi.customers.contracts import Identity, Person
from guanxi.customers.lookup import customer_ids_of, find
from guanxi.customers.services import set_stores
from guanxi.kernel.clock import frozen, now_ms
from guanxi.kernel.errors import GuanxiError
from guanxi.loyalty.ledger.queries import standing
from guanxi.loyalty.member import numbers, rates
from guanxi.loyalty.rules import services as rules
from guanxi.loyalty.rules.contracts import State
from guanxi.loyalty.till import serving
from guanxi.platform import people
from guanxi.platform.contracts import Role
from guanxi.platform.models import AuditEntry, Brand
from guanxi.touchpoints import services as touchpoints
from guanxi.touchpoints.contracts import Fact
from guanxi.touchpoints.models import Touchpoint
from tests.loyalty.member.conftest import earn
from tests.messaging import world

PHONE = "+8613800138000"
PASSWORD = "a long and odd sentence"
A_POINT_A_YUAN = {
    "version": 1,
    "on": ["order.paid"],
    "effects": [{"effect": "give", "asset": "points", "units": 1, "per": "amount", "each_fen": 100}],
}


class Shop:
    """A brand with a member of 30 points, an associate at the till, and a point for each yuan."""

    def __init__(self) -> None:
        self.brand = Brand.objects.get(pk=world.brand())
        self.subject = world.customer(self.brand.pk, "li", Identity("phone", PHONE))
        self.customer = customer_ids_of(self.brand.pk, [self.subject])[self.subject]
        earn(self.brand, self.subject, 30)
        number = rules.create(self.brand, "a point a yuan", A_POINT_A_YUAN, actor="cli")
        rules.set_state(self.brand, number, 1, State.ACTIVE, actor="cli")
        self.client = self.signed_in("mei")

    def signed_in(self, name: str, role: Role = Role.ASSOCIATE) -> Client:
        user = people.create_user(name, PASSWORD, language="en", actor="cli")
        people.add_membership(user.pk, self.brand.pk, role, actor="cli")
        client = Client()
        assert client.post("/signin", {"username": name, "password": PASSWORD}).status_code == 302
        return client

    @property
    def code(self) -> str:
        return numbers.code(self.brand.pk, self.customer, numbers.window())

    @property
    def points(self) -> int:
        return standing(self.brand.pk, self.subject, "points").spendable

    def read(self, text: str, press: str = "p") -> Any:
        return self.client.post("/till/read", {"code": text, "press": press})

    def visit(self, text: str = "") -> str:
        return str(self.read(text or self.code).headers["Location"])


@pytest.fixture
def shop(transactional_db: None) -> Shop:
    rates.forget()
    return Shop()


def test_a_scan_shows_who_it_is_and_what_they_have(shop: Shop) -> None:
    address = shop.visit(f" {shop.code[:4]} {shop.code[4:]}\r\n")
    with CaptureQueriesContext(connection) as asked:
        page = shop.client.get(address).content.decode()
    assert len(asked) <= 55  # the parts of the programme ask five each
    assert "138****8000" in page
    assert PHONE[3:] not in page
    assert ">30<" in page
    entry = AuditEntry.objects.get(action="till.read")
    assert (entry.object_id, entry.detail) == (str(shop.customer), {"by": "code"})


def test_a_code_read_before_is_refused_and_a_lost_answer_is_not(shop: Shop) -> None:
    code = shop.code
    assert shop.read(code, "one").status_code == 302
    assert shop.read(code, "one").status_code == 302
    refused = shop.read(code, "two")
    assert refused.status_code == 409
    assert "read before" in refused.content.decode()
    with frozen(now_ms() + 3 * numbers.WINDOW_MS):
        assert shop.read(code, "three").status_code == 404


def test_found_by_phone_and_by_number_they_earn_but_do_not_pay(shop: Shop) -> None:
    for text in ("138 0013 8000", numbers.number(shop.brand.pk, shop.customer)):
        address = shop.visit(text)
        page = shop.client.get(address).content.decode()
        assert "scan the code" in page
        form = {"asset": "points", "units": "5", "order": "R1", "press": "x", "sure": "yes"}
        assert shop.client.post(f"{address}/pay", form).status_code == 403
    assert shop.points == 30
    assert set(AuditEntry.objects.filter(action="till.read").values_list("detail__by", flat=True)) == {
        "phone",
        "number",
    }


def test_a_family_that_shares_a_phone_is_asked_which(shop: Shop) -> None:
    other = Person(name="韩梅梅")
    fact = Fact(
        "order.paid", "o9", world.NOON_MS, (Identity("tmall", "han"), Identity("phone", PHONE)), other, "", 1
    )
    assert touchpoints.record(shop.brand.pk, "shop", [fact]).recorded == 1
    page = shop.read("13800138000").content.decode()
    assert page.count("/till/m/") == len(find(shop.brand.pk, Identity("phone", PHONE))) == 2


def test_a_purchase_counts_once_and_earns(shop: Shop) -> None:
    set_stores(shop.brand.pk, [{"code": "HZ1", "name": "西湖店", "city": "杭州"}], actor="cli")
    shop.client.post("/till/me/store", {"store": "HZ1"})
    address = shop.visit()
    form = {"amount": "¥128.50", "order": " R  7 "}
    page = shop.client.post(f"{address}/purchase", form, follow=True).content.decode()
    assert "+128" in page
    assert shop.points == 158
    again = shop.client.post(f"{address}/purchase", form, follow=True).content.decode()
    assert "recorded before" in again
    fact = Touchpoint.objects.get(kind="order.paid")
    assert (fact.amount_fen, fact.channel, fact.source_ref) == (12_850, "store", "R 7")
    assert '"store":"HZ1"' in fact.payload
    assert customer_ids_of(shop.brand.pk, [fact.subject_id or 0]) == {fact.subject_id: shop.customer}
    assert shop.client.post(f"{address}/purchase", {**form, "amount": "1"}).status_code == 409
    for amount in ("", "x", "-5", "0", "1.234", "9" * 18, "NaN", "1e9"):
        assert shop.client.post(f"{address}/purchase", {"amount": amount, "order": "R8"}).status_code == 422
    for order in ("", " ", "x" * 61, "a\x00b"):
        assert shop.client.post(f"{address}/purchase", {"amount": "1", "order": order}).status_code == 422
    assert Touchpoint.objects.filter(kind="order.paid").count() == 1


def test_points_are_seen_before_they_are_taken_and_taken_once(shop: Shop) -> None:
    address = shop.visit()
    form = {"asset": "points", "units": "10", "order": "R1"}
    page = shop.client.post(f"{address}/pay", form).content.decode()
    assert "Take 10" in page
    assert "20 are left" in page
    assert shop.points == 30
    press = re.findall(r'name="press" value="([^"]+)"', page)[0]
    sure = {**form, "sure": "yes", "press": press}
    assert shop.client.post(f"{address}/pay", sure).status_code == 302
    assert "done before" in shop.client.post(f"{address}/pay", sure, follow=True).content.decode()
    assert shop.points == 20
    assert shop.client.post(f"{address}/pay", {**sure, "units": "21", "press": "q"}).status_code == 409
    for units in ("", "0", "-1", "x", "1.5", "9" * 30):
        assert shop.client.post(f"{address}/pay", {**sure, "units": units}).status_code == 422
    assert shop.client.post(f"{address}/pay", {**sure, "asset": "nothing"}).status_code == 422


def test_a_visit_is_of_one_brand_and_ends(shop: Shop) -> None:
    address = shop.visit()
    token = unquote(address.rpartition("/")[2])
    assert serving.opened(shop.brand.pk, token).customer_id == shop.customer
    for brand, text in ((shop.brand.pk + 1, token), (shop.brand.pk, token[:-1]), (shop.brand.pk, "")):
        with pytest.raises(GuanxiError, match="no such visit"):
            serving.opened(brand, text)
    assert shop.client.get("/till/m/forged:x:y").status_code == 404
    with frozen(now_ms() + serving.LASTS_MS), pytest.raises(GuanxiError, match="over"):
        serving.opened(shop.brand.pk, token)


@pytest.mark.parametrize("text", ["", "x", "12345", "١" * 18, "9" * 18, "0" * 12, "<script>", "1" * 60])
def test_what_is_no_code_is_said(shop: Shop, text: str) -> None:
    response = shop.read(text)
    assert response.status_code in {404, 422}
    assert "<script>" not in response.content.decode().split("<main")[1]
    assert shop.client.get("/till").status_code == 200
