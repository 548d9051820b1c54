"""P(alive) by band against the model asked for each customer."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from math import isnan
from typing import Any

import numpy as np
import pytest

from guanxi.economics import forecasts as models
from guanxi.economics import running
from guanxi.economics.reporting import Report
from guanxi.platform.models import Brand
from guanxi.warehouse import services
from tests.economics.retention.oracle import Oracle, local, small_brand
from tests.warehouse import rows

pytestmark = pytest.mark.django_db(transaction=True)
PAID, BACK = "order.paid", "order.refunded"
START_MS = 1_672_502_400_000


def alive(brand: Brand, **given: Any) -> Report:
    return running.run(brand, "alive", given)


@pytest.fixture
def brand() -> Brand:
    """Customers of the model itself, half of them of the store."""
    found = rows.brand()
    rng = np.random.default_rng(5)
    ages = rng.integers(30, 700, 300)
    x, t_x, _ = models.MODELS["mbgnbd"].simulate((0.525, 43.0, 0.891, 1.614), ages, rng)
    people = rows.people(found, len(ages))
    facts = []
    for person, age, purchases, last in zip(people, ages.tolist(), x.tolist(), t_x.tolist(), strict=True):
        days = {0, last, *(range(1, purchases) if purchases > 1 else ())}
        for day in sorted(days):
            at = START_MS + (700 - age + min(day, last)) * rows.DAY_MS
            channel = "store" if person % 2 else "jd"
            facts.append({"subject_id": person, "occurred_ms": at, "amount_fen": 100, "channel": channel})
    facts.append({"subject_id": people[0], "occurred_ms": START_MS + 700 * rows.DAY_MS, "amount_fen": 100})
    rows.facts(found, facts)
    services.sync(found)
    return found


@pytest.mark.parametrize("by", ["all", "channel"])
@pytest.mark.parametrize("name", ["mbgnbd", "bgnbd", "paretonbd"])
def test_every_band_is_what_the_model_says(brand: Brand, by: str, name: str) -> None:
    oracle = Oracle(brand)
    last = oracle.last_day()
    told = {}
    for customer, paid in oracle.paid.items():
        days = oracle.days(customer)
        history = (len(days) - 1, (days[-1] - days[0]).days, (last - days[0]).days)
        told[customer] = (*history, sum(fact.amount_fen or 0 for fact in paid), oracle.group(customer, by))
    known = models.Known(*(np.array([row[at] for row in told.values()]) for at in range(3)))
    model = models.MODELS[name]
    fitted = model.fit(models.compress(*known))
    report = alive(brand, model=name, by=by)
    if not fitted.converged:
        assert report.head["model"] != name and report.notes
        return
    chance, ahead = model.alive(fitted, known), model.expected(fitted, known, 90)
    wanted: dict[Any, list[float]] = defaultdict(lambda: [0, 0, 0, 0])
    for (*_, fen, group), one, more in zip(told.values(), chance.tolist(), ahead.tolist(), strict=True):
        cell = wanted[group, min(9, int(one * 10))]
        for at, value in enumerate((1, fen, one, more)):
            cell[at] += value
    got = {
        (row["group"], round(row["low_alive"] * 10)): [
            row["customers"],
            row["revenue_fen"],
            row["alive"] * row["customers"],
            row["expected"],
        ]
        for row in report.rows
        if row["customers"]
    }
    assert got == {key: pytest.approx(cell) for key, cell in wanted.items()}
    count, share, purchases = report.figures
    assert count.value == pytest.approx(chance.sum()) and purchases.value == pytest.approx(ahead.sum())
    assert (count.low or 0) < float(count.value or 0) < (count.high or 0) <= len(told)
    assert share.value == pytest.approx(chance.mean())
    for row in report.rows:
        assert row["expected_low"] <= row["expected"] <= row["expected_high"]


def test_bgnbd_says_that_it_cannot_know_of_those_who_bought_once(brand: Brand) -> None:
    report = alive(brand, model="bgnbd")
    if report.head["model"] == "bgnbd":
        assert any("bought once count as alive" in note for note in report.notes)


@pytest.mark.parametrize("by", ["all", "channel"])
def test_too_little_is_said(by: str) -> None:
    empty = rows.brand("empty")
    services.sync(empty)
    assert "Not enough data" in alive(empty, by=by).notes[0]
    once = small_brand([(number, PAID, "2024-01-01", 100) for number in range(5)])
    report = alive(once, by=by, until=date(2024, 12, 31))
    assert not report.rows and "Not enough data" in report.notes[-1]
    assert report.head["converged"] is False


def test_one_customer_ten_years_and_days_to_come() -> None:
    brand = small_brand(
        [
            (0, PAID, "2014-01-01", 100),
            (0, PAID, "2024-01-01", 100),
            (0, BACK, "2024-01-01", 900),
            (0, PAID, "2934-01-01", 1),
        ]
    )
    report = alive(brand)
    assert any("in the future" in note for note in report.notes)
    assert not any(isinstance(value, float) and isnan(value) for row in report.rows for value in row.values())
    assert local(START_MS) == date(2023, 1, 1)
