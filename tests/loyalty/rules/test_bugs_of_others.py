"""What users of other products complain of, and what ours does (facts: promotions)."""

from __future__ import annotations

from itertools import permutations

import pytest
from django.db import transaction

from guanxi.customers.models import Subject
from guanxi.kernel.clock import DAY_MS
from guanxi.loyalty.ledger.contracts import Account, Place
from guanxi.loyalty.ledger.models import Posting
from guanxi.loyalty.rules import services
from guanxi.loyalty.rules.contracts import State
from guanxi.loyalty.rules.paying import pay
from tests.loyalty.rules.conftest import NOON_MS, POINT_A_YUAN, Shop

TEN = {"effect": "give", "asset": "points", "units": 10}


def test_vendure_1466_a_use_comes_back_with_the_order_that_used_it(shop: Shop) -> None:
    shop.rule(TEN, limit={"per": "ever", "times": 1})
    shop.record(shop.order("ann", 20, "a"))
    shop.record(shop.order("ann", 20, "b"))
    assert shop.has("ann").spendable == 10
    shop.record(shop.refund("ann", 5, "a"))  # a part: the use is still used
    shop.record(shop.order("ann", 20, "c"))
    assert shop.has("ann").spendable == 8
    shop.record(shop.refund("ann", 15, "a"))
    shop.record(shop.order("ann", 20, "d"))
    assert shop.has("ann").spendable == 10
    shop.proven()


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_oscar_4016_stacking_does_not_depend_on_the_order_in_which_rules_were_made(
    shop: Shop, order: tuple[int, ...]
) -> None:
    services.set_group(shop.brand, "best", "best", actor="test")
    services.set_group(shop.brand, "cap", "cap", cap=15, actor="test")
    wanted = [
        ([{**TEN, "units": 30}], {"group": "best", "priority": 1}),
        ([POINT_A_YUAN], {"group": "best", "priority": 9}),
        ([TEN, {**TEN, "units": 7}], {"group": "cap", "priority": 5}),
    ]
    for number in order:
        effects, more = wanted[number]
        shop.rule(*effects, **more)
    shop.record(shop.order("ann", 20))
    assert shop.has("ann").spendable == 30 + 15


def test_erpnext_32951_points_of_what_is_sent_back_cannot_be_farmed(shop: Shop) -> None:
    shop.rule()
    for number in range(5):
        shop.record(shop.order("ann", 99, f"o{number}"))
        shop.record(shop.refund("ann", 99, f"o{number}"))
    assert shop.has("ann")[:2] == (0, 0)
    assert shop.has("ann").owed == 0
    shop.proven()


def test_voucherify_what_is_earned_is_there_when_the_fact_is(shop: Shop) -> None:
    shop.rule()
    with pytest.raises(RuntimeError), transaction.atomic():
        shop.record(shop.order("ann", 10, "a"))
        assert shop.has("ann").spendable == 10  # in the same transaction
        raise RuntimeError
    assert not Posting.objects.exists()  # and with it
    shop.record(shop.order("ann", 10, "a"))
    shop.record(shop.order("ann", 10, "a"))
    assert shop.has("ann").spendable == 10


def test_crmeb_clawback_leaves_a_debt_and_does_not_stop_at_zero(shop: Shop) -> None:
    shop.rule()
    shop.record(shop.order("ann", 100, "a"))
    wallet = Account("points", Place.WALLET, Subject.objects.get(key="ann").pk)
    pay(shop.brand.pk, wallet, 80, ("shop", "other"), key="k", actor="test")
    shop.record(shop.refund("ann", 100, "a"))
    assert (shop.has("ann").spendable, shop.has("ann").owed) == (0, 80)
    shop.record(shop.order("ann", 100, "b", at_ms=NOON_MS + DAY_MS))
    assert (shop.has("ann").spendable, shop.has("ann").owed) == (20, 0)
    shop.proven()


def test_a_new_version_gives_nothing_twice_and_counts_from_the_next_fact(shop: Shop) -> None:
    rule = shop.rule()
    shop.record(shop.order("ann", 10, "a"))
    services.save(shop.brand, rule, 2, definition={"on": ["order.paid"], "effects": [TEN, TEN]}, actor="test")
    shop.record(shop.order("ann", 10, "a"), shop.order("ann", 5, "b"))
    assert shop.has("ann").spendable == 10 + 20
    assert sorted(Posting.objects.values_list("rule", flat=True)) == [f"{rule}:2", f"{rule}:3", f"{rule}:3"]
    services.set_state(shop.brand, rule, 3, State.PAUSED, actor="test")
    shop.record(shop.order("ann", 500, "c"), shop.refund("ann", 10, "a"))
    assert shop.has("ann").spendable == 20  # a rule that is paused still takes back what it gave
