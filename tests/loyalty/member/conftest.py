from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from guanxi.customers.consent import links, phone
from guanxi.customers.consent.links import Opens
from guanxi.customers.lookup import customer_ids_of
from guanxi.loyalty.ledger.contracts import Account, Move, Place, Posting
from guanxi.loyalty.ledger.posting import post
from guanxi.loyalty.ledger.queries import asset
from guanxi.loyalty.member import rates
from guanxi.platform.models import Brand
from tests.messaging import world


class Phone:
    """A member's browser at a brand."""

    def __init__(self, brand: Brand, subject: int) -> None:
        self.brand, self.subject = brand, subject
        self.customer = customer_ids_of(brand.pk, [subject])[subject]
        self.client = Client(enforce_csrf_checks=True)
        self.client.cookies["guanxi_member_lang"] = "en"

    def open_link(self) -> None:
        made = links.make(self.brand.pk, self.customer, actor="test", opens=Opens.CARD)
        assert self.client.get(made.path).status_code == 302

    def get(self, page: str = "") -> str:
        response = self.client.get(f"/m/{self.brand.slug}/{page}")
        assert response.status_code == 200, (page, response.status_code)
        return response.content.decode()

    def key(self) -> str:
        return self.get("more").split('name="key" value="')[1].split('"')[0]

    def post(self, page: str, **form: str) -> int:
        form.setdefault("key", self.key())
        return self.client.post(f"/m/{self.brand.slug}/{page}", form).status_code


def earn(brand: Brand, subject: int, units: int) -> None:
    asset(brand.pk, "points")
    step = Move(Account("points", Place.ISSUED), Account("points", Place.WALLET, subject), units)
    post(brand.pk, [Posting(f"earn:{subject}:{units}", "test", [step], world.NOON_MS)], actor="test")


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    phone.ASKS.clear()
    rates.forget()
    yield
    phone.ASKS.clear()
    rates.forget()


@pytest.fixture
def member(transactional_db: None) -> Phone:
    """Li, signed in by a link, with 30 points."""
    brand = Brand.objects.get(pk=world.brand())
    found = Phone(brand, world.customer(brand.pk, "li"))
    earn(brand, found.subject, 30)
    found.open_link()
    return found
