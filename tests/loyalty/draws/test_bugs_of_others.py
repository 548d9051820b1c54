"""What draws elsewhere got wrong, each by its name (facts on promotions: yudao, CRMEB)."""

from __future__ import annotations

from collections import Counter

import pytest

from guanxi.kernel.errors import Conflict
from guanxi.loyalty.draws import drawing, evidence, settling
from guanxi.loyalty.draws import terms as written
from guanxi.loyalty.draws.models import DrawPrize, DrawWin
from guanxi.loyalty.ledger.models import Account
from tests.loyalty.draws.conftest import GIFT, POINTS, Table, terms


@pytest.mark.database_free
def test_yudao_the_top_value_wins_nothing() -> None:
    """Its random number at the upper end fell behind the last prize. Here the deck of a draw without blanks
    is dealt to its last card, and the largest number is the last prize."""
    told = written.parse(
        terms(mode="instant", positions=2, prizes=[{**GIFT, "quantity": 1}, {**POINTS, "quantity": 1}])
    )
    key, seen = written.hash_of(written.dump(told)), Counter[int | None]()
    for n in range(200):
        seed = n.to_bytes(32, "big")
        seen[drawing.deal(told, key, seed, number=1, nonce="", dealt=[0, 0])] += 1
    assert set(seen) == {0, 1}
    assert min(seen.values()) > 60


def test_yudao_the_stock_oversold(table: Table) -> None:
    """Its stock was read, compared and written apart. Here the count, the database's constraint and the
    ledger say the same, whatever is entered."""
    draw = table.open(mode="instant", positions=4, prizes=[{**POINTS, "quantity": 4}], one_prize=False)
    for _ in range(4):
        assert table.enter(draw, table.person()).prize == "points"
    with pytest.raises(Conflict):
        table.enter(draw, table.person())
    assert DrawPrize.objects.get().dealt == 4
    assert Account.objects.get(place="stock", name=f"draw:{draw.pk}:p:points").posted == 0


def test_a_one_stock_grand_prize_won_twice(table: Table) -> None:
    """Each card is in the deck once; the last entry gets what nobody else got."""
    for code in ("a", "b", "c"):
        draw = table.open(draw=code, mode="instant", positions=5, prizes=[GIFT], one_prize=False)
        found = [table.enter(draw, table.person()).prize for _ in range(5)]
        assert Counter(found) == {"bag": 1, "": 4}
        assert DrawWin.objects.filter(draw=draw).count() == 1
        proof = evidence.replayed(settling.settle(table.brand, draw.pk, actor="test"))
        assert all(good for _what, good in proof)


def test_yudao_a_debit_beyond_the_balance_is_silently_ignored(table: Table) -> None:
    """Who cannot pay has no entry; who pays has one."""
    draw = table.open(entry={"asset": "points", "units": 10, "most": 3, "condition": None})
    poor = table.person()
    table.earn(poor, 9)
    with pytest.raises(Conflict):
        table.enter(draw, poor)
    table.earn(poor, 1)
    assert table.enter(draw, poor).number == 1
    assert table.has(poor) == 0
