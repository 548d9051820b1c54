"""Sixty-four connections at once that all want the same coupon, or the last one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from guanxi.kernel.errors import Conflict
from guanxi.loyalty.coupons import booking, services
from guanxi.loyalty.coupons.contracts import Became
from guanxi.loyalty.coupons.models import CouponRedemption, CouponUse
from guanxi.loyalty.coupons.redeeming import Done
from tests.loyalty.coupons.conftest import Counter, basket

pytestmark = pytest.mark.heavy
CROWD = 64


def at_once(ask: Callable[[int], Done]) -> list[Done | None]:
    """What each got, in a thread with a connection of its own; None where it came too late."""
    ready = Barrier(CROWD)

    def one(number: int) -> Done | None:
        try:
            connection.ensure_connection()
            ready.wait()
            return ask(number)
        except Conflict:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(CROWD) as pool:
        return list(pool.map(one, range(CROWD)))


def redeeming(counter: Counter, code: str, *, key: str = "", order: str = "") -> Callable[[int], Done]:
    return lambda number: services.redeem(
        counter.brand,
        key=key or f"k{number}",
        order=order or f"o{number}",
        actor="test",
        basket=basket(),
        codes=[code],
    )


def test_one_coupon_is_redeemed_by_one(counter: Counter) -> None:
    (code,) = counter.codes(counter.campaign(), 1)
    told = at_once(redeeming(counter, code))
    assert sum(one is not None for one in told) == 1
    assert CouponUse.objects.filter(state=Became.REDEEMED).count() == 1
    counter.proven()


@pytest.mark.parametrize("left", [1, 5])
def test_the_last_of_a_stock_go_to_as_many_as_there_are(counter: Counter, left: int) -> None:
    campaign = counter.campaign(generic_code="LAST", stock=left)
    told = at_once(redeeming(counter, "LAST"))
    assert sum(one is not None for one in told) == left
    assert booking.left(counter.brand.pk, [campaign]) == {campaign.code: 0}
    counter.proven()


def test_one_lock_is_held_by_one(counter: Counter) -> None:
    (code,) = counter.codes(counter.campaign(), 1)
    told = at_once(
        lambda number: services.lock(counter.brand, basket(), [code], key=f"k{number}", actor="test")
    )
    (held,) = [one for one in told if one is not None]
    assert counter.pay(held).redemption.state == Became.REDEEMED


def test_one_order_that_is_paid_by_many_tries_is_one_redemption(counter: Counter) -> None:
    (code,) = counter.codes(counter.campaign(), 1)
    told = at_once(redeeming(counter, code, order="A1"))
    assert len({one.redemption.pk for one in told if one is not None}) == 1
    assert None not in told
    assert CouponRedemption.objects.count() == 1


def test_a_customer_in_many_shops_uses_it_as_often_as_one_may(counter: Counter) -> None:
    li = counter.customer()
    counter.campaign(generic_code="TWICE", per_customer=2)
    told = at_once(
        lambda number: services.redeem(
            counter.brand,
            key=f"k{number}",
            order=f"o{number}",
            actor="test",
            basket=basket(),
            codes=["TWICE"],
            buyer=li,
        )
    )
    assert sum(one is not None for one in told) == 2


def test_who_redeems_while_another_rolls_back(counter: Counter) -> None:
    (code,) = counter.codes(counter.campaign(), 1)
    done = counter.redeem(code)

    def ask(number: int) -> Done:
        if number % 2:
            return Done(services.roll_back(counter.brand.pk, done.redemption.pk, actor="test"))
        return redeeming(counter, code)(number)

    told = at_once(ask)
    won = [one for one in told[::2] if one is not None]
    assert len(won) <= 1
    assert CouponUse.objects.filter(state=Became.REDEEMED).count() == len(won)
    counter.proven()
