"""Second orders against plain Python over the same rows, and the curve against SciPy."""

from __future__ import annotations

import itertools
import statistics
from datetime import date
from math import isclose
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from guanxi.economics import running
from guanxi.economics.reporting import Report
from guanxi.economics.retention.intervals import wilson
from guanxi.economics.retention.repeats import WINDOWS
from guanxi.economics.retention.survival import arrivals, quantile
from guanxi.platform.models import Brand
from guanxi.warehouse import services
from tests.economics.retention.oracle import Oracle, random_brand, small_brand
from tests.warehouse import rows

PAID, BACK = "order.paid", "order.refunded"
database = pytest.mark.django_db(transaction=True)


def repeat(brand: Brand, **given: Any) -> Report:
    return running.run(brand, "repeat", given)


@database
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("by", ["all", "channel", "city", "first_product"])
@pytest.mark.parametrize("until", [None, date(2024, 6, 20)])
def test_every_share_is_what_the_rows_say(seed: int, by: str, until: date | None) -> None:
    brand = random_brand(seed)
    oracle = Oracle(brand, until or date.max)
    last = until or oracle.last_day()
    wanted: dict[tuple[Any, int], list[int]] = {}
    for customer in oracle.paid:
        days = oracle.days(customer)
        for window in WINDOWS:
            cell = wanted.setdefault((oracle.group(customer, by), window), [0, 0, 0])
            cell[0] += 1
            if (last - days[0]).days >= window:
                cell[1] += 1
                cell[2] += len(days) > 1 and (days[1] - days[0]).days <= window
    report = repeat(brand, by=by, until=until)
    got = [(row["days"], row["customers"], row["observed"], row["returned"]) for row in report.rows]
    assert sorted(got) == sorted((window, *cell) for (_, window), cell in wanted.items())
    for row in report.rows:
        assert row["share"] == (row["returned"] / row["observed"] if row["observed"] else None)
        assert (row["low"], row["high"]) == wilson(row["returned"], row["observed"])
    assert report.head["customers"] == len(oracle.paid)


@database
def test_the_days_between_orders_are_what_the_rows_say() -> None:
    brand = random_brand(3)
    oracle = Oracle(brand)
    wanted: dict[int, list[int]] = {}
    for customer in oracle.paid:
        days = oracle.days(customer)
        for number, (before, day) in enumerate(itertools.pairwise(days), 2):
            wanted.setdefault(min(number, 10), []).append((day - before).days)
    got = {gap["number"]: gap for gap in repeat(brand).head["gaps"]}
    assert {number: gap["purchases"] for number, gap in got.items()} == {n: len(d) for n, d in wanted.items()}
    for number, gap in got.items():
        assert gap["p50"] == statistics.median_low(wanted[number])
        assert gap["p10"] <= gap["p25"] <= gap["p50"] <= gap["p75"] <= gap["p90"]


@database
def test_orders_of_one_day_are_one_and_a_lone_customer_is_enough() -> None:
    brand = small_brand(
        [(0, PAID, "2024-01-01", 100), (0, PAID, "2024-01-01", 100), (0, BACK, "2024-02-01", 900)]
    )
    report = repeat(brand)
    assert {(row["observed"], row["returned"], row["share"]) for row in report.rows} == {(0, 0, None)}
    assert not report.head["gaps"] and report.head["median_days"] is None
    assert "Nobody has been known for 30 days" in report.notes[0]
    later = repeat(brand, until=date(2024, 12, 31))
    assert [(row["observed"], row["share"]) for row in later.rows] == [(1, 0)] * 5


@database
def test_ten_years_of_gap_and_days_to_come() -> None:
    brand = small_brand([(0, PAID, "2014-01-01", 1), (0, PAID, "2024-01-01", 1), (0, PAID, "2934-01-01", 1)])
    report = repeat(brand)
    days = (date(2024, 1, 1) - date(2014, 1, 1)).days
    assert (report.head["median_days"], report.head["gaps"][0]["p50"]) == (days, days)
    assert report.rows[-1]["returned"] == 0
    assert "in the future" in report.notes[0]


@database
def test_nobody_is_not_enough_data() -> None:
    brand = rows.brand()
    services.sync(brand)
    report = repeat(brand, by="city")
    assert not report.rows and not report.graphs and "Not enough data" in report.notes[0]


@database
def test_groups_that_differ_are_named() -> None:
    found = rows.brand()
    people = rows.people(found, 120)
    start = 1_704_038_400_000
    facts = []
    for number, person in enumerate(people):
        channel = "store" if number % 2 else "jd"
        facts.append({"subject_id": person, "occurred_ms": start, "channel": channel, "amount_fen": 1})
        if channel == "store" or number % 12 == 0:
            facts.append({"subject_id": person, "occurred_ms": start + 40 * rows.DAY_MS, "amount_fen": 1})
    facts.append({"subject_id": people[0], "occurred_ms": start + 200 * rows.DAY_MS, "amount_fen": 1})
    rows.facts(found, facts)
    services.sync(found)
    said = repeat(found, by="channel").answers
    assert "Most come back of store (100.0% within 90 days), fewest of jd (16.7%)." in said
    assert "Between" not in "".join(repeat(found).answers)


WAITS = st.lists(st.tuples(st.integers(0, 40), st.booleans(), st.integers(1, 5)), min_size=1, max_size=60)


@pytest.mark.database_free
@pytest.mark.filterwarnings("ignore:The confidence interval is undefined")
@given(WAITS)
def test_the_curve_is_that_of_scipy(waits: list[tuple[int, bool, int]]) -> None:
    ended = [days for days, happened, n in waits for _ in range(n) if happened]
    lost = [days for days, happened, n in waits for _ in range(n) if not happened]
    ours = arrivals(*zip(*waits, strict=True))
    theirs = stats.ecdf(stats.CensoredData(uncensored=ended, right=lost))
    with np.errstate(all="ignore"):
        interval = theirs.sf.confidence_interval(0.9, method="log-log")
    for place, day in enumerate(theirs.sf.quantiles):
        share, low, high = ours.at(int(day))
        left = theirs.sf.probabilities[place]
        assert share is not None and isclose(share, 1 - left, abs_tol=1e-12)
        if 0 < left < 1:
            assert low is not None and isclose(low, 1 - interval.high.probabilities[place], abs_tol=1e-9)
            assert high is not None and isclose(high, 1 - interval.low.probabilities[place], abs_tol=1e-9)
        else:
            assert low is high is None
    assert ours.at(41) == (None, None, None)
    half = ours.reaches(0.5)
    assert half is None or (ours.at(half)[0] or 0) + 1e-9 >= 0.5 > (ours.at(half - 1)[0] or 0) - 1e-9


@pytest.mark.database_free
@given(st.lists(st.integers(0, 30), min_size=1), st.sampled_from([0.1, 0.25, 0.5, 0.75, 0.9]))
def test_a_quantile_is_a_value_that_so_many_do_not_exceed(values: list[int], share: float) -> None:
    distinct, count = np.unique(values, return_counts=True)
    got = quantile(distinct, count, share)
    assert sum(value <= got for value in values) >= share * len(values) - 1e-9
    assert sum(value < got for value in values) < share * len(values)


@pytest.mark.database_free
def test_of_nobody_nothing_is_known() -> None:
    assert arrivals([], [], []).at(0) == (None, None, None)
    assert wilson(0, 0) == (None, None)
    low, high = wilson(0, 10)
    assert low == 0 and high is not None and 0.2 < high < 0.25
