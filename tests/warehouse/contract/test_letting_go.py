"""What the log has lost, every engine has lost: also where only whose the facts are is gone."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from guanxi.warehouse import letting_go, queries
from guanxi.warehouse.contracts import LogSource
from guanxi.warehouse.engines import engine
from guanxi.warehouse.lake import Lake
from tests.warehouse.contract.test_every_engine import BACK, MIDNIGHT, PAID, write_lake

DAY = 86_400_000
SCANNED = "code.scanned"
# ids count from 1 in this order
FACTS = [
    (PAID, "a", 1, MIDNIGHT, 5),
    (SCANNED, "a", 1, MIDNIGHT, None),
    (SCANNED, "a", 2, MIDNIGHT, 7),  # of money, whatever its kind
    (PAID, "a", 2, MIDNIGHT + 40 * DAY, 5),
    (SCANNED, "a", 1, MIDNIGHT, None),  # recorded after the run
    (SCANNED, "a", None, MIDNIGHT + 40 * DAY, None),
]
LOG = LogSource("touchpoints", until={}, rows={})


def held(brand: Any) -> list[tuple[int, int | None]]:
    facts = queries.tables()["touchpoints"]
    rows = queries.run(brand, facts.select("id", "subject_id").order_by("id")).to_pylist()
    return [(row["id"], row["subject_id"]) for row in rows]


def test_every_engine_follows(engine_url: str, settings: Any) -> None:
    settings.WAREHOUSE_URL = engine_url
    brand: Any = SimpleNamespace(slug="going")
    lake = write_lake("going", FACTS, {1: 1, 2: 2})  # type: ignore[arg-type]
    engine().load(lake)
    first = held(brand)[0][0]
    steps: list[tuple[letting_go.Gone, list[tuple[int, int | None]]]] = [
        ([[PAID, MIDNIGHT + DAY, first, 1]], [(0, None), (1, 1), (2, 2), (3, 2), (4, 1), (5, None)]),
        (
            [[PAID, MIDNIGHT + DAY, first, 1], [SCANNED, MIDNIGHT + DAY, first + 2, 0]],
            [(0, None), (2, None), (3, 2), (4, 1), (5, None)],
        ),
        (
            [[PAID, MIDNIGHT + 50 * DAY, first + 9, 1], [SCANNED, MIDNIGHT + 50 * DAY, first + 9, 0]],
            [(0, None), (2, None), (3, None)],
        ),
    ]
    for gone, wanted in steps:
        with lake.locked():
            manifest = lake.manifest()
            assert letting_go.covers(gone, manifest.gone.get("touchpoints", []))
            lake.commit(letting_go.followed(lake, manifest, LOG, gone))
        engine().load(lake)
        assert held(brand) == [(first + number, subject) for number, subject in wanted]
        assert Lake("going").manifest().gone == {"touchpoints": gone}


@pytest.mark.parametrize(
    ("now", "before", "covered"),
    [
        ([], [], True),
        ([], [[PAID, 1, 1, 1]], False),
        ([[PAID, 5, 5, 1]], [[PAID, 1, 1, 1], [PAID, 5, 5, 1]], True),
        ([[PAID, 5, 4, 1]], [[PAID, 1, 5, 1]], False),
        ([[BACK, 5, 5, 1]], [[PAID, 1, 1, 1]], False),
    ],
)
def test_what_is_covered(now: letting_go.Gone, before: letting_go.Gone, covered: bool) -> None:
    assert letting_go.covers(now, before) is covered
