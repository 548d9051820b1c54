"""Scoring, and the rules against the simulator's truth."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from bench import _truth

from guanxi.customers.scoring import Scored, score
from guanxi.simulator.brand import simulate
from tests.customers.world import brand, check, resolved


def test_pairs_are_counted() -> None:
    rows = [
        Scored("A", "A.1", 1),
        Scored("A", "A.1", 1),
        Scored("A", "A.1", 2),
        Scored("A", "A.2", 3),
        Scored("B", "B.1", 1),
        Scored("B", "B.1", None),
    ]
    figures = score(rows)
    assert (figures.found_pairs, figures.wrong_pairs) == (3, 2)
    assert (figures.findable_pairs, figures.found_findable_pairs, figures.true_pairs) == (4, 1, 7)
    assert figures.precision == pytest.approx(1 / 3)
    assert figures.recall == pytest.approx(1 / 4)
    assert score([]).precision == score([]).recall == 1.0


@pytest.mark.django_db
def test_the_rules_find_people(tmp_path: Path) -> None:
    simulate(tmp_path, customers=2_000, seed=4_711, years=3, until=date(2026, 10, 31))
    brand_id = brand()
    records = list(_truth.read(tmp_path, "records"))
    found = [
        n
        for at in range(0, len(records), 2_000)
        for n in resolved(brand_id, *map(_truth.sighting, records[at : at + 2_000])).subject_ids
    ]
    check(brand_id)
    identities = list(_truth.read(tmp_path, "identities"))
    for figures in (
        _truth.identities_score(brand_id, identities),
        _truth.records_score(brand_id, records, found, identities),
    ):
        assert figures.precision >= 0.998, figures.figures()
        assert figures.recall >= 0.98, figures.figures()
