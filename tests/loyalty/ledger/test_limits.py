"""Floors and ceilings that somebody sets, and what passes them."""

from __future__ import annotations

import pytest

from guanxi.kernel.clock import DAY_MS, now_ms
from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.loyalty.ledger.contracts import Account, Move, Place, Resolve, State
from guanxi.loyalty.ledger.limits import set_limits
from guanxi.platform.models import AuditEntry
from tests.loyalty.ledger.conftest import Till
from tests.loyalty.ledger.test_examples import proven


def test_a_wallet_takes_no_more_than_its_ceiling_also_of_what_is_announced(till: Till) -> None:
    ann = till.customer()
    set_limits(till.brand_id, till.wallet(ann), None, 100, actor="cli")  # before its first move
    assert till.earn(ann, 60).state is State.POSTED
    coming = till.earn(ann, 40, until_ms=now_ms() + DAY_MS)
    assert till.earn(ann, 1).code == "full"
    till.spend(ann, 10)
    assert till.earn(ann, 10).state is State.POSTED
    assert till.ask(Resolve(coming.moves[0])).state is State.POSTED
    assert till.has(ann).spendable == 100
    set_limits(till.brand_id, till.wallet(ann), None, None, actor="cli")
    assert till.earn(ann, 1).state is State.POSTED
    assert AuditEntry.objects.filter(action="ledger.limited").count() == 2
    proven(till)


def test_a_stock_keeps_its_floor(till: Till) -> None:
    stock = till.own(Place.STOCK, "prize")
    till.ask(Move(till.own(Place.ISSUED), stock, 5))
    set_limits(till.brand_id, stock, 2, 5, actor="cli")
    assert till.ask(Move(till.own(Place.ISSUED), stock, 1)).code == "full"
    assert till.ask(Move(stock, till.own(Place.GIVEN), 4)).code == "insufficient"
    assert till.ask(Move(stock, till.own(Place.GIVEN), 3)).state is State.POSTED
    proven(till)


@pytest.mark.parametrize(("floor", "ceiling", "reason"), [(6, None, "below_floor"), (0, 4, "above_ceiling")])
def test_limits_that_the_balance_is_beyond_are_refused_and_change_nothing(
    till: Till, floor: int, ceiling: int | None, reason: str
) -> None:
    budget = till.own(Place.BUDGET, "may")
    till.ask(Move(till.own(Place.ISSUED), budget, 5))
    with pytest.raises(Conflict) as caught:
        set_limits(till.brand_id, budget, floor, ceiling, actor="cli")
    assert caught.value.data == {"reason": reason, "have": 5}
    assert till.ask(Move(till.own(Place.ISSUED), budget, 10**6)).state is State.POSTED
    assert till.ask(Move(budget, till.own(Place.GIVEN), 10**6 + 5)).state is State.POSTED


@pytest.mark.parametrize(
    ("account", "floor", "ceiling"),
    [
        (Account("points", Place.ISSUED), 0, 5),
        (Account("points", Place.DEBT, 1), 0, 5),
        (Account("points", Place.WALLET), 0, 5),
        (Account("points", Place.STOCK, name="a"), -1, 5),
        (Account("points", Place.STOCK, name="a"), 6, 5),
        (Account("points", Place.STOCK, name="a"), 0, 1 << 62),
    ],
)
def test_limits_that_cannot_be(till: Till, account: Account, floor: int, ceiling: int) -> None:
    with pytest.raises(Invalid):
        set_limits(till.brand_id, account, floor, ceiling, actor="cli")


def test_limits_of_an_asset_that_there_is_not(till: Till) -> None:
    with pytest.raises(NotFound, match="no asset 'gold'"):
        set_limits(till.brand_id, Account("gold", Place.STOCK), 0, 5, actor="cli")
