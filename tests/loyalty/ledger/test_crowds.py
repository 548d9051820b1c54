"""Sixty-four connections at once that all want the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from guanxi.loyalty.ledger.contracts import Move, Outcome, Place, Posting, State
from guanxi.loyalty.ledger.models import Account as AccountRow
from guanxi.loyalty.ledger.posting import post
from tests.loyalty.ledger.conftest import START_MS, Till
from tests.loyalty.ledger.test_examples import proven

pytestmark = pytest.mark.heavy
CROWD = 64


def at_once(till: Till, postings: list[Posting]) -> list[Outcome]:
    """Each in a thread with a connection of its own, begun when all have one."""
    ready = Barrier(len(postings))

    def one(posting: Posting) -> Outcome:
        try:
            connection.ensure_connection()
            ready.wait()
            return post(till.brand_id, [posting], actor="test")[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(len(postings)) as pool:
        return list(pool.map(one, postings))


def states(told: list[Outcome]) -> tuple[int, int]:
    """How many were posted, and how many found nothing left."""
    posted = sum(one.state is State.POSTED for one in told)
    return posted, sum(one.code == "insufficient" for one in told)


@pytest.mark.parametrize("left", [1, 5])
def test_the_last_stock_goes_to_as_many_as_there_is(till: Till, left: int) -> None:
    stock = till.own(Place.STOCK, "prize")
    till.ask(Move(till.own(Place.ISSUED), stock, left))
    told = at_once(
        till,
        [Posting(f"t{n}", "r", [Move(stock, till.own(Place.GIVEN), 1)], START_MS) for n in range(CROWD)],
    )
    assert states(told) == (left, CROWD - left)
    assert AccountRow.objects.get(place="stock").posted == 0
    proven(till)


def test_the_last_yuan_of_a_budget_buys_one_gift(till: Till) -> None:
    """Each gives 60 fen of the last 100 together with points: who gets no budget gives no points either."""
    budget, people = till.own(Place.BUDGET, "may"), [till.customer() for _ in range(CROWD)]
    till.ask(Move(till.own(Place.ISSUED), budget, 100))
    told = at_once(
        till,
        [
            Posting(
                f"b{one}",
                "r",
                [
                    Move(till.own(Place.ISSUED), till.wallet(one), 6),
                    Move(budget, till.own(Place.GIVEN), 60),
                ],
                START_MS,
            )
            for one in people
        ],
    )
    assert states(told) == (1, CROWD - 1)
    assert sum(till.has(one).posted for one in people) == 6
    assert AccountRow.objects.get(place="budget").posted == 40
    proven(till)


def test_two_stocks_taken_in_either_order_wait_for_nobody_for_ever(till: Till) -> None:
    a, b = till.own(Place.STOCK, "a"), till.own(Place.STOCK, "b")
    till.ask(Move(till.own(Place.ISSUED), a, 40), Move(till.own(Place.ISSUED), b, 30))
    told = at_once(
        till,
        [
            Posting(
                f"p{n}",
                "r",
                [Move(one, till.own(Place.GIVEN), 1) for one in ((a, b) if n % 2 else (b, a))],
                START_MS,
            )
            for n in range(CROWD)
        ],
    )
    assert states(told) == (30, CROWD - 30)
    proven(till)


def test_one_key_is_posted_once_and_exists_for_all_others(till: Till) -> None:
    ann = till.customer()
    posting = Posting("once", "r", [Move(till.own(Place.ISSUED), till.wallet(ann), 5)], START_MS)
    told = at_once(till, [posting] * CROWD)
    assert sorted(one.state for one in told) == [State.EXISTS] * (CROWD - 1) + [State.POSTED]
    assert len({(one.posting_id, one.moves) for one in told}) == 1
    assert till.has(ann).spendable == 5
    proven(till)


def test_the_last_points_of_a_wallet_are_spent_once(till: Till) -> None:
    phone, wechat = till.customer(), till.customer()
    till.merge(phone, wechat)
    till.earn(phone, 10)
    told = at_once(
        till,
        [
            Posting(
                f"s{n}", "r", [Move(till.wallet((phone, wechat)[n % 2]), till.own(Place.SPENT), 4)], START_MS
            )
            for n in range(CROWD)
        ],
    )
    assert states(told) == (2, CROWD - 2)
    assert till.has(phone).spendable == 2
    proven(till)


def test_few_keys_asked_by_many_for_the_last_stock(till: Till) -> None:
    """Who holds the stock may wait for a key, and who holds the key for the stock: one tries again."""
    stock = till.own(Place.STOCK, "prize")
    till.ask(Move(till.own(Place.ISSUED), stock, 5))
    told = at_once(
        till,
        [Posting(f"k{n % 8}", "r", [Move(stock, till.own(Place.GIVEN), 1)], START_MS) for n in range(CROWD)],
    )
    assert states(told) == (5, 3 * CROWD // 8)
    assert sum(one.state is State.EXISTS for one in told) == 5 * (CROWD // 8 - 1)
    proven(till)
