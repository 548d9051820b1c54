"""Bugs that users of other programs met, each as a test of ours."""

from __future__ import annotations

from itertools import permutations

import pytest

from guanxi.kernel.clock import MINUTE_MS, frozen, now_ms
from guanxi.kernel.errors import Conflict, GuanxiError
from guanxi.loyalty.coupons import booking
from guanxi.loyalty.coupons.contracts import Became, Has
from guanxi.loyalty.coupons.models import Coupon, CouponUse
from tests.loyalty.coupons.conftest import Counter, basket


def test_saleor_544_the_limit_of_a_voucher_holds_for_locks_too(counter: Counter) -> None:
    """The use was counted when the order was paid, so that several baskets got the last one. (Several at the
    same moment: test_crowds.py.)"""
    counter.campaign(generic_code="LAST", stock=1)
    held = counter.lock("LAST")
    for ask in (counter.lock, counter.redeem):
        with pytest.raises(Conflict):
            ask("LAST")
    assert counter.pay(held).redemption.state == Became.REDEEMED
    assert counter.why("LAST") == ["stock"]


def test_django_oscar_2101_a_single_use_code_is_used_once(counter: Counter) -> None:
    """Two baskets held the same code, and both orders got the discount."""
    (code,) = counter.codes(counter.campaign(), 1)
    first, second = counter.lock(code), None
    with pytest.raises(Conflict):
        second = counter.lock(code)
    counter.pay(first)
    assert second is None
    with pytest.raises(Conflict):
        counter.redeem(code)
    assert CouponUse.objects.filter(state=Became.REDEEMED).count() == 1


def test_oscar_4016_the_order_of_coupons_changes_nothing(counter: Counter) -> None:
    codes = [
        counter.codes(counter.campaign(stacking="joint", **more), 1)[0]
        for more in (
            {"kind": "percent", "percent": 50},
            {"off_fen": 4_000},
            {"off_fen": 3_000, "minimum_fen": 8_000},
            {"kind": "delivery"},
        )
    ]
    of = basket(9_001, 999, delivery_fen=800)
    found = {counter.validate(*some, of=of)[2:] for some in permutations(codes)}
    assert len(found) == 1


def test_oscar_2773_a_basket_is_never_below_zero(counter: Counter) -> None:
    codes = [counter.codes(counter.campaign(off_fen=9_000, stacking="joint"), 1)[0] for _one in range(3)]
    of = basket(5_000, 7_000)
    told = counter.validate(*codes, of=of)
    assert told.lines == (5_000, 7_000)
    assert told.refused[0].why == "nothing"
    done = counter.redeem(*codes[:2], of=of)
    assert done.redemption.total_fen - done.redemption.discount_fen == 0


def test_saleor_7588_a_payment_retry_burns_no_coupon(counter: Counter) -> None:
    """The first try of a payment used the voucher up, and the second found it used."""
    code = counter.issue(counter.campaign(per_customer=1), li := counter.customer())
    held = counter.lock(code, who=li, key="cart-1")
    first = counter.pay(held, key="try-1", order="A1")
    for key in ("try-1", "try-2"):
        assert counter.pay(held, key=key, order="A1").redemption.pk == first.redemption.pk
    assert counter.redeem(code, who=li, key="try-3", order="A1").exists
    assert CouponUse.objects.count() == 1
    other = counter.issue(counter.campaign(), li)
    lost = counter.lock(other, who=li, key="cart-2", minutes=1)
    with frozen(now_ms() + 2 * MINUTE_MS):  # the payment took too long: try again
        assert counter.lock(other, who=li, key="cart-2").redemption.pk != lost.redemption.pk


def test_vendure_1466_cancelling_restores_limit_and_stock(counter: Counter) -> None:
    li = counter.customer()
    campaign = counter.campaign(generic_code="ONCE", per_customer=1, stock=1)
    done = counter.redeem("ONCE", who=li)
    assert counter.why("ONCE", who=li) == ["limit"]
    counter.back(done)
    assert booking.left(counter.brand.pk, [campaign]) == {campaign.code: 1}
    assert not counter.redeem("ONCE", who=li).exists
    counter.proven()


def test_pretix_2026_a_customer_who_is_two_profiles_has_one_limit(counter: Counter) -> None:
    """The limit was kept for an account: whoever had two used the voucher twice."""
    li = counter.customer("li")
    counter.campaign(generic_code="ONE", per_customer=1)
    counter.redeem("ONE", who=li)
    assert counter.why("ONE", who=li._replace(subject_id=li.subject_id)) == ["limit"]
    with pytest.raises(Conflict):
        counter.lock("ONE", who=li)


def test_medusa_16595_two_uses_are_two_in_the_books_and_one_comes_back(counter: Counter) -> None:
    """Reverting a budget wrote the figure of before, and lost what was used meanwhile."""
    campaign = counter.campaign(generic_code="MANY", stock=5)
    first = counter.redeem("MANY")
    counter.redeem("MANY")
    counter.back(first)
    assert booking.left(counter.brand.pk, [campaign]) == {campaign.code: 4}
    counter.proven()


def test_a_coupon_that_does_not_count_is_not_burned(counter: Counter) -> None:
    good, short = (
        counter.codes(counter.campaign(), 1)[0],
        counter.codes(counter.campaign(minimum_fen=10**6), 1)[0],
    )
    with pytest.raises(GuanxiError):
        counter.redeem(good, short)
    assert set(Coupon.objects.values_list("state", flat=True)) == {Has.FREE.value}
