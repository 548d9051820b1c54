"""Curves of what customers have left, and when it has paid what they cost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from guanxi.economics import running
from guanxi.economics.forecasts import Groups
from guanxi.economics.lifetime.curves import Curves, Events, cash_needed, crossing, go_on, seen_curves
from guanxi.economics.models import Spend
from guanxi.platform.models import Brand
from guanxi.warehouse import services
from tests.warehouse import rows
from tests.warehouse.rows import BASE_MS, DAY_MS


def test_a_curve_sums_what_was_left_by_each_age_over_those_seen_so_long() -> None:
    """Three customers: 100 on the first day each; one leaves 30 in the first month, another 60 in the second,
    which the third has not reached."""
    events = Events(
        np.array([0, 1, 2, 0, 1]), np.array([0, 0, 0, 10, 40]), np.array([100.0, 100.0, 100.0, 30.0, 60.0])
    )
    ages = np.array([100, 100, 35])
    curves = seen_curves(events, ages, Groups(np.zeros(3, dtype=np.int64), 1), 2)
    assert curves.value[0] == pytest.approx([100.0, 110.0, 140.0])
    assert curves.seen.tolist() == [1]  # the second month was seen of two of three


def test_its_error_is_that_of_a_mean_where_everybody_was_seen_to_the_end() -> None:
    rng = np.random.default_rng(1)
    customers, months = 400, 6
    each = rng.gamma(2.0, 50.0, (customers, months)) * rng.gamma(1.0, 1.0, (customers, 1))
    who, when = np.divmod(np.arange(customers * months), months)
    events = Events(who, when * 31, each.ravel())
    curves = seen_curves(
        events, np.full(customers, 400), Groups(np.zeros(customers, dtype=np.int64), 1), months
    )
    sums = np.cumsum(each, axis=1)
    assert curves.value[0, -1] == pytest.approx(sums[:, -1].mean())
    assert curves.stderr[0, -1] == pytest.approx(sums[:, -1].std(ddof=1) / customers**0.5)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    """Customers who are seen for different times, over 400 draws."""
    rng = np.random.default_rng(2)
    held = 0
    for _ in range(400):
        customers = 300
        ages = rng.integers(20, 400, customers)
        who = np.repeat(np.arange(customers), rng.poisson(3, customers))
        when = rng.integers(0, 365, len(who))
        inside = when <= ages[who]
        rich = rng.gamma(2.0, 0.5, customers)
        money = 10.0 * rich[who]
        events = Events(who[inside], when[inside], money[inside])
        curves = seen_curves(events, ages, Groups(np.zeros(customers, dtype=np.int64), 1), 11)
        truth = 3 * 10.0 * 11 * 365.25 / 12 / 365
        held += bool(curves.low[0, -1] <= truth <= curves.high[0, -1])
    assert 0.85 <= held / 400 <= 0.95


@pytest.mark.parametrize(
    ("curve", "cost", "months"),
    [
        ([10, 20, 30], 5, 0.0),
        ([10, 20, 30], 10, 0.0),
        ([10, 20, 30], 25, 1.5),
        ([10, 20, 30], 31, None),
        ([10, 40, 20, 60], 30, 2.25),  # it falls below again after refunds
        ([10, 10, 10], 20, None),
    ],
)
def test_the_money_is_back_where_the_curve_reaches_the_cost_for_good(
    curve: list[float], cost: float, months: float | None
) -> None:
    assert crossing(np.array(curve, dtype=float), cost) == months


def test_cash_is_bound_by_every_month_that_is_not_paid_back() -> None:
    assert cash_needed(np.array([10.0, 20.0, 30.0]), 25.0) == 15.0 + 5.0
    assert cash_needed(np.array([10.0, 20.0]), 25.0) is None


def test_beyond_what_was_seen_the_model_goes_on_at_the_groups_level() -> None:
    model, error = np.array([10.0, 20, 30, 40, 50, 60]), np.array([0.0, 1, 1, 1, 1, 5])
    value = np.array([[10.0, 30, 50, 70, 0, 0], [10.0, 0, 0, 0, 0, 0]])
    curves = go_on(Curves(value, np.ones_like(value), np.array([3, 0])), model, error)
    assert curves.value[0] == pytest.approx([10, 30, 50, 70, 90, 110])  # twice the model's repeat margin
    assert curves.value[1] == pytest.approx([10, 20, 30, 40, 50, 60])
    assert (np.diff(curves.stderr, axis=1)[:, -1] > 0).all()


SPENT = ("douyin", "tmall", "weibo")


@pytest.fixture
def brand(transactional_db: None) -> Brand:
    """Twenty customers from Douyin at 50.00 and forty from Tmall at 20.00 leave 30.00 at first and 10.00 in
    each of five months after; Weibo was paid for nothing."""
    brand = rows.brand()
    subjects = rows.people(brand, 60)
    facts: list[dict[str, Any]] = []
    for at, subject in enumerate(subjects):
        channel = "douyin" if at < 20 else "tmall"
        for month in range(6):
            fact = {"subject_id": subject, "channel": channel, "occurred_ms": BASE_MS + (month * 31) * DAY_MS}
            facts.append({**fact, "amount_fen": 3000 if month == 0 else 1000})
    rows.facts(brand, facts)
    day = BASE_MS // DAY_MS
    for channel, fen in zip(SPENT, (100_000, 80_000, 5_000), strict=True):
        Spend.objects.create(
            brand_id=brand.pk,
            day=day,
            platform=channel,
            channel=channel,
            type="other",
            amount_fen=fen,
            import_id=0,
            at_ms=0,
        )
    services.sync(brand)
    return brand


def test_each_channel_is_told_when_its_money_is_back(brand: Brand) -> None:
    report = running.run(brand, "payback", {"months": "5", "within": "3"})
    found = {row["group"]: row for row in report.rows}
    assert list(found) == ["all customers", "douyin", "tmall", "weibo"]
    douyin = found["douyin"]
    assert (douyin["customers"], douyin["spend_fen"], douyin["cac_fen"]) == (20, 100_000, 5_000)
    assert (douyin["first_fen"], douyin["margin_fen"]) == (3_000, 7_000)
    assert douyin["ltv_cac"] == pytest.approx(7_000 / 5_000)
    assert douyin["affordable_fen"] == pytest.approx(5_000)
    assert 1.0 < douyin["payback"] <= 3.0
    assert (found["tmall"]["cac_fen"], found["tmall"]["payback"]) == (2_000, 0.0)
    assert (found["weibo"]["customers"], found["weibo"]["cac_fen"]) == (0, None)
    assert any("weibo" in note for note in report.notes)
    both = running.run(brand, "payback", {"by": "both", "months": "5"})
    assert {row["group"] for row in both.rows} >= {"douyin 2023-11", "tmall 2023-11"}
    dated = next(row for row in both.rows if row["group"] == "douyin 2023-11")
    assert "2023-12" < dated["break_even"] < "2024-03"


def test_without_spend_nothing_is_said_of_payback(transactional_db: None) -> None:
    brand = rows.brand()
    rows.facts(brand, rows.random_facts(rows.people(brand, 30), 200))
    services.sync(brand)
    report = running.run(brand, "payback", {})
    assert any("no spend is known" in note for note in report.notes)
    assert all(row["cac_fen"] is None for row in report.rows)
