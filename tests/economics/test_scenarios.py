"""The simulator: what must hold of any funnel under any levers."""

from __future__ import annotations

import time
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guanxi.economics import running
from guanxi.economics.models import Spend
from guanxi.economics.scenarios import curve, model
from guanxi.economics.scenarios.model import Funnel, Levers, Path
from guanxi.kernel.errors import Invalid
from guanxi.platform.models import Brand
from guanxi.warehouse import services
from tests.warehouse import rows

SOME = {"months": 12, "draws": 40}
FUNNELS = st.builds(
    Funnel,
    curve=st.builds(
        curve.Curve,
        level=st.floats(-5, 0),
        slope=st.floats(0, 2),
        covariance=st.floats(0, 0.1).map(lambda v: np.array([[v, v / 2], [v / 2, v]])),
    ),
    cohorts=st.lists(st.integers(0, 10_000), max_size=30).map(lambda sizes: np.array(sizes, float)),
    new_monthly=st.floats(0, 10_000),
    new_spread=st.floats(0, 2),
    first_fen=st.floats(0, 100_000),
    first_stderr=st.floats(0, 1_000),
    again_fen=st.floats(0, 100_000),
    again_stderr=st.floats(0, 1_000),
    margin=st.floats(-0.5, 1),
)
LEVERS = st.builds(
    Levers,
    retention_change=st.floats(-1, 2),
    k_factor=st.floats(0, 0.95),
    cac_fen=st.floats(0, 100_000),
    cac_inflation=st.floats(-0.5, 2),
    price_change=st.floats(-0.5, 1),
    new_monthly=st.none() | st.floats(0, 100_000),
    fixed_fen=st.floats(0, 10_000_000),
)
LANHUA = Funnel(
    curve.Curve(-2.2, 0.4, np.diag([0.001, 0.0005])),
    np.full(30, 1_000.0),
    1_000.0,
    0.2,
    20_000.0,
    200.0,
    25_000.0,
    300.0,
    0.55,
)


@settings(deadline=None, max_examples=60)
@given(FUNNELS, LEVERS)
def test_every_run_is_finite_and_inside_its_band_and_its_cash_is_a_sum(
    funnel: Funnel, levers: Levers
) -> None:
    told = model.simulate(funnel, levers, **SOME)
    for one in fields(Path):
        value, low, high = (getattr(side, one.name) for side in (told.expected, told.low, told.high))
        assert np.isfinite(value).all()
        assert (low <= value).all()
        assert (value <= high).all()
    path = told.expected
    assert (path.cash_fen == np.cumsum(path.margin_fen - path.spend_fen - path.fixed_fen)).all()
    assert (path.active >= path.won + path.brought - 1e-9).all()


@settings(deadline=None, max_examples=40)
@given(FUNNELS, LEVERS)
def test_no_change_is_the_same(funnel: Funnel, levers: Levers) -> None:
    same = replace(
        levers, new_monthly=funnel.new_monthly if levers.new_monthly is None else levers.new_monthly
    )
    one, other = (model.simulate(funnel, given, **SOME) for given in (levers, same))
    for side in ("expected", "low", "high"):
        for field in fields(Path):
            assert (
                getattr(getattr(one, side), field.name) == getattr(getattr(other, side), field.name)
            ).all()


@settings(deadline=None, max_examples=40)
@given(FUNNELS, LEVERS, st.floats(0, 1))
def test_more_retention_never_means_fewer_customers(funnel: Funnel, levers: Levers, more: float) -> None:
    better = replace(levers, retention_change=levers.retention_change + more)
    one, other = (model.simulate(funnel, given, **SOME) for given in (levers, better))
    for side in ("expected", "low", "high"):
        before, after = getattr(one, side), getattr(other, side)
        assert (after.active >= before.active - 1e-6).all()
    fewer, others = (
        model.simulate(funnel, given, **SOME) for given in (levers, replace(levers, k_factor=0.0))
    )
    assert (fewer.expected.active >= others.expected.active - 1e-6).all()


@given(FUNNELS, LEVERS)
def test_payback_is_the_month_in_which_the_cost_is_back(funnel: Funnel, levers: Levers) -> None:
    month = model.payback_months(funnel, levers, most=36)
    if month is None:
        assert model.worth_fen(funnel, levers) < levers.cac_fen or funnel.margin + levers.price_change < 0
    else:
        assert model.worth_fen(funnel, levers, month) >= levers.cac_fen - 1e-6
        assert month == 1 or model.worth_fen(funnel, levers, month - 1) < levers.cac_fen + 1e-6


def test_one_customer_by_hand() -> None:
    flat = curve.Curve(float(np.log(0.5)), 0.0, np.zeros((2, 2)))
    funnel = Funnel(flat, np.array([]), 10.0, 0.0, 100.0, 0.0, 40.0, 0.0, 0.5)
    levers = Levers(k_factor=0.2, cac_fen=30.0, cac_inflation=0.0, price_change=0.1, fixed_fen=7.0)
    path = model.simulate(funnel, levers, months=3, draws=2).expected
    assert path.brought.tolist() == pytest.approx([0, 2, 2.4])
    assert path.active.tolist() == pytest.approx([10, 12 + 5, 12.4 + 6 + 5])
    assert path.revenue_fen.tolist() == [1_100, 1_540, 1_848]
    assert path.margin_fen.tolist() == [600, 840, 1_008]
    assert path.cash_fen.tolist() == [293, 826, 1_527]
    assert model.payback_months(funnel, replace(levers, cac_fen=80.0)) == 2


def test_the_curve_is_recovered_and_its_error_is_honest() -> None:
    rng, truth = np.random.default_rng(3), curve.Curve(-2.0, 0.5, np.zeros((2, 2)))
    seen = np.linspace(20_000, 2_000, 24)
    inside = 0
    for _ in range(400):
        fitted = curve.fit(rng.binomial(seen.astype(int), truth.shares(25)[1:]), seen.astype(int))
        assert fitted is not None
        inside += abs(fitted.slope - 0.5) < 1.645 * np.sqrt(fitted.covariance[1, 1])
    assert 0.85 < inside / 400 < 0.97


@pytest.mark.parametrize(
    ("returned", "seen"), [([], []), ([5], [10]), ([1, 1, 1], [9, 9, 9]), ([0] * 9, [9] * 9)]
)
def test_too_little_has_no_curve(returned: list[int], seen: list[int]) -> None:
    assert curve.fit(returned, seen) is None


def test_a_run_takes_no_longer_than_a_slider_may() -> None:
    taken = []
    for _ in range(5):
        start = time.perf_counter()
        model.simulate(LANHUA, Levers(retention_change=0.1, k_factor=0.2, cac_fen=8_000))
        taken.append(time.perf_counter() - start)
    assert min(taken) < 0.2


@pytest.mark.django_db(transaction=True)
class TestReport:
    def brand(self) -> Brand:
        """Two years: 20 new customers a month, half of whom come back in each of the next two months."""
        brand = rows.brand()
        people = rows.people(brand, 480)
        month = 30 * rows.DAY_MS + 11 * rows.DAY_MS // 24
        facts = [
            {
                "subject_id": person,
                "occurred_ms": rows.BASE_MS + (at // 20 + later) * month,
                "amount_fen": 1_000,
            }
            for at, person in enumerate(people)
            for later in range(3)
            if (later == 0 or (at + later) % 2) and at // 20 + later < 24
        ]
        rows.facts(brand, facts)
        services.sync(brand)
        return brand

    def test_rows_are_the_months_after_the_last_full_one_and_cash_is_their_sum(self) -> None:
        brand = self.brand()
        found = running.run(brand, "simulate", {"cac_now": 5, "fixed_costs": 10, "months": 12})
        assert len(found.rows) == 12
        cash = 0
        for row in found.rows:
            cash += row["margin_fen"] - row["spend_fen"] - 1_000
            assert row["cash_fen"] == row["today_cash_fen"] == cash
            assert row["cash_low_fen"] <= row["cash_fen"] <= row["cash_high_fen"]
            assert row["customers"] == row["today_customers"]
        assert found.head["funnel"]["new_customers"] == pytest.approx(20, rel=0.2)
        assert found.head["funnel"]["first_fen"] == pytest.approx(1_000)
        assert "Nothing is changed" in str(found.answers[0])
        assert {graph.kind.value for graph in found.graphs} == {"bands"}
        assert found.sql

    def test_levers_move_what_they_should(self) -> None:
        brand = self.brand()
        given = {"cac_now": 5, "retention_change": "0.2", "k_factor": 0.1, "price_change": 0.05, "cac": 4}
        found = running.run(brand, "simulate", given)
        last = found.rows[-1]
        assert last["customers"] > last["today_customers"]
        assert last["cash_fen"] > last["today_cash_fen"]
        assert found.head["payback_months"] == 1
        assert "more cash" in str(found.answers[0])
        with pytest.raises(Invalid, match="k_factor"):
            running.run(brand, "simulate", {"k_factor": 2})

    def test_what_a_customer_costs_today_is_told_by_the_spend(self) -> None:
        brand = self.brand()
        day = rows.BASE_MS // rows.DAY_MS + 500
        Spend.objects.create(
            brand=brand,
            day=day,
            platform="douyin",
            channel="douyin",
            type="cpm",
            amount_fen=60_000,
            import_id=1,
        )
        services.sync(brand)
        found = running.run(brand, "simulate", {"cac_inflation": 0.5})
        cost = found.head["funnel"]["cac_fen"]
        assert cost == pytest.approx(60_000 / 20, rel=0.2)
        assert found.rows[0]["spend_fen"] == pytest.approx(cost * found.rows[0]["won"], rel=0.01)
        assert found.rows[12]["spend_fen"] == pytest.approx(1.5 * found.rows[0]["spend_fen"], rel=0.01)

    def test_a_brand_without_enough_says_so(self) -> None:
        brand = rows.brand()
        for _ in range(2):
            services.sync(brand)
            found = running.run(brand, "simulate", {})
            assert (found.rows, "Not enough data" in str(found.notes[0])) == ([], True)
            (one,) = rows.people(brand, 1)
            rows.facts(brand, [{"subject_id": one, "occurred_ms": rows.BASE_MS, "amount_fen": 5}])
