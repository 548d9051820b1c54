"""What brands really have: nobody, one order each, more refunds than orders, gaps of ten years."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest

from guanxi.economics import running
from guanxi.economics.catalogue import REPORTS
from guanxi.economics.reporting import as_json
from guanxi.platform.models import Brand
from guanxi.warehouse import services
from tests.warehouse import rows
from tests.warehouse.rows import BASE_MS, DAY_MS

pytestmark = pytest.mark.django_db(transaction=True)


def brand_of(facts: list[tuple[int, str, int, int]], people: int) -> Brand:
    """A brand whose facts are (person, kind, day, fen)."""
    brand = rows.brand()
    subjects = rows.people(brand, people)
    told = [
        {
            "subject_id": subjects[who],
            "kind": kind,
            "occurred_ms": BASE_MS + day * DAY_MS,
            "amount_fen": fen,
        }
        for who, kind, day, fen in facts
    ]
    rows.facts(brand, told)
    services.sync(brand)
    return brand


PAID, BACK = "order.paid", "order.refunded"
BRANDS: dict[str, tuple[list[tuple[int, str, int, int]], int]] = {
    "nobody": ([], 0),
    "one order": ([(0, PAID, 0, 10_000)], 1),
    "one order each": ([(who, PAID, who, 10_000) for who in range(50)], 50),
    "all at once": ([(who, PAID, 0, 10_000) for who in range(50) for _ in range(3)], 50),
    "refunds alone": ([(0, BACK, 3, 10_000)], 1),
    "refunds above orders": (
        [
            (who, kind, day, fen)
            for who in range(40)
            for kind, day, fen in ((PAID, who, 900), (BACK, who, 2_000))
        ]
        + [(who, PAID, who + 40, 800) for who in range(20)],
        40,
    ),
    "orders of nothing": ([(who, PAID, who + 9 * n, 0) for who in range(40) for n in range(4)], 40),
    "ten years of gap": (
        [(who, PAID, day, 5_000) for who in range(60) for day in (who % 9, 3650 + who % 7)],
        60,
    ),
    "all alike": ([(who, PAID, 30 * n, 5_000) for who in range(60) for n in range(12)], 60),
    "one who buys daily": ([(0, PAID, day, 5_000) for day in range(400)], 1),
}

QUICK = {"nobody", "one order each", "refunds above orders"}


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name in QUICK else pytest.mark.heavy) for name in BRANDS],
)
@pytest.mark.parametrize("report", [name for name in REPORTS if name in {"ltv", "backtest", "payback"}])
def test_whatever_a_brand_has_the_answer_is_whole_and_without_nan(name: str, report: str) -> None:
    brand = brand_of(*BRANDS[name])
    for given in _given(report):
        answer = running.run(brand, report, given)
        told: dict[str, Any] = as_json(report, answer, str)
        drawn = [asdict(part) for part in (*answer.figures, *answer.graphs)]
        json.dumps([told, drawn], allow_nan=False)
        assert set(told["columns"]) >= {key for row in told["rows"] for key in row}
        for graph in answer.graphs:
            assert all(len(line.values) == len(graph.labels) for line in graph.lines)


def _given(report: str) -> list[dict[str, str]]:
    if report == "backtest":
        return [{}]
    if report == "payback":
        return [{"by": by} for by in ("channel", "cohort", "both")]
    return [{"by": by} for by in ("all", "cohort", "channel", "segment", "customer")] + [
        {"model": "paretonbd"}
    ]


def test_where_nothing_fits_what_was_left_so_far_is_told_all_the_same() -> None:
    brand = brand_of(*BRANDS["one order each"])
    report = running.run(brand, "ltv", {"by": "all"})
    assert report.rows == [
        {
            "group": "all customers",
            "customers": 50,
            "bought": 1.0,
            "revenue_fen": 10_000.0,
            "realised_fen": 10_000.0,
        }
    ]
    assert report.head["converged"] is False
    assert any("No model fits" in note for note in report.notes)
