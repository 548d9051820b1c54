"""What the documentation's examples and the matrix speak of."""

from __future__ import annotations

import io
from typing import Any
from uuid import uuid4

from guanxi.customers import services
from guanxi.customers.bulk.models import BulkAction
from guanxi.customers.models import Review
from guanxi.customers.rights import requests
from guanxi.customers.rights.contracts import Kind
from guanxi.customers.rights.correcting import correct
from guanxi.customers.rights.models import RightsRequest
from guanxi.loyalty.ledger import adjusting, assets
from guanxi.loyalty.ledger.adjusting import Wanted
from guanxi.loyalty.ledger.assets import AssetRow
from guanxi.loyalty.ledger.models import Account, Posting
from guanxi.loyalty.rewards import catalogue
from guanxi.loyalty.rewards.contracts import Price
from guanxi.loyalty.rewards.contracts import Wanted as Reward
from guanxi.loyalty.rewards.redeeming import Asked, redeem
from guanxi.loyalty.rules import services as rules
from guanxi.loyalty.rules.models import Rule
from guanxi.platform import invitations, people, storage
from guanxi.platform.actors import COMMAND_LINE
from guanxi.platform.contracts import Role
from guanxi.platform.models import Brand, User
from guanxi.platform.storage import Purpose
from guanxi.platform.webhooks import services as webhooks
from guanxi.platform.webhooks.models import Delivery, Webhook
from guanxi.rest.consent_examples import STATEMENTS
from guanxi.rest.rule_examples import DEFINITION
from guanxi.rest.segment_examples import CONDITION
from guanxi.segments import computed
from guanxi.segments import services as segments
from guanxi.segments.models import Segment
from tests.loyalty.draws import known as draws
from tests.rest.conftest import NOW


def colleague() -> int:
    return User.objects.get(username="helper").pk


def consents_of(customer: int) -> dict[str, Any]:
    (one,) = STATEMENTS["statements"]
    return {"statements": [one | {"customer": customer}]}


def known_segment() -> int:
    return Segment.objects.get(name="buyers").pk


def known_rule() -> int:
    return Rule.objects.get(name="a point a yuan").pk


def known_request() -> int:
    return RightsRequest.objects.get(kind=Kind.ACCESS).pk


def open_request(brand: Brand, customer: int) -> None:
    """One for a copy, which is there."""
    made = requests.open_request(brand.pk, customer, Kind.ACCESS, actor="cli")
    copy = storage.store(brand.pk, Purpose.EXPORT, "copy.zip", io.BytesIO(b"PK"))
    RightsRequest.objects.filter(pk=made.pk).update(file_id=copy)


def corrected(brand: Brand, customer: int) -> None:
    """A correction of the customer that can be taken back."""
    correct(brand.pk, customer, {"email": "right@example.com"}, actor="cli", reason="said so")


def known_correction() -> int:
    return RightsRequest.objects.get(kind="correction", state="done").pk


def open_review(brand: Brand, one: int, other: int) -> None:
    """A family's phone: are they one person?"""
    Review.objects.create(brand_id=brand.pk, a_id=one, b_id=other, code="family_phone")


def known_review() -> int:
    return Review.objects.get().pk


def known_other() -> int:
    return Review.objects.get().b_id


def known_action() -> int:
    return BulkAction.objects.earliest("pk").pk


def known_webhook() -> int:
    return Webhook.objects.get(name="erp").pk


def known_delivery() -> int:
    return Delivery.objects.get(webhook__name="erp").pk


def known_account() -> int:
    return Account.objects.get(place="wallet", posted=50).pk


def known_posting() -> int:
    return Posting.objects.earliest("pk").pk


def earned(brand: Brand, customer: int) -> None:
    """Points, of which the customer has 50, and a rule that gives them."""
    assets.create(brand.pk, AssetRow(0, "points", "points"), actor=COMMAND_LINE)
    adjusting.adjust(brand, Wanted("points", customer, 50, "hello"), "known", actor=COMMAND_LINE)
    rules.create(brand, "a point a yuan", DEFINITION, actor="cli")
    redeemed(brand, customer)
    draws.make(brand, customer)


def redeemed(brand: Brand, customer: int) -> None:
    """A cup, of which the customer redeemed four: one is to be paid, two are ready, one is to be sent."""
    prices = [Price("", 0, 100), Price("points", 20, 3_900)]
    wanted = Reward("cup", "gift", "Cup", prices=prices, deliveries=["collect", "send"])
    row = catalogue.put(brand, wanted, version=0, actor="cli")
    catalogue.fill(brand.pk, "cup", 9, key="first", actor="cli")
    catalogue.set_state(brand.pk, "cup", row.version, "active", actor="cli")
    for price in (0, None, None):
        asked = Asked(f"known:{uuid4()}", "cup", customer, price, "collect")
        redeem(brand, asked, origin="api", actor="cli")
    sent = Asked("known", "cup", customer, 1, "send", address="西湖区某路一号 李梅")
    redeem(brand, sent, origin="api", actor="cli")


def define(brand: Brand) -> None:
    """What the documentation's examples speak of."""
    vip = services.define_tag(brand.pk, "vip", actor="cli")
    BulkAction.objects.create(
        brand_id=brand.pk, actor="cli", verb="add_tag", tag_id=vip.pk, state="done", begun_ms=NOW
    )
    services.define_preference(
        brand.pk,
        "skin",
        type="choice",
        label_zh="肤质",
        label_en="Skin",
        purpose="Advice",
        choices=[{"name": "oily"}],
        actor="cli",
    )
    services.set_stores(brand.pk, [{"code": "SH9", "name": "A store of our own"}], actor="cli")
    segments.create(brand, "buyers", CONDITION, actor="cli")
    helper = people.create_user("helper", "a long and odd sentence", actor="cli")
    people.add_membership(helper.pk, brand.pk, Role.AGENT, actor="cli")
    invitations.invite(brand.pk, Role.AGENT, actor=COMMAND_LINE)
    counted = {"aggregate": "count", "kinds": ["order.paid"]}
    computed.define(brand, "orders_ever", counted, label_zh="下单次数", label_en="Orders", actor="cli")
    told = webhooks.create(brand.pk, "erp", "https://erp.example.com/", ["order.paid"], actor="cli").webhook
    webhooks.test(brand.pk, told.pk, actor="cli")
    Delivery.objects.update(state="dead")
