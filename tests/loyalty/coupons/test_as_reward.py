"""Coupons for points: one for each redemption, back with it, and only where there is one to give."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from guanxi.kernel.clock import DAY_MS, frozen, now_ms
from guanxi.kernel.errors import Conflict, Invalid
from guanxi.loyalty.coupons import booking, looking, queries, said, services
from guanxi.loyalty.coupons.codes import code_of
from guanxi.loyalty.coupons.contracts import Has, State
from guanxi.loyalty.coupons.models import Coupon, CouponCampaign
from guanxi.loyalty.rewards import catalogue, moving
from guanxi.loyalty.rewards import queries as rewards
from guanxi.loyalty.rewards.contracts import Price, Wanted
from guanxi.loyalty.rewards.models import Redemption, Reward
from guanxi.platform import people
from guanxi.platform.contracts import Role
from tests.dying import die
from tests.loyalty.coupons.conftest import FAR_MS, basket
from tests.loyalty.member.conftest import Phone, member  # noqa: F401 - a fixture
from tests.loyalty.rewards.conftest import POINTS_100, Shop
from tests.loyalty.rewards.test_crowds import DEADLY, LOADED, at_once

PASSWORD = "a long and odd sentence"
COUPON: dict[str, Any] = {
    "kind": "coupon",
    "prices": (POINTS_100,),
    "deliveries": ("none",),
    "stocked": False,
    "settings": {"campaign": "off"},
}


class Vouchers(Shop):
    """The shop, with a campaign whose coupons can be had for points."""

    def campaign(self, stock: int | None = None, **fields: Any) -> CouponCampaign:
        told = {
            "code": "off",
            "name": "Off",
            "kind": "amount",
            "off_fen": 1_000,
            "until_ms": FAR_MS,
            **fields,
        }
        row = services.create(self.brand.pk, {**told, "limited": stock is not None}, actor="test")
        if stock:
            services.add_stock(self.brand.pk, row.pk, stock, key="first", actor="test")
        return services.set_state(self.brand.pk, row.pk, row.version, State.ACTIVE, actor="test")

    def move(self, state: State) -> None:
        row = CouponCampaign.objects.get(code="off")
        services.set_state(self.brand.pk, row.pk, row.version, state, actor="test")

    def stock(self) -> int:
        return booking.left(self.brand.pk, [CouponCampaign.objects.get(code="off")])["off"]

    def left_for(self, subject: int) -> int | None:
        (offer,) = rewards.offers(self.brand, self.customer(subject), "off")
        return offer.left

    def bring_back(self, row: Redemption) -> Redemption:
        return moving.take_back(self.brand.pk, row.pk, piece=False, actor="test")

    def use(self, coupon: Coupon, verb: Any, key: str, **more: Any) -> Any:
        buyer = looking.who(self.brand.pk, self.customer(coupon.subject_id), coupon.subject_id)
        code = code_of(self.brand.pk, coupon.pk)
        if verb is services.lock:
            return verb(self.brand, basket(), [code], key=key, actor="test", buyer=buyer, **more)
        return verb(self.brand, basket=basket(), codes=[code], key=key, actor="test", buyer=buyer, **more)


@pytest.fixture
def shop(transactional_db: None) -> Vouchers:
    return Vouchers()


def test_points_become_a_coupon_at_once_and_once(shop: Vouchers) -> None:
    shop.campaign(stock=2)
    shop.reward("off", **COUPON)
    li = shop.member(points=300)
    row = shop.redeem(li, "off", key="once")
    assert shop.redeem(li, "off", key="once").pk == row.pk
    coupon = Coupon.objects.get()
    assert (row.state, row.given, coupon.subject_id) == ("handed_out", f"coupon {coupon.pk}", li)
    assert (shop.has(li).spendable, shop.stock(), shop.left_for(li)) == (200, 1, 1)
    shop.proven()


def sold_out(shop: Vouchers, _li: int) -> None:
    shop.redeem(shop.member(points=100), "off")


@pytest.mark.parametrize(
    ("campaign", "before", "reason"),
    [
        ({"stock": 1}, sold_out, "sold_out"),
        ({"stock": 1}, lambda shop, _li: shop.move(State.PAUSED), None),
        ({"stock": 1}, lambda shop, _li: shop.move(State.ENDED), None),
        ({"per_customer": 1}, lambda shop, li: shop.redeem(li, "off"), "limit"),
    ],
)
def test_where_there_is_none_nothing_is_redeemed(
    shop: Vouchers, campaign: dict[str, Any], before: Callable[[Vouchers, int], object], reason: str | None
) -> None:
    shop.campaign(**campaign)
    shop.reward("off", **COUPON)
    li = shop.member(points=300)
    before(shop, li)
    had, coupons, made = shop.has(li).spendable, Coupon.objects.count(), Redemption.objects.count()
    with pytest.raises(Conflict) as refused:
        shop.redeem(li, "off")
    assert refused.value.data.get("reason") == reason
    assert (shop.has(li).spendable, Coupon.objects.count()) == (had, coupons)
    assert Redemption.objects.count() == made
    assert shop.left_for(li) == (None if reason == "limit" else 0)
    shop.proven()


def test_brought_back_it_is_given_back(shop: Vouchers) -> None:
    """loyalty programmes that give the points back and leave the coupon: both are spent."""
    campaign = shop.campaign(stock=1, per_customer=1)
    shop.reward("off", **COUPON)
    li = shop.member(points=100)
    row = shop.redeem(li, "off")
    assert shop.bring_back(row).state == "returned"
    coupon = Coupon.objects.get()
    assert (coupon.state, shop.stock(), shop.has(li).spendable) == (Has.WITHDRAWN, 1, 100)
    assert queries.figures(shop.brand.pk, [campaign])[campaign.pk].issued == 0
    with pytest.raises(Invalid):
        shop.use(coupon, services.lock, "l")
    services.withdraw(shop.brand.pk, coupon.pk, actor="test")
    assert shop.redeem(li, "off").state == "handed_out"
    assert shop.stock() == 0
    shop.proven()


def test_a_coupon_that_was_used_is_not_given_back(shop: Vouchers) -> None:
    shop.campaign()
    shop.reward("off", **COUPON)
    li = shop.member(points=100)
    row = shop.redeem(li, "off")
    coupon = Coupon.objects.get()

    def refusal() -> str:
        with pytest.raises(Conflict) as refused:
            shop.bring_back(row)
        row.refresh_from_db()
        assert (row.state, shop.has(li).spendable) == ("handed_out", 0)
        return str(refused.value.data["reason"])

    lock = shop.use(coupon, services.lock, "l")
    assert refusal() == "locked"
    services.roll_back(shop.brand.pk, lock.redemption.pk, actor="test")
    done = shop.use(coupon, services.redeem, "r", order="A1")
    assert refusal() == "redeemed"
    services.roll_back(shop.brand.pk, done.redemption.pk, actor="test")
    shop.use(coupon, services.lock, "again", minutes=1)
    with frozen(now_ms() + DAY_MS):  # a lock whose time is up stands in nobody's way
        shop.bring_back(row)
    coupon.refresh_from_db()
    assert (coupon.state, shop.has(li).spendable) == (Has.WITHDRAWN, 100)
    shop.proven()


def test_the_editor_offers_what_can_be_issued(shop: Vouchers) -> None:
    shop.campaign(stock=1)
    assert [code for code, _words in said.offered(shop.brand.pk)] == ["off"]
    for wrong in ({}, {"campaign": "none"}, {"campaign": 5}, {"campaign": "off", "more": 1}):
        with pytest.raises(Invalid) as refused:
            shop.reward("x", **COUPON | {"settings": wrong})
        assert refused.value.data["field"] == "settings"
    with pytest.raises(Invalid) as refused:  # a coupon that is sold would be a prepaid card
        shop.reward("x", **COUPON | {"prices": (Price("points", 10, 100),)})
    assert refused.value.data["field"] == "prices"
    shop.reward("off", **COUPON)
    sold_out(shop, 0)
    assert said.offered(shop.brand.pk) == []
    shop.move(State.ENDED)
    with pytest.raises(Invalid):
        catalogue.put(shop.brand, Wanted("off", name="Other", **COUPON), version=2, actor="test")


@pytest.mark.heavy
def test_the_last_coupon_goes_to_one_of_eight(shop: Vouchers) -> None:
    shop.campaign(stock=1)
    shop.reward("off", **COUPON)
    people = [shop.member(points=100) for _ in range(8)]
    told = at_once([lambda n=n: shop.redeem(people[n], "off", key=f"c{n}") for n in range(8)])  # type: ignore[misc]
    assert sum(isinstance(one, Redemption) for one in told) == 1
    assert sum(one == "sold_out" for one in told) == 7
    assert (Coupon.objects.count(), shop.stock()) == (1, 0)
    assert sum(shop.has(one).spendable for one in people) == 700
    row = Redemption.objects.get()
    told = at_once([lambda: shop.bring_back(row)] * 8)
    assert sum(isinstance(one, Redemption) for one in told) == 1
    assert shop.stock() == 1
    shop.proven()


def whole_story(key: str, subject: int) -> None:
    """Redeemed and brought back: whatever is done already is let be."""
    shop = Vouchers()
    row = shop.redeem(subject, "off", key=f"killed:{key}")
    if row.state == "handed_out":
        shop.bring_back(row)


@pytest.mark.heavy
def test_killed_between_any_two_statements(shop: Vouchers, tmp_path: Path) -> None:
    mark = tmp_path / "done"
    shop.campaign(stock=1)
    shop.reward("off", **COUPON)
    li = shop.member(points=100)
    loaded = LOADED.replace("tests.loyalty.rewards.test_crowds", "tests.loyalty.coupons.test_as_reward")
    for place in count(1, 9):
        die(loaded, DEADLY, place, mark, li)
        shop.proven()
        out = Redemption.objects.filter(state="handed_out").count()
        assert Coupon.objects.filter(state=Has.FREE).count() == out
        assert (shop.stock(), shop.has(li).spendable) == (1 - out, 100 * (1 - out))
        whole_story(str(place), li)
        assert Redemption.objects.get(key=f"killed:{place}").state == "returned"
        assert (shop.stock(), shop.has(li).spendable) == (1, 100)
        if mark.exists():
            break
    assert place > 30


def test_on_the_phone_it_leads_to_the_coupon(member: Phone) -> None:  # noqa: F811
    shop = Vouchers()
    shop.campaign(stock=1, name_en="Spring <b>")
    shop.reward("off", **COUPON)
    shop.earn(member.subject, 100)
    row = shop.redeem(member.subject, "off")
    coupon = Coupon.objects.get()
    page = member.get(f"redemptions/{row.pk}")
    assert f'href="/m/lanhua/coupons/{coupon.pk}"' in page
    assert "coupon " not in page
    assert "Spring &lt;b&gt;" in member.get(f"coupons/{coupon.pk}")
    shop.use(coupon, services.redeem, "r", order="A1")
    assert 'href="/m/lanhua/coupons"' in member.get(f"redemptions/{row.pk}")
    assert "All gone" in member.get("rewards")


def test_the_editor_makes_one(shop: Vouchers) -> None:
    shop.campaign(stock=7)
    user = people.create_user("wang", PASSWORD, language="en", actor="cli")
    people.add_membership(user.pk, shop.brand.pk, Role.OWNER, actor="cli")
    client = Client()
    client.post("/signin", {"username": "wang", "password": PASSWORD})
    assert "Off (7)" in client.get("/loyalty/rewards/new").content.decode()
    told = {"code": "off", "kind": "coupon", "name": "券", "pay_minutes": "30", "place": "1", "version": "0"}
    told |= {"deliveries": "none", "asset0": "points", "units0": "100"}
    refused = client.post("/loyalty/rewards/create", told)
    assert (refused.status_code, "Choose one that is active." in refused.content.decode()) == (422, True)
    assert client.post("/loyalty/rewards/create", told | {"of_coupon": "off"}).status_code == 302
    row = Reward.objects.get()
    assert row.settings == {"campaign": "off"}
    told |= {"version": "1", "name": "新", "of_coupon": "off"}
    shop.move(State.PAUSED)  # what was chosen stays, though it is not offered now
    assert client.post("/loyalty/rewards/off/save", told).status_code == 302
    assert Reward.objects.get().settings == {"campaign": "off"}
    catalogue.set_state(shop.brand.pk, "off", 2, "active", actor="test")
    shop.move(State.ACTIVE)
    redeemed = shop.redeem(shop.member(points=100), "off")
    page = client.get(f"/loyalty/redemptions/{redeemed.pk}").content.decode()
    assert f"coupon {Coupon.objects.get().pk}</a>" in page
