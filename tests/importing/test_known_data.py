"""The public data sets, to the penny."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from tests.importing.helpers import facts_of, understood

DATA = Path(__file__).parents[3] / "shared" / "data"
REPEATED = 21  # rows that stood in the file before, word for word
CDNOW_SAMPLE = ("customer=2", "date=3", "quantity=4", "amount=5")


def data(name: str) -> Path:
    path = next(
        (root / name for root in (DATA, DATA.parents[2] / "shared" / "data") if (root / name).exists()), None
    )
    if path is None:
        pytest.skip(f"the shared data set {name} is not on this machine")
    return path


def test_every_row_of_the_cdnow_sample_counts_the_identical_ones_too() -> None:
    seen = understood(data("cdnow/CDNOW_sample.txt"), "orders", CDNOW_SAMPLE)
    assert (seen.rows, len(seen.facts), seen.rejects) == (6_919, 6_919, [])
    assert sum(fact.amount_fen or 0 for fact in seen.facts) == 24_409_194
    assert len({fact.identities for fact in seen.facts}) == 2_357
    assert len({fact.source_ref for fact in seen.facts}) == 6_919
    assert sum(not fact.source_ref.endswith("#1") for fact in seen.facts) == REPEATED


def test_a_second_reading_gives_the_same_references() -> None:
    path = data("cdnow/CDNOW_sample.txt")
    first, second = (facts_of(path, "orders", CDNOW_SAMPLE) for _ in range(2))
    assert first == second


def test_the_cdnow_master_needs_no_mapping() -> None:
    seen = understood(data("cdnow/CDNOW_master.txt"))
    assert (seen.rows, len(seen.facts), seen.rejects) == (69_659, 69_659, [])
    assert len({fact.identities for fact in seen.facts}) == 23_570


@pytest.mark.heavy  # half a million lines
def test_online_retail_reproduces_its_total_line_by_line() -> None:
    import pyarrow.parquet as pq

    path = data("online_retail_ii/online_retail_ii_2009_2010.parquet")
    seen = understood(path)
    assert (seen.rows, seen.rejects) == (525_461, [])
    assert len({fact.identities for fact in seen.facts if fact.identities}) == 4_383
    kinds = Counter(fact.kind for fact in seen.facts)
    assert kinds == {"order.paid": 20_954, "order.refunded": 4_594, "order.placed": 3_268}
    paid, refunded = (
        sum(fact.amount_fen or 0 for fact in seen.facts if fact.kind == kind)
        for kind in ("order.paid", "order.refunded")
    )
    table = pq.read_table(path, columns=["Quantity", "Price"])
    prices, quantities = table["Price"].to_pylist(), table["Quantity"].to_pylist()
    exact = sum(Decimal(str(price)) * quantity for price, quantity in zip(prices, quantities, strict=True))
    assert exact == Decimal("9539484.634")
    rounding = Decimal(paid - refunded) / 100 - exact
    assert abs(rounding) <= Decimal("0.014"), (
        "14 lines cost a tenth of a penny each; no invoice moves by more"
    )
