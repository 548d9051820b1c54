"""The purchase models against `lifetimes`, the peer that is known best, on the same input."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from guanxi.economics import forecasts as models
from guanxi.economics.forecasts import gammagamma
from tests.conftest import missing_part
from tests.economics import cdnow

pytestmark = [pytest.mark.database_free, pytest.mark.heavy]


@pytest.fixture
def peer() -> Any:
    try:
        import lifetimes
    except ImportError:
        missing_part("lifetimes is not installed (make setup-check)")
    return lifetimes


@pytest.fixture
def known(shared_data: Callable[[str], Path]) -> models.Known:
    return cdnow.read(shared_data("cdnow/CDNOW_sample.txt")).known


@pytest.mark.parametrize(
    ("name", "theirs"), [("bgnbd", "BetaGeoFitter"), ("mbgnbd", "ModifiedBetaGeoFitter")]
)
def test_bgnbd_and_its_forecasts(peer: Any, known: models.Known, name: str, theirs: str) -> None:
    model = models.MODELS[name]
    fitted = model.fit(models.compress(*known))
    other = getattr(peer, theirs)().fit(*_weeks(known))
    assert fitted.in_unit(7).values == pytest.approx(other.params_.tolist(), rel=2e-3)
    # The same parameters on both sides: theirs come from an optimiser that stops earlier.
    for parameter, value in zip(fitted.names, fitted.in_unit(7).values, strict=True):
        other.params_[parameter] = value
    weeks = _weeks(known)
    told = other.conditional_expected_number_of_purchases_up_to_time(26, *weeks)
    assert np.allclose(model.expected(fitted, known, 182), told, rtol=1e-8)
    assert np.allclose(model.alive(fitted, known), other.conditional_probability_alive(*weeks), rtol=1e-8)
    if name == "bgnbd":
        new = other.expected_number_of_purchases_up_to_time(np.array([1.0, 26, 104]))
        assert np.allclose(model.expected_of_new(fitted, np.array([7.0, 182, 728])), new, rtol=1e-8)


def test_paretonbd_and_its_forecasts(peer: Any, known: models.Known) -> None:
    model = models.MODELS["paretonbd"]
    fitted = model.fit(models.compress(*known))
    weeks = _weeks(known)
    other = peer.ParetoNBDFitter()
    other.params_ = fitted.in_unit(7).params
    told = other.conditional_expected_number_of_purchases_up_to_time(26, *weeks)
    assert np.allclose(model.expected(fitted, known, 182), told, rtol=1e-6)
    assert np.allclose(model.alive(fitted, known), other.conditional_probability_alive(*weeks), rtol=1e-6)


def test_gammagamma_and_its_means(peer: Any, shared_data: Callable[[str], Path]) -> None:
    data = cdnow.read(shared_data("cdnow/CDNOW_sample.txt"))
    fitted = gammagamma.fit(data.orders, data.mean_value)
    other = peer.GammaGammaFitter().fit(data.orders, data.mean_value)
    assert fitted.values == pytest.approx(other.params_.tolist(), rel=2e-3)
    for parameter, value in fitted.params.items():
        other.params_[parameter] = value
    told = other.conditional_expected_average_profit(data.orders, data.mean_value)
    assert np.allclose(gammagamma.expected_value(fitted, data.orders, data.mean_value), told, rtol=1e-9)


def _weeks(known: models.Known) -> list[Any]:
    return [known.frequency, known.recency / 7, known.age / 7]
