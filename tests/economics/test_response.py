"""Response curves: parameters come back, intervals cover, and what cannot be told is not."""

from __future__ import annotations

import math

import numpy as np
import pytest

from guanxi.economics.forecasts.response import Curve, Refused, fit


def simulated(
    chance: np.random.Generator, weeks: int, truth: tuple[float, float, float], dispersion: float
) -> tuple[list[float], list[float]]:
    base, slope, bend = truth
    spend = chance.gamma(2, 30_000, weeks)
    bent = spend if bend == 0 else -np.expm1(-bend * spend) / bend
    mean = base + slope * bent
    if dispersion == 1:
        return spend.tolist(), chance.poisson(mean).tolist()
    return spend.tolist(), chance.negative_binomial(mean / (dispersion - 1), 1 / dispersion).tolist()


def test_parameters_come_back() -> None:
    found = fit(*simulated(np.random.default_rng(3), 3_000, (40, 0.01, 1 / 60_000), 1.5))
    assert isinstance(found, Curve)
    assert found.slope == pytest.approx(0.01, rel=0.1)
    assert found.bend == pytest.approx(1 / 60_000, rel=0.1)
    assert found.base == pytest.approx(40, rel=0.25)
    assert found.dispersion == pytest.approx(1.5, rel=0.15)


def test_the_interval_of_marginal_cost_covers_as_often_as_it_says() -> None:
    chance = np.random.default_rng(11)
    covered = fitted = 0
    true = 1 / (0.01 * math.exp(-1))
    for _ in range(400):
        found = fit(*simulated(chance, 78, (30, 0.01, 1 / 60_000), 2.0))
        if isinstance(found, Refused):
            continue
        fitted += 1
        _cost, low, high = found.marginal_cost(60_000)
        assert low is not None
        covered += low <= true <= (math.inf if high is None else high)
    assert fitted >= 390
    assert 0.85 <= covered / fitted <= 0.95


def test_a_straight_line_is_found_straight() -> None:
    spend = [1_000.0 * week for week in range(1, 60)]
    found = fit(spend, [5 + money / 100 for money in spend])
    assert isinstance(found, Curve)
    assert found.bend * found.most == pytest.approx(0, abs=1e-3)
    assert found.marginal_cost(30_000)[0] == pytest.approx(100, rel=1e-3)


def test_more_spend_never_brings_fewer_and_each_yuan_less() -> None:
    chance = np.random.default_rng(5)
    for _ in range(20):
        found = fit(*simulated(chance, 60, (10, 0.01, 1 / 30_000), 2.0))
        if isinstance(found, Refused):
            continue
        places = np.linspace(0, 200_000, 50)
        brought = [found.brought(place) for place in places]
        assert np.all(np.diff(brought) >= -1e-9)
        assert np.all(np.diff(np.diff(brought)) <= 1e-6)
        for place in places:
            value, low, high = found.band(float(place))
            assert low <= value <= high


def test_the_unit_of_money_changes_nothing_and_the_band_is_as_narrow_as_the_data() -> None:
    chance = np.random.default_rng(8)
    spend, customers = simulated(chance, 100, (5, 0.001, 1 / 60_000), 1.0)
    found, other = fit(spend, customers), fit([money * 100 for money in spend], customers)
    assert isinstance(found, Curve)
    assert isinstance(other, Curve)
    for place in (0.0, 1_000.0, 60_000.0, max(spend)):
        assert other.band(place * 100) == pytest.approx(found.band(place), rel=1e-5)
        wanted = [(figure or 0.0) * 100 for figure in found.marginal_cost(place)]
        got = [figure or 0.0 for figure in other.marginal_cost(place * 100)]
        assert got == pytest.approx(wanted, rel=1e-4)
    value, low, high = found.band(60_000)
    assert high - low < 0.25 * value


def test_derivatives_are_those_of_the_curve() -> None:
    for bend in (1e-12, 1e-9, 1e-5):
        curve = Curve(3.0, 0.01, bend, np.eye(3), 1.0, 52, 1e5)
        for place in (10.0, 1e4, 1e6):
            step = max(bend * 1e-4, 1e-13)
            moved = Curve(3.0, 0.01, bend + step, np.eye(3), 1.0, 52, 1e5)
            slope = (moved.brought(place) - curve.brought(place)) / step
            assert curve.gradient(place)[2] == pytest.approx(slope, rel=2e-2)


@pytest.mark.parametrize(
    ("spend", "customers", "reason"),
    [
        ([1.0] * 11, [9.0] * 11, "few_weeks"),
        ([float(n) for n in range(40)], [0.0] * 40, "few_customers"),
        ([0.0] * 40, [9.0] * 40, "no_variation"),
        ([100.0] * 39 + [101.0], [9.0] * 40, "no_variation"),
        ([100.0, 200.0] * 20, [9.0] * 40, "no_variation"),
        ([float(n) for n in range(1, 41)], [float(41 - n) for n in range(1, 41)], "no_effect"),
    ],
)
def test_what_cannot_be_told_is_said(spend: list[float], customers: list[float], reason: str) -> None:
    assert fit(spend, customers) == Refused(reason)


def test_a_slope_drowned_in_noise_is_not_told() -> None:
    chance = np.random.default_rng(2)
    spend = chance.gamma(2, 100, 14).tolist()
    customers = (chance.negative_binomial(0.3, 0.01, 14) + 1.0).tolist()
    found = fit(spend, customers)
    assert isinstance(found, Refused) or found.marginal_cost(200)[0] is not None
