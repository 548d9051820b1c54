"""Sixty-four connections at once that all want the last prize."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from guanxi.kernel.errors import Conflict
from guanxi.loyalty.draws import evidence, settling
from guanxi.loyalty.draws.models import Draw, DrawEntry, DrawPrize, DrawWin
from guanxi.loyalty.ledger.models import Account
from tests.loyalty.draws.conftest import GIFT, Table

pytestmark = pytest.mark.heavy
CROWD = 64


def at_once(table: Table, draw: Draw, somebody: list[int], keys: list[str]) -> Counter[str]:
    """What each got: the code of a prize, "" or why not."""
    ready = Barrier(len(somebody))

    def one(subject: int, key: str) -> str:
        try:
            connection.ensure_connection()
            ready.wait()
            return table.enter(draw, subject, key).prize
        except Conflict as error:
            return str(error.data["reason"])
        finally:
            connection.close()

    with ThreadPoolExecutor(len(somebody)) as pool:
        return Counter(pool.map(one, somebody, keys))


def test_the_last_prize_of_an_instant_draw_is_won_once(table: Table) -> None:
    draw = table.open(mode="instant", positions=1, prizes=[GIFT])
    somebody = [table.person() for _ in range(CROWD)]
    found = at_once(table, draw, somebody, [f"k{n}" for n in range(CROWD)])
    assert found == {"bag": 1, "sold_out": CROWD - 1}
    assert (DrawEntry.objects.count(), DrawWin.objects.count(), DrawPrize.objects.get().dealt) == (1, 1, 1)
    stock = Account.objects.get(place="stock")
    assert (stock.posted, stock.held) == (1, 1)
    done = settling.settle(table.brand, draw.pk, actor="test")
    assert all(good for _what, good in evidence.replayed(done))


def test_a_crowd_has_numbers_without_a_gap(table: Table) -> None:
    draw = table.open(mode="instant", positions=40, prizes=[{**GIFT, "quantity": 5}])
    somebody = [table.person() for _ in range(CROWD)]
    found = at_once(table, draw, somebody, [f"k{n}" for n in range(CROWD)])
    assert found == {"bag": 5, "": 35, "sold_out": CROWD - 40}
    numbers = DrawEntry.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, 41))


def test_one_press_that_is_sent_by_all_is_one_entry(table: Table) -> None:
    draw = table.open(mode="instant", positions=1, prizes=[GIFT])
    found = at_once(table, draw, [table.person()] * CROWD, ["press"] * CROWD)
    assert found == {"bag": CROWD}
    assert DrawEntry.objects.count() == 1
