"""Scores and groups against plain Python over the same rows."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanxi.economics import running
from guanxi.economics.reporting import Report
from guanxi.economics.retention import scoring
from guanxi.economics.retention.rfm import cuts_of
from guanxi.kernel.errors import Invalid
from guanxi.platform.models import Brand
from guanxi.warehouse import services
from tests.economics.retention.oracle import Oracle, local, random_brand, small_brand
from tests.warehouse import rows

PAID, BACK = "order.paid", "order.refunded"
database = pytest.mark.django_db(transaction=True)
GROUPS = {
    "Champions": "54 55",
    "Loyal": "34 35 44 45",
    "Potential": "42 43 52 53 33",
    "New": "41 51",
    "Can't lose": "15 25",
    "At risk": "13 14 23 24",
    "Hibernating": "21 22 31 32",
    "Lost": "11 12",
}


def rfm(brand: Brand, **given: Any) -> Report:
    return running.run(brand, "rfm", given)


def fifth(values: list[int], value: int, *, best_is_least: bool = False) -> int:
    """1 and the number of fifths' upper values that are below the value, counted one by one."""
    ordered = sorted(values)
    cuts = [
        next(v for v in ordered if sum(o <= v for o in ordered) * 5 >= n * len(ordered)) for n in range(1, 5)
    ]
    above = sum(value > cut for cut in cuts)
    return 5 - above if best_is_least else 1 + above


def upto(cuts: tuple[int, ...], value: int) -> int:
    return 1 + sum(value > cut for cut in cuts)


@database
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("grid", ["quantile", "absolute"])
@pytest.mark.parametrize("until", [None, date(2024, 6, 20)])
def test_every_group_is_what_the_rows_say(seed: int, grid: str, until: date | None) -> None:
    brand = random_brand(seed)
    oracle = Oracle(brand, until or date.max)
    last = until or oracle.last_day()
    oracle = Oracle(brand, last)
    people = {
        customer: (
            (last - max(local(fact.occurred_ms) for fact in paid)).days,
            len(paid),
            sum(f.amount_fen or 0 for f in paid) - sum(f.amount_fen or 0 for f in oracle.refunded[customer]),
        )
        for customer, paid in oracle.paid.items()
    }
    recency, orders, money = (list(column) for column in zip(*people.values(), strict=True))
    wanted: dict[str, list[float]] = {name: [0, 0, 0, 0] for name in GROUPS}
    for days, number, fen in people.values():
        if grid == "quantile":
            r, f = fifth(recency, days, best_is_least=True), fifth(orders, number)
            m = fifth(money, fen)
        else:
            r, f = 6 - upto((10, 20, 40, 90), days), upto((3, 5, 8, 12), number)
            m = upto((10_000, 20_000, 100_000, 200_000), fen)
        name = next(name for name, cells in GROUPS.items() if f"{r}{f}" in cells.split())
        wanted[name] = [a + b for a, b in zip(wanted[name], (1, number, fen, m), strict=True)]
    report = rfm(
        brand, grid=grid, until=until, recency="10,20,40,90", frequency="3,5,8,12", money="100 200 1000 2000"
    )
    got = {
        row["group"]: [row["customers"], row["orders"], row["net_fen"], (row["m"] or 0) * row["customers"]]
        for row in report.rows
    }
    assert {name: pytest.approx(cell) for name, cell in wanted.items()} == got
    assert sum(row["share"] for row in report.rows) == pytest.approx(1)
    grid_graph = report.graphs[0]
    assert sum(value or 0 for line in grid_graph.lines for value in line.values) == len(people)
    for at, line in enumerate(grid_graph.lines):
        assert line.name == f"R{5 - at}" and len(line.values) == 5


def test_every_pair_of_scores_has_one_name() -> None:
    cells = [cell for named in scoring.NAMED for cell in named.cells]
    assert sorted(cells) == list(product(range(1, 6), range(1, 6)))
    told = {named.label: {f"{r}{f}" for r, f in named.cells} for named in scoring.NAMED}
    assert told == {name: set(cells.split()) for name, cells in GROUPS.items()}


@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=80))
def test_equal_customers_have_equal_scores_and_fifths_are_fifths(values: list[int]) -> None:
    array = np.array(values)
    got = scoring.scores(array, scoring.quintiles(array)).tolist()
    assert got == [fifth(values, value) for value in values]
    for score in range(1, 5):  # so many at least lie at or below each score's upper value
        assert sum(one <= score for one in got) * 5 >= score * len(values)


@pytest.mark.parametrize(
    "text", ["", "1,2,3", "1,2,3,4,5", "4,3,2,1", "1,1,2,3", "a,b,c,d", "1,2,3,-4", "1.5,2,3,4"]
)
def test_cuts_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        cuts_of("recency", text)
    assert "30,90,180,365" in str(refused.value.remedy)


def test_cuts_are_read_as_people_write_them() -> None:
    assert cuts_of("money", " 1，20; 300 4000 ") == [1, 20, 300, 4000]


@database
def test_one_customer_and_nobody() -> None:
    brand = small_brand([(0, PAID, "2014-01-01", 100), (0, BACK, "2014-01-01", 250)])
    report = rfm(brand)
    (row,) = [row for row in report.rows if row["customers"]]
    assert (row["share"], row["net_fen"], row["net_share"], row["recency_days"]) == (1, -150, None, 0)
    assert "1 customers were given back more than they paid." in report.notes
    absolute = rfm(brand, grid="absolute", until=date(2024, 1, 1))
    assert [row["group"] for row in absolute.rows if row["customers"]] == ["Lost"]
    empty = rows.brand("empty")
    services.sync(empty)
    assert "Not enough data" in rfm(empty).notes[0] and not rfm(empty).rows


@database
def test_scores_that_nobody_has_are_said() -> None:
    brand = small_brand(
        [(number, PAID, "2024-01-01", 100) for number in range(9)] + [(0, PAID, "2024-02-01", 1)]
    )
    assert "88.9% of the customers bought once" in rfm(brand).notes[0]
