"""Validate, lock, redeem, roll back: one counter, a few coupons."""

from __future__ import annotations

from typing import Any

import pytest

from guanxi.kernel.clock import DAY_MS, MINUTE_MS, frozen, now_ms
from guanxi.kernel.errors import Conflict, GuanxiError, Invalid, NotFound
from guanxi.loyalty.coupons import booking, due, services
from guanxi.loyalty.coupons.contracts import Has
from guanxi.loyalty.coupons.issuing import Issued
from guanxi.loyalty.coupons.looking import Who
from guanxi.loyalty.coupons.models import Coupon, CouponRedemption
from guanxi.touchpoints.models import Touchpoint
from tests.loyalty.coupons.conftest import Counter, basket


def kinds(counter: Counter) -> list[str]:
    rows = Touchpoint.objects.filter(brand_id=counter.brand.pk, kind__startswith="coupon.")
    return list(rows.order_by("id").values_list("kind", flat=True))


def test_a_coupon_is_locked_redeemed_and_comes_back(counter: Counter) -> None:
    li = counter.customer()
    campaign = counter.campaign()
    code = counter.issue(campaign, li)
    told = counter.validate(code, who=li, of=basket(600, 300))
    assert told.lines == (600, 300)
    held = counter.lock(code, who=li)
    assert counter.why(code, who=li) == ["locked"]
    with pytest.raises(Conflict):
        counter.redeem(code, who=li)
    done = counter.pay(held, order="A1")
    assert done.redemption.discount_fen == 1_000
    assert counter.why(code, who=li) == ["redeemed"]
    counter.back(done)
    assert counter.validate(code, who=li).discount_fen == 1_000
    assert kinds(counter) == ["coupon.issued", "coupon.redeemed", "coupon.rolled_back"]
    counter.proven()


def test_a_lock_ends_by_itself(counter: Counter) -> None:
    campaign = counter.campaign(stock=1, generic_code="spring 50")
    with frozen(now_ms()):
        held = counter.lock("SPRING-50", minutes=5)
        assert counter.why("spring50") == ["stock"]
        assert counter.lock("SPRING-50", minutes=5, key=held.redemption.lock_key or "").exists
    with frozen(now_ms() + 6 * MINUTE_MS):
        with pytest.raises(Conflict):
            counter.pay(held)
        assert not counter.redeem("Spring50").exists
        assert booking.left(counter.brand.pk, [campaign]) == {campaign.code: 0}
        assert due.run(counter.brand.pk).lapsed == 0
    counter.proven()


def test_why_a_coupon_does_not_count(counter: Counter) -> None:
    li, wang = counter.customer(), counter.customer()
    own = counter.issue(counter.campaign(), li)
    assert counter.why(own, who=wang) == ["others"]
    assert counter.why("NOSUCH", own[:-1] + ("C" if own[-1] != "C" else "D")) == ["unknown", "unknown"]
    counter.campaign(generic_code="HERE", stores=["sh-01"])
    assert counter.why("HERE", of=basket(store="sh-02")) == ["place"]
    assert counter.why("HERE", of=basket(store="sh-01")) == []
    counter.campaign(generic_code="LATER", since_ms=now_ms() + DAY_MS)
    assert counter.why("LATER") == ["early"]
    counter.campaign(generic_code="THING", skus=["other"])
    assert counter.why("THING") == ["items"]
    counter.campaign(generic_code="WELCOME", first_order_only=True)
    assert counter.why("WELCOME") == ["nobody"]
    assert counter.why("WELCOME", who=li) == []
    counter.told("order.paid", "buyer", 5_000, "O1", "O1:paid")
    known = counter.customer("buyer")
    assert counter.why("WELCOME", who=known) == ["not_first"]
    counter.campaign(generic_code="BUYERS", condition={"leaf": "behaviour.did", "kinds": ["order.paid"]})
    assert counter.why("BUYERS", who=known) == []
    assert counter.why("BUYERS", who=wang) == ["who"]
    assert counter.why(own, own.lower(), who=li) == ["twice"]


def test_keys_answer_once_and_others_conflict(counter: Counter) -> None:
    code = counter.codes(counter.campaign(), 1)[0]
    first = counter.redeem(code, key="K", order="A")
    assert counter.redeem(code, key="K", order="A").redemption.pk == first.redemption.pk
    with pytest.raises(Conflict):
        counter.redeem(code, key="K", order="B")
    with pytest.raises(Conflict):
        counter.redeem(code, key="K2", order="B")
    with pytest.raises(NotFound):
        services.redeem(counter.brand, token="no", key="K3", order="A", actor="t")
    bads: tuple[dict[str, Any], ...] = ({"key": ""}, {"order": "\0"})
    for bad in bads:
        with pytest.raises(Invalid):
            services.redeem(
                counter.brand, basket=basket(), codes=[code], actor="t", **{"key": "k", "order": "o", **bad}
            )


def test_one_of_two_coupons_is_rolled_back(counter: Counter) -> None:
    one, other = (counter.codes(counter.campaign(stacking="joint"), 1)[0] for _ in range(2))
    done = counter.redeem(one, other)
    assert done.redemption.discount_fen == 2_000
    assert counter.back(done, other).state == "redeemed"
    assert (counter.why(one), counter.why(other)) == (["redeemed"], [])
    with pytest.raises(NotFound):
        counter.back(done, other)
    assert counter.back(done).state == "rolled_back"
    assert counter.back(done).state == "rolled_back"
    counter.proven()


def test_what_comes_back_lives_a_week(counter: Counter) -> None:
    li = counter.customer()
    code = counter.issue(counter.campaign(lasts_days=2, until_ms=None), li)
    done = counter.redeem(code, who=li)
    with frozen(now_ms() + 3 * DAY_MS):
        counter.back(done)
        assert due.run(counter.brand.pk).expired == 0
        assert counter.why(code, who=li) == []
    with frozen(now_ms() + 11 * DAY_MS):
        assert counter.why(code, who=li) == ["expired"]
        assert due.run(counter.brand.pk).expired == 1
    assert kinds(counter)[-1] == "coupon.expired"
    counter.proven()


def test_a_refund_in_full_gives_the_coupon_back_by_itself(counter: Counter) -> None:
    counter.told("order.paid", "li", 9_000, "A1", "A1:paid")
    li = counter.customer("li")
    code = counter.issue(counter.campaign(), li)
    counter.redeem(code, who=li, order="A1")
    counter.told("order.refunded", "other", 9_000, "A1", "x:refund")
    assert counter.why(code, who=li) == ["redeemed"]
    counter.told("order.refunded", "li", 4_000, "A2", "A2:refund")
    counter.told("order.refunded", "li", 100, "A1", "A1:refund")
    assert counter.why(code, who=li) == []
    assert kinds(counter)[-1] == "coupon.rolled_back"


def test_a_part_refund_keeps_the_coupon_used(counter: Counter) -> None:
    li = counter.customer("li")
    code = counter.issue(counter.campaign(), li)
    counter.redeem(code, who=li, order="B1")
    counter.told("order.refunded", "li", 4_000, "B1", "B1:1")
    assert counter.why(code, who=li) == ["redeemed"]
    counter.told("order.refunded", "li", 5_000, "B1", "B1:2")
    assert counter.why(code, who=li) == []


def test_issuing_is_once_under_a_key_and_within_limits(counter: Counter) -> None:
    li, wang, chen = (counter.customer() for _ in range(3))
    campaign = counter.campaign(per_customer=1, stock=2)

    def ask(keys: list[str], *people: Who) -> list[Issued]:
        subjects = [one.subject_id for one in people]
        return services.issue(counter.brand.pk, campaign.code, subjects, keys, "test")

    first = ask(["a", "b", "c"], li, li, wang)
    assert [one.code for one in first] == ["", "limit", ""]
    again = ask(["a", "d", "e"], li, chen, chen)
    assert (again[0].coupon_id, again[0].exists) == (first[0].coupon_id, True)
    assert [one.code for one in again[1:]] == ["stock", "limit"]
    assert ask(["z"], li._replace(subject_id=10**9))[0].code == "unknown"
    assert counter.has(campaign, Has.FREE) == 2
    counter.proven()


def test_what_was_promised_stays_promised(counter: Counter) -> None:
    campaign = counter.campaign(until_ms=now_ms() + 9 * DAY_MS)
    for field, value in (("off_fen", 500), ("minimum_fen", 1), ("until_ms", now_ms() + DAY_MS)):
        with pytest.raises(Conflict):
            services.save(counter.brand.pk, campaign.pk, campaign.version, {field: value}, actor="t")
    later = services.save(
        counter.brand.pk, campaign.pk, campaign.version, {"until_ms": now_ms() + 99 * DAY_MS}, actor="t"
    )
    with pytest.raises(Conflict):
        services.set_state(counter.brand.pk, campaign.pk, campaign.version, "paused", actor="t")
    services.set_state(counter.brand.pk, campaign.pk, later.version, "paused", actor="t")


@pytest.mark.parametrize(
    "bad",
    [
        {"code": "Ä"},
        {"kind": "x"},
        {"percent": 101},
        {"off_fen": True},
        {"off_fen": 0},
        {"name": "a\0"},
        {"skus": "a"},
        {"until_ms": None},
        {"generic_code": "A B!"},
        {"remind_days": 3},
        {"condition": {"leaf": "no"}},
        {"nothing": 1},
    ],
)
def test_bad_campaigns_are_refused(counter: Counter, bad: dict[str, Any]) -> None:
    with pytest.raises(GuanxiError):
        counter.campaign(**bad)
    assert not CouponRedemption.objects.exists()
    assert not Coupon.objects.exists()
