"""What rules give as facts are recorded, and what refunds take back."""

from __future__ import annotations

import pytest

from guanxi.kernel.clock import DAY_MS, frozen
from tests.loyalty.rules.conftest import NOON_MS, POINT_A_YUAN, Shop


def test_an_order_earns_and_its_refunds_take_back(shop: Shop) -> None:
    shop.rule()
    shop.record(shop.order("ann", 100.99, "a"))
    assert shop.has("ann").spendable == 100
    shop.record(shop.refund("ann", 33.33, "a"))
    assert shop.has("ann").spendable == 67
    shop.record(shop.refund("ann", 33.33, "a"), shop.refund("ann", 33.33, "a"))
    assert shop.has("ann").spendable == 100 - 99  # ¥1.00 of ¥100.99 is left
    shop.record(shop.refund("ann", 1, "a"))
    assert shop.has("ann").spendable == 0
    shop.proven()


def test_a_refund_that_comes_before_its_order_waits_for_it(shop: Shop) -> None:
    shop.rule()
    shop.record(shop.refund("ann", 40, "a"))
    shop.record(shop.order("ann", 100, "a"))
    assert shop.has("ann").spendable == 60
    shop.record(shop.order("ben", 50, "b"), shop.refund("ben", 50, "b"))
    assert shop.has("ben").spendable == 0
    shop.proven()


def test_points_wait_for_the_receipt_and_come_seven_days_after(shop: Shop) -> None:
    shop.rule({**POINT_A_YUAN, "wait_days": 7, "wait_after": "receipt"})
    with frozen(NOON_MS + 1000):
        shop.record(shop.order("ann", 100, "a"))
        assert (shop.has("ann").spendable, shop.has("ann").coming) == (0, 100)
        shop.record(shop.refund("ann", 25, "a", at_ms=NOON_MS + 500))
        assert (shop.has("ann").spendable, shop.has("ann").coming) == (0, 75)
    with frozen(NOON_MS + 3 * DAY_MS):
        shop.record(shop.received("ann", "a", at_ms=NOON_MS + 2 * DAY_MS))
    from guanxi.loyalty.ledger.models import Waiting

    assert list(Waiting.objects.values_list("ripe_ms", flat=True)) == [NOON_MS + 9 * DAY_MS]
    shop.proven()


@pytest.mark.parametrize("apart", [True, False])
def test_a_receipt_that_comes_before_its_order_counts(shop: Shop, apart: bool) -> None:
    shop.rule({**POINT_A_YUAN, "wait_days": 7, "wait_after": "receipt"})
    facts = [shop.received("ann", "a", at_ms=NOON_MS + 2 * DAY_MS), shop.order("ann", 100, "a")]
    with frozen(NOON_MS + 3 * DAY_MS):
        for some in [[one] for one in facts] if apart else [facts]:
            shop.record(*some)
    from guanxi.loyalty.ledger.models import Waiting

    assert list(Waiting.objects.values_list("ripe_ms", flat=True)) == [NOON_MS + 9 * DAY_MS]
    shop.proven()
