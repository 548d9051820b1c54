"""A budget divided: bounds and total kept, as good as any other division, and what cannot be is said."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from guanxi.economics.forecasts.allocation import Infeasible, Place, divide
from guanxi.economics.forecasts.response import Curve


def curve(slope: float, bend: float) -> Curve:
    return Curve(0.0, slope, bend, np.zeros((3, 3)), 1.0, 52, 1_000.0)


def worth(places: list[Place], spend: np.ndarray) -> float:
    return sum(place.weight * place.curve.brought(float(x)) for place, x in zip(places, spend, strict=True))


PLACES = st.lists(
    st.builds(
        lambda slope, bend, weight, least, room: Place(curve(slope, bend), weight, least, least + room),
        st.floats(1e-4, 1.0),
        st.one_of(st.just(0.0), st.floats(1e-5, 1e-2)),
        st.floats(0.0, 500.0),
        st.floats(0.0, 500.0),
        st.floats(0.0, 5_000.0),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=150, deadline=None)
@given(PLACES, st.floats(0, 1), st.randoms(use_true_random=False))
def test_bounds_and_total_are_kept_and_no_division_is_better(
    places: list[Place], fill: float, chance: object
) -> None:
    least = np.array([place.least for place in places])
    most = np.array([place.most for place in places])
    total = float(least.sum() + fill * (most - least).sum())
    best = divide(places, total)
    assert best.sum() == pytest.approx(total, abs=1e-6 * max(1.0, total))
    assert np.all(best >= least)
    assert np.all(best <= most)
    value = worth(places, best)
    generator = np.random.default_rng(chance.randrange(2**32))  # type: ignore[attr-defined]
    for _ in range(20):
        assert worth(places, _another(generator, least, most, total)) <= value * (1 + 1e-6) + 1e-6


def _another(generator: np.random.Generator, least: np.ndarray, most: np.ndarray, total: float) -> np.ndarray:
    """Some other division of the total within the bounds."""
    spend, left = least.copy(), total - float(least.sum())
    for at in generator.permutation(len(least)):
        more = min(left, float(most[at] - least[at]) * float(generator.random()))
        spend[at] += more
        left -= more
    for at in generator.permutation(len(least)):
        more = min(left, float(most[at] - spend[at]))
        spend[at] += more
        left -= more
    return spend


def test_an_optimiser_finds_the_same() -> None:
    places = [
        Place(curve(0.02, 1 / 3_000), 1, 0, 20_000),
        Place(curve(0.01, 1 / 9_000), 1, 500, 20_000),
        Place(curve(0.004, 0), 1, 0, 3_000),
    ]
    best = divide(places, 15_000)
    found = minimize(
        lambda x: -worth(places, x),
        [5_000, 7_000, 3_000],
        bounds=[(place.least, place.most) for place in places],
        constraints={"type": "eq", "fun": lambda x: x.sum() - 15_000},
        method="SLSQP",
        options={"ftol": 1e-12, "maxiter": 500},
    )
    assert best == pytest.approx(found.x, rel=1e-3)
    inside = [
        place.curve.marginal(float(x))
        for place, x in zip(places, best, strict=True)
        if place.least < x < place.most
    ]
    assert inside == pytest.approx([inside[0]] * len(inside), rel=1e-6)


@pytest.mark.parametrize("total", [99.0, 301.0])
def test_what_cannot_be_divided(total: float) -> None:
    places = [Place(curve(1, 0), 1, 50, 150)] * 2
    with pytest.raises(Infeasible) as refused:
        divide(places, total)
    assert (refused.value.least, refused.value.most) == (100, 300)
    with pytest.raises(Infeasible):
        divide([Place(curve(1, 0), 1, 10, 5)], 7)
