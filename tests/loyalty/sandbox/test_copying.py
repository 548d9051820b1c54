"""A sandbox has what its brand defined, and nobody of it."""

from __future__ import annotations

import pytest
from django.db import transaction

from guanxi.customers import preferences, stores, tag_dictionary
from guanxi.customers.contracts import Identity, Person, Sighting
from guanxi.customers.models import Customer
from guanxi.customers.services import resolve
from guanxi.kernel.errors import Conflict, Invalid
from guanxi.loyalty.booking import contracts as bookings
from guanxi.loyalty.booking import defining
from guanxi.loyalty.booking.models import BookingPlan, BookingService
from guanxi.loyalty.coupons import booking as coupon_stock
from guanxi.loyalty.coupons import campaigns
from guanxi.loyalty.coupons.models import Coupon, CouponCampaign
from guanxi.loyalty.ledger import assets
from guanxi.loyalty.ledger.assets import AssetRow
from guanxi.loyalty.rewards import catalogue
from guanxi.loyalty.rewards import contracts as rewards
from guanxi.loyalty.rewards.models import Reward
from guanxi.loyalty.rules import services as rules
from guanxi.loyalty.rules.models import Rule
from guanxi.loyalty.sandbox import filling
from guanxi.loyalty.sandbox.copying import PIECES
from guanxi.loyalty.tiers import services as tiers
from guanxi.loyalty.tiers.models import TierProgramme
from guanxi.messaging.models import Template
from guanxi.platform import people
from guanxi.platform.actors import COMMAND_LINE
from guanxi.platform.models import Brand, Membership
from guanxi.platform.sandbox import services
from guanxi.segments import services as segments
from guanxi.segments.contracts import Mode
from guanxi.segments.models import Segment
from tests.loyalty.tiers.conftest import TIERS
from tests.messaging import world

CLI = COMMAND_LINE
_PAID = {"version": 1, "all": [{"leaf": "behaviour.did", "kinds": ["order.paid"], "at_least": 1}]}


def define(brand: Brand) -> None:
    """One of everything."""
    stores.set_stores(brand.pk, [{"code": "HZ1", "name": "杭州一店", "open": "yes"}], actor="cli")
    tag_dictionary.define_tag(brand.pk, "vip", label="贵宾", actor="cli")
    choices = [{"name": "oily", "zh": "油性", "en": "Oily"}]
    preferences.define_preference(
        brand.pk,
        "skin",
        type="choice",
        label_zh="肤质",
        label_en="Skin",
        purpose="Advice",
        choices=choices,
        actor="cli",
    )
    world.templates(brand.pk)
    paid = segments.create(brand, "Paid", _PAID, actor="cli")
    inside = {"version": 1, "all": [{"leaf": "segment.in", "segment": paid}]}
    segments.create(brand, "Paid too", inside, actor="cli")
    segments.create(brand, "Of then", _PAID, actor="cli", mode=Mode.FROZEN)
    assets.create(brand.pk, AssetRow(0, "points", "points", "积分", "Points"), actor=CLI)
    assets.create(brand.pk, AssetRow(0, "cup", "prize", "杯", "Cup"), actor=CLI)
    rules.set_group(brand, "Base", "best", actor="cli")
    give = {"effect": "give", "asset": "points", "units": 200, "source": "budget"}
    definition = {"on": ["order.paid"], "if": inside, "effects": [give]}
    rule = rules.create(brand, "First", definition, actor="cli", group="Base", priority=7)
    rules.set_state(brand, rule, 1, "active", actor="cli")
    off = {"kind": "amount", "off_fen": 1_000, "lasts_days": 30, "condition": inside}
    campaign = campaigns.create(brand.pk, {"code": "ten", "name": "Ten", **off, "limited": True}, actor="cli")
    campaigns.set_state(brand.pk, campaign.pk, 1, "active", actor="cli")
    wanted = rewards.Wanted("mug", "gift", "杯", prices=[rewards.Price("points", 100, 0)], condition=inside)
    catalogue.put(brand, wanted, version=0, actor="cli")
    catalogue.set_state(brand.pk, "mug", 1, "active", actor="cli")
    service = bookings.Wanted("咨询", audience=inside)
    defining.create(brand, service, {"": "1-7 10:00 2", "HZ1": "1-5 10:00-12:00 1"}, actor="cli")
    tiers.put(brand, {"tiers": TIERS}, 0, actor="cli")


def test_everything_defined_is_there_and_nobody(real: Brand) -> None:
    define(real)
    with transaction.atomic():
        resolve(real.pk, [Sighting((Identity("tmall", "li"),), Person(), 1)])
    made = services.make(real, *services.proposed(real), actor=CLI)
    brand = made.brand
    assert (brand.slug, brand.sandbox, brand.is_default) == ("lanhua-sandbox", True, False)
    assert [(one.copier, one.name) for one in made.left] == [("segments", "Of then")]
    wanted = {"stores": 1, "tags": 1, "preferences": 1, "segments": 2, "tiers": 1}
    wanted |= {"coupons": 1, "rewards": 1, "services": 1, "rules": 1, "consent_texts": 0}
    assert made.copied.items() >= wanted.items()
    assert {row.code for row in assets.assets(brand.pk)} >= {row.code for row in assets.assets(real.pk)}
    assert made.copied["templates"] == Template.objects.filter(brand=real).count() > 0
    assert not Customer.objects.filter(brand_id=brand.pk).exists()
    assert not Coupon.objects.filter(brand_id=brand.pk).exists()
    assert [one.user.username for one in Membership.objects.filter(brand=brand)] == ["mei"]


def test_conditions_name_the_sandboxs_own_segments(real: Brand) -> None:
    define(real)
    brand = services.make(real, *services.proposed(real), actor=CLI).brand
    paid = Segment.objects.get(brand=brand, name="Paid").pk
    inside = Segment.objects.get(brand=brand, name="Paid too").condition
    told = [
        inside,
        Rule.objects.get(brand_id=brand.pk).definition["if"],
        CouponCampaign.objects.get(brand_id=brand.pk).condition,
        Reward.objects.get(brand_id=brand.pk).condition,
        BookingService.objects.get(brand_id=brand.pk).audience,
    ]
    assert all(one["all"][0]["segment"] == paid for one in told)
    assert Segment.objects.get(brand=real, name="Paid").pk != paid


def test_states_stocks_and_plans_let_it_be_tried(real: Brand) -> None:
    define(real)
    brand = services.make(real, *services.proposed(real), actor=CLI).brand
    rule = Rule.objects.select_related("group").get(brand_id=brand.pk)
    assert (rule.state, rule.priority, rule.group and rule.group.name) == ("active", 7, "Base")
    campaign = CouponCampaign.objects.get(brand_id=brand.pk)
    assert campaign.state == "active"
    assert coupon_stock.left(brand.pk, [campaign]) == {"ten": PIECES}
    assert Reward.objects.get(brand_id=brand.pk).state == "active"
    plans = BookingPlan.objects.filter(service__brand_id=brand.pk).values_list("store", flat=True)
    assert set(plans) == {"", "HZ1"}
    assert (
        TierProgramme.objects.get(pk=brand.pk).definition == TierProgramme.objects.get(pk=real.pk).definition
    )
    found = filling.fill(brand, actor=CLI)
    assert all(one.points > 0 and one.coupon for one in found)


def test_all_of_it_or_nothing(real: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    define(real)

    def killed(*_given: object, **_named: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(rules, "create", killed)
    with pytest.raises(KeyboardInterrupt):
        services.make(real, *services.proposed(real), actor=CLI)
    assert list(Brand.objects.all()) == [real]


def test_pressed_twice_is_made_once(real: Brand) -> None:
    named = services.proposed(real)
    services.make(real, *named, actor=CLI)
    with pytest.raises(Conflict, match="taken"):
        services.make(real, *named, actor=CLI)
    assert services.proposed(real) == ("lanhua-sandbox-2", "兰花 Sandbox 2")


def test_a_sandbox_is_made_of_a_real_brand_and_is_never_the_default(real: Brand) -> None:
    first = services.make(real, *services.proposed(real), actor=CLI).brand
    with pytest.raises(Invalid):
        services.make(first, "deeper", "Deeper", actor=CLI)
    Brand.objects.filter(pk=real.pk).update(is_default=False)
    assert not people.create_brand("alone", "Alone", sandbox=True, actor=CLI).is_default
