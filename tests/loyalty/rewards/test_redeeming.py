"""A reward from the catalogue to the hand, and every way back."""

from __future__ import annotations

from typing import Any

import pytest

from guanxi.customers.services import merge
from guanxi.kernel.clock import DAY_MS, MINUTE_MS, frozen, now_ms
from guanxi.kernel.errors import Conflict, GuanxiError, Invalid, NotFound
from guanxi.loyalty.ledger import due
from guanxi.loyalty.ledger.contracts import ClawBack, Posting
from guanxi.loyalty.ledger.posting import post
from guanxi.loyalty.rewards import catalogue, jobs, moving, reviews
from guanxi.loyalty.rewards.contracts import Delivery, Price, Shown, Wanted
from guanxi.loyalty.rewards.models import Redemption, RedemptionStep, RewardPayment
from guanxi.loyalty.rewards.redeeming import Asked, redeem
from guanxi.messaging.contracts import Draft, Priority, Wordings
from guanxi.messaging.models import Message
from guanxi.messaging.services import save_template
from guanxi.touchpoints.contracts import Fact, Identity
from guanxi.touchpoints.models import Touchpoint
from guanxi.touchpoints.services import record
from tests.loyalty.rewards.conftest import Shop

BUYERS = {"version": 1, "leaf": "behaviour.did", "kinds": ["order.paid"], "at_least": 1}


def told(kind: str) -> list[int | None]:
    return list(Touchpoint.objects.filter(kind=kind).values_list("subject_id", flat=True))


def why(error: pytest.ExceptionInfo[GuanxiError]) -> object:
    return error.value.data["reason"]


def test_the_worked_example_of_the_guide(shop: Shop) -> None:
    shop.reward(pieces=3, prices=(Price("points", 1000), Price("points", 200, 3900)))
    li = shop.member(points=300)
    row = shop.redeem(li, price=1)
    assert (row.state, shop.has(li).spendable, shop.left()) == ("reserved", 100, 2)
    row = shop.pay(row)
    assert shop.pay(row).state == row.state == "ready"
    assert told("reward.redeemed") == [li]
    row = shop.hand_out(row)
    assert (shop.has(li).posted, shop.left(), told("reward.handed_out")) == (100, 2, [li])
    row = moving.take_back(shop.brand.pk, row.pk, piece=False, why="broken", actor="test")
    assert (row.state, shop.has(li).spendable, shop.left()) == ("returned", 300, 2)
    assert RewardPayment.objects.get().due_back
    steps = RedemptionStep.objects.order_by("pk").values_list("after", flat=True)
    assert list(steps) == ["reserved", "paid", "ready", "handed_out", "returned"]
    shop.proven()


def test_pressed_twice_is_one_and_another_thing_under_the_key_is_refused(shop: Shop) -> None:
    shop.reward()
    li, bo = shop.member(points=300), shop.member(points=300)
    assert shop.redeem(li, key="once").pk == shop.redeem(li, key="once").pk
    assert (shop.has(li).spendable, shop.left()) == (200, 2)
    with pytest.raises(Conflict) as error:
        shop.redeem(bo, key="once")
    assert why(error) == "key_conflict"
    row = shop.hand_out(Redemption.objects.get())
    with pytest.raises(Conflict) as error:
        shop.hand_out(row)
    assert error.value.data["state"] == "handed_out"
    shop.proven()


def test_neither_points_nor_piece_without_the_other(shop: Shop) -> None:
    shop.reward(pieces=1)
    poor, rich, late = shop.member(points=99), shop.member(points=100), shop.member(points=100)
    with pytest.raises(Conflict) as error:
        shop.redeem(poor)
    assert (why(error), shop.left(), shop.has(poor).spendable) == ("insufficient", 1, 99)
    shop.redeem(rich)
    with pytest.raises(Conflict) as error:
        shop.redeem(late)
    assert (why(error), shop.has(late).spendable) == ("sold_out", 100)
    assert Redemption.objects.count() == 1
    shop.proven()


def test_money_that_comes_late_or_twice_revives_nothing_and_is_due_back(shop: Shop) -> None:
    shop.reward()
    li = shop.member(points=20)
    row = shop.redeem(li, price=1)
    with pytest.raises(Invalid):
        shop.pay(row, fen=3_899)
    with frozen(now_ms() + 31 * MINUTE_MS):
        assert jobs.run(shop.brand.pk)["expired"] == 1
        assert shop.pay(row).state == "expired"
        assert shop.pay(row).state == "expired"
    assert list(RewardPayment.objects.values_list("reference", "due_back")) == [("wx-1", True)]
    assert (shop.has(li).spendable, shop.left()) == (20, 3)
    other = shop.pay(shop.redeem(li, price=1), "wx-2")
    assert shop.pay(other, "wx-3").state == "ready"
    dues = dict(RewardPayment.objects.values_list("reference", "due_back"))
    assert dues == {"wx-1": True, "wx-2": False, "wx-3": True}
    with pytest.raises(Conflict):
        shop.pay(shop.redeem(shop.member(points=20), price=1), "wx-2")
    shop.proven()


def test_called_off_gives_all_back_and_the_limit_too(shop: Shop) -> None:
    """vendure#1466: the limit is not restored on cancel. saleor#7588: a voucher burned by a payment retry."""
    shop.reward(per_customer=1)
    li = shop.member(points=300)
    row = shop.redeem(li)
    with pytest.raises(Conflict) as error:
        shop.redeem(li)
    assert why(error) == "limit"
    moving.cancel(shop.brand.pk, row.pk, actor="test")
    assert (shop.has(li).spendable, shop.left(), told("reward.cancelled")) == (300, 3, [li])
    with pytest.raises(Conflict):
        moving.cancel(shop.brand.pk, row.pk, actor="test")
    with pytest.raises(Conflict):
        shop.hand_out(row)
    assert shop.redeem(li).state == "ready"
    shop.proven()


def test_points_that_expire_while_they_are_set_aside(shop: Shop) -> None:
    shop.reward()
    li = shop.member()
    shop.earn(li, 100, expires_ms=now_ms() + DAY_MS)
    shop.earn(li, 100)
    kept, undone = shop.redeem(li), None
    with frozen(now_ms() + 2 * DAY_MS):
        due.run(shop.brand.pk)
        assert shop.hand_out(kept).state == "handed_out"
    shop.earn(li, 100, expires_ms=now_ms() + DAY_MS)
    undone = shop.redeem(li)
    with frozen(now_ms() + 2 * DAY_MS):
        due.run(shop.brand.pk)
        assert shop.has(li).posted == 200
        moving.cancel(shop.brand.pk, undone.pk, actor="test")
        due.run(shop.brand.pk)
        assert shop.has(li).spendable == 100
    shop.proven()


def test_a_refund_after_spending_leaves_a_debt(shop: Shop) -> None:
    """odoo, erpnext#32951: a refund keeps points so they can be farmed."""
    shop.reward()
    li = shop.member()
    earned = shop.earn(li, 100)
    row = shop.redeem(li)
    post(shop.brand.pk, [Posting("refund", "test", [ClawBack(earned, 100)], now_ms())], actor="test")
    assert shop.has(li).owed == 100
    shop.hand_out(row)
    assert (shop.has(li).owed, shop.has(li).spendable) == (100, 0)
    moving.take_back(shop.brand.pk, row.pk, piece=True, actor="test")
    assert (shop.has(li).owed, shop.has(li).spendable, shop.left()) == (0, 0, 3)
    shop.proven()


def test_customers_that_are_merged_share_limits_points_and_redemptions(shop: Shop) -> None:
    shop.reward(per_customer=1)
    phone, wechat = shop.member(points=60), shop.member(points=140)
    row = shop.redeem(wechat)
    merge(shop.brand.pk, [shop.customer(phone), shop.customer(wechat)], actor="test")
    with pytest.raises(Conflict) as error:
        shop.redeem(phone)
    assert why(error) == "limit"
    shop.hand_out(row)
    assert shop.has(phone).spendable == 100
    moving.take_back(shop.brand.pk, row.pk, piece=True, actor="test")
    assert shop.redeem(phone).state == "ready"
    shop.proven()


def test_windows_early_access_and_audience(shop: Shop) -> None:
    opens = now_ms() + DAY_MS
    early: dict[str, Any] = {"opens_ms": opens, "early_ms": opens - 2 * DAY_MS, "early_condition": BUYERS}
    shop.reward("early", closes_ms=opens + DAY_MS, **early)
    shop.reward("mine", condition=BUYERS)
    li = shop.member(points=500)
    for code, reason in (("early", "soon"), ("mine", "not_yours")):
        with pytest.raises(Conflict) as error:
            shop.redeem(li, code)
        assert why(error) == reason

    buyer = shop.member("buyer", points=500)
    paid = Fact("order.paid", "o1", now_ms() - DAY_MS, (Identity("tmall", "buyer"),), amount_fen=100)
    record(shop.brand.pk, "shop", [paid])
    assert shop.redeem(buyer, "early").state == shop.redeem(buyer, "mine").state == "ready"
    with frozen(opens + DAY_MS), pytest.raises(Conflict) as error:
        shop.redeem(buyer, "early")
    assert why(error) == "over"
    row = catalogue.find(shop.brand.pk, "mine")
    catalogue.set_state(shop.brand.pk, "mine", row.version, Shown.ARCHIVED, actor="test")
    with pytest.raises(Conflict) as error:
        shop.redeem(buyer, "mine")
    assert why(error) == "closed"


def test_a_sample_is_one_each_and_asks_what_they_think(shop: Shop) -> None:

    draft = Draft(
        "inbox",
        "ask",
        "service",
        Priority.SERVICE,
        {"en": Wordings("How was it?", "Sample")},
        (),
        "en",
    )
    save_template(shop.brand.pk, draft, version=0, actor="test")
    shop.reward(
        "serum",
        kind="sample",
        prices=(Price("points", 1),),
        review_days=7,
        review_channel="inbox",
        review_template="ask",
    )
    li = shop.member(points=50)
    row = shop.hand_out(shop.redeem(li, "serum"))
    message = Message.objects.get()
    assert (message.key, message.subject_id) == (f"reward:{row.pk}:review", li)
    assert abs(message.not_before_ms - now_ms() - 7 * DAY_MS) < MINUTE_MS
    with pytest.raises(Conflict) as error:
        shop.redeem(li, "serum")
    assert why(error) == "limit"
    mine = shop.customer(li)
    with pytest.raises(Invalid):
        reviews.review(shop.brand.pk, mine, row.pk, 6, "")
    with pytest.raises(NotFound):
        reviews.review(shop.brand.pk, shop.customer(shop.member()), row.pk, 1, "")
    reviews.review(shop.brand.pk, mine, row.pk, 1, "sticky, call 13800138000")
    with pytest.raises(Conflict):
        reviews.review(shop.brand.pk, mine, row.pk, 5, "")
    fact = Touchpoint.objects.get(kind="sample.reviewed")
    assert "13800138000" not in str(fact.payload)
    assert Message.objects.get().state == "cancelled"


def test_what_is_sent_keeps_its_address_until_it_has_come(shop: Shop) -> None:
    shop.reward(deliveries=("collect", "send"))
    li = shop.member(points=500)
    with pytest.raises(Invalid) as refused:
        redeem(shop.brand, Asked("a", "cup", li, 0, "send"), origin="api", actor="test")
    assert refused.value.data["field"] == "address"
    where = "李梅 13800138000 杭州市西湖区某路一号"
    row = redeem(shop.brand, Asked("a", "cup", li, 0, "send", address=where), origin="api", actor="test")
    assert row.address
    assert "13800138000" not in row.address
    with pytest.raises(Invalid):
        moving.send(shop.brand.pk, row.pk, tracking="中文", actor="test")
    row = moving.send(shop.brand.pk, row.pk, carrier="SF", tracking="SF123", actor="test")
    assert row.state == "sent"
    with frozen(now_ms() + 15 * DAY_MS):
        assert jobs.run(shop.brand.pk) == {"expired": 0, "done": 1}
    row.refresh_from_db()
    assert (row.state, row.address, row.tracking) == ("done", "", "SF123")


def test_a_donation_is_given_at_once(shop: Shop) -> None:
    shop.reward("trees", kind="donation", stocked=False, deliveries=(Delivery.NONE.value,))
    li = shop.member(points=120)
    assert shop.redeem(li, "trees").state == "handed_out"
    row = shop.redeem(li, "trees", price=1)
    assert (row.state, shop.pay(row).state) == ("reserved", "handed_out")
    assert shop.has(li).posted == 0
    shop.proven()


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"prices": (Price("points", 0, 0),)}, "prices"),
        ({"prices": (Price("points", -5, 10),)}, "prices"),
        ({"prices": (Price("gold", 5),)}, "prices"),
        ({"deliveries": ("none",)}, "deliveries"),
        ({"name": " "}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"per_customer": 0}, "per_customer"),
        ({"early_ms": 5}, "early_ms"),
        ({"opens_ms": 10, "closes_ms": 10}, "closes_ms"),
        ({"kind": "car"}, "kind"),
        ({"code": "Cup!"}, "code"),
        ({"review_channel": "inbox"}, "review_template"),
    ],
)
def test_bad_rewards_are_refused_by_the_field(shop: Shop, more: dict[str, Any], field: str) -> None:

    wanted = Wanted("cup", "gift", "Cup")._replace(**more)
    with pytest.raises(GuanxiError) as error:
        catalogue.put(shop.brand, wanted, version=0, actor="test")
    assert error.value.data["field"] == field


def test_two_who_change_a_reward_at_once(shop: Shop) -> None:

    wanted = Wanted("cup", "gift", "Cup")
    row = catalogue.put(shop.brand, wanted, version=0, actor="a")
    with pytest.raises(Conflict):
        catalogue.put(shop.brand, wanted, version=0, actor="b")
    catalogue.put(shop.brand, wanted._replace(name="Mug"), version=row.version, actor="a")
    with pytest.raises(Conflict):
        catalogue.put(shop.brand, wanted._replace(name="Jug"), version=row.version, actor="b")
    with pytest.raises(Invalid):
        catalogue.set_state(shop.brand.pk, "cup", 2, Shown.ACTIVE, actor="a")
