"""`ltv` and `backtest` on public data, through the import and the lake."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from guanxi.economics import running
from guanxi.economics.reporting import Report
from guanxi.platform.models import Brand
from guanxi.touchpoints.importing import services
from guanxi.touchpoints.importing.contracts import Options
from guanxi.warehouse import services as warehouse

pytestmark = pytest.mark.django_db(transaction=True)
CDNOW = Options(mapping={"customer": "2", "date": "3", "quantity": "4", "amount": "5"})


@pytest.fixture
def brand(shared_data: Callable[[str], Path]) -> Brand:
    path = shared_data("cdnow/CDNOW_sample.txt")
    brand = Brand.objects.create(slug="cdnow", name="CDNOW", currency="USD", timezone="America/New_York")
    services.start_import(brand.pk, path, importer="orders", options=CDNOW)
    warehouse.sync(brand)
    return brand


def ltv(brand: Brand, **given: str) -> Report:
    return running.run(brand, "ltv", {"until": "1997-09-30", "unit": "week", "by": "all", **given})


def test_the_lakes_rows_give_the_published_parameters(brand: Brand) -> None:
    """To the printed digits: Fader, Hardie and Lee (2005), Fader and Hardie (2013); MBG/NBD by two
    libraries."""
    published = {
        "bgnbd": ({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}, -9582.43),
        "paretonbd": ({"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669}, -9594.98),
    }
    for model, (parameters, likelihood) in published.items():
        head = ltv(brand, model=model).head
        assert {name: round(value, 3) for name, value in head["params"].items()} == parameters
        assert round(head["log_likelihood"], 2) == likelihood
        assert (head["customers"], head["converged"], head["warnings"]) == (2357, True, [])
        assert all(value > 0 for value in head["stderr"].values())
    mbg = ltv(brand, model="mbgnbd").head
    assert mbg["params"] == pytest.approx({"r": 0.5248, "alpha": 6.183, "a": 0.8914, "b": 1.614}, abs=6e-4)
    value = mbg["value_model"]
    assert value["params"]["p"] == pytest.approx(6.25, abs=0.005)
    assert value["params"]["q"] == pytest.approx(3.74, abs=0.005)
    assert value["params"]["v"] == pytest.approx(1544, abs=1)  # in cents
    assert value["customers"] == 946
    weeks, days = ltv(brand, model="bgnbd"), ltv(brand, model="bgnbd", unit="day")
    assert days.head["params"]["alpha"] == pytest.approx(7 * weeks.head["params"]["alpha"])
    assert days.rows == weeks.rows


def test_the_back_test_chooses_the_least_wrong_and_says_how_wrong(brand: Brand) -> None:
    report = running.run(brand, "backtest", {})
    rows = {row["model"]: row for row in report.rows}
    best = min(("bgnbd", "mbgnbd", "paretonbd"), key=lambda name: rows[name]["wape"])
    assert [name for name, row in rows.items() if row["chosen"]] == [best] == [report.head["chosen"]]
    assert rows[best]["wape"] < 0.12 < rows["as before"]["wape"]
    assert 0.5 < rows[best]["correlation"] < 0.8
    assert running.run(brand, "ltv", {}).head["model"] == best
    weekly = next(graph for graph in report.graphs if graph.name == "by-week")
    assert weekly.lines[1].values[-1] == rows[best]["came"]
    assert weekly.lines[0].values[-1] == pytest.approx(rows[best]["forecast"])


def test_groups_share_out_what_all_are_worth_and_the_interval_holds_what_came(brand: Brand) -> None:
    whole = ltv(brand, model="bgnbd").rows[0]
    cohorts = ltv(brand, model="bgnbd", by="cohort").rows
    assert [row["group"] for row in cohorts] == ["1997-01", "1997-02", "1997-03"]
    assert sum(row["customers"] for row in cohorts) == whole["customers"]
    assert sum(row["total_fen"] for row in cohorts) == pytest.approx(whole["total_fen"])
    # Smaller groups are less certain for their size.
    width = (whole["high_fen"] - whole["low_fen"]) / whole["to_come_fen"]
    assert all((row["high_fen"] - row["low_fen"]) / row["to_come_fen"] > width for row in cohorts)
    top = ltv(brand, model="bgnbd", by="customer").rows
    assert len(top) == 1000
    assert all(row["low_fen"] <= row["to_come_fen"] <= row["high_fen"] for row in top[:100])

    report = running.run(brand, "ltv", {"until": "1997-12-31", "months": "6", "by": "all", "model": "bgnbd"})
    first = running.run(brand, "ltv", {"until": "1997-12-31", "model": "bgnbd", "by": "all"}).rows[0]
    later = running.run(brand, "ltv", {"until": "1998-06-30", "model": "bgnbd", "by": "all"}).rows[0]
    came = (later["realised_fen"] - first["realised_fen"]) * later["customers"]
    row = report.rows[0]
    assert row["low_fen"] * row["customers"] * 0.95 <= came <= row["high_fen"] * row["customers"] * 1.1
