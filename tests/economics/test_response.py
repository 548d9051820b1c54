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
