"""Every metric gives the same answer on every engine, on data that is out to get it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from guanxi.economics import metrics
from guanxi.warehouse import files, queries
from guanxi.warehouse.engines import engine
from guanxi.warehouse.lake import Lake, Manifest
from guanxi.warehouse.schemas import CUSTOMER_STATES, CUSTOMERS, SUBJECT_MAP, TOUCHPOINTS
from tests.community.made import anybody, table_of
from tests.loyalty.made import ledger
from tests.warehouse.contract.asked import every_metric

Fact = tuple[str, str | None, int | None, int, int | None]  # kind, channel, subject, occurred, amount
PAID, BACK = "order.paid", "order.refunded"
HOUR = 3_600_000
MIDNIGHT = 1_704_038_400_000  # 2024-01-01 00:00 in Shanghai
AUGUST_1986 = 523_000_000_000  # summer time in Shanghai
random_facts: list[Fact] = [
    (
        chance.choice([PAID, PAID, PAID, BACK, "code.scanned"]),
        chance.choice(["tmall", "jd", "", None]),
        chance.choice([None, *range(1, 30)]),
        MIDNIGHT + chance.randrange(-400, 400) * 24 * HOUR + chance.choice([-1, 0, -8 * HOUR, 8 * HOUR - 1]),
        chance.choice([None, 0, -500, 1, 99_999]),
    )
    for chance in [random.Random(11)]
    for _ in range(400)
]
PAYLOADS = (
    "",
    None,
    '{"items":[{"sku":"A1","title":"面霜 \\"滋润\\"","category":"护肤"},{"title":"Soap"}]}',
    '{"items":[{"sku":"A1"}],"status":"paid"}',
    '{"items":[]}',
    '{"items":[{"title":"Soap","category":"a \\"b\\"\\\\"}]}',
)
ADCODES = (None, 310000, 310115, 330106, 440000, 0)
CASES: dict[str, tuple[list[Fact], dict[int, int]]] = {
    "nothing": ([], {}),
    "customers who never bought": ([], {1: 1, 2: 1}),
    "only anonymous": ([(PAID, "tmall", None, MIDNIGHT, 100), (BACK, "", None, MIDNIGHT, 5)], {}),
    "only refunds": ([(BACK, "jd", 1, MIDNIGHT, 100)], {1: 1}),
    "amounts unknown": ([(PAID, None, 1, MIDNIGHT, None), (BACK, None, 1, MIDNIGHT, None)], {1: 1}),
    "negative and huge": ([(PAID, "a", 1, 0, -7), (PAID, "a", 1, 0, 2**53 + 1)], {1: 1}),
    "around midnight": (
        [(PAID, "x", 1, MIDNIGHT + offset, 1) for offset in (-8 * HOUR, -1, 0, 8 * HOUR - 1, 8 * HOUR)],
        {1: 1},
    ),
    "summer time of 1986": ([(PAID, "x", 1, AUGUST_1986, 1), (PAID, "x", 2, -1, 1)], {1: 1, 2: 2}),
    "merged subjects": (
        [(PAID, "a", s, MIDNIGHT + s * 31 * 24 * HOUR, s) for s in (1, 2, 3, 3, 4)],
        {1: 1, 2: 1, 3: 1, 4: 4},
    ),
    "a subject that the map lacks": ([(PAID, "a", 9, 0, 1), (PAID, "a", 9, 0, 1)], {1: 1}),
    "ties of revenue": ([(PAID, name, 1, MIDNIGHT, 50) for name in ("b", "a", "丙", "")], {1: 1}),
    "states that changed": (
        [
            ("state.changed", None, s, 1_700_000_000_000 + at, None)
            for s, at in ((1, -1), (1, 1), (1, 2), (2, 0))
        ],
        {1: 1, 2: 2, 3: 3, 4: 4},
    ),
    "at random": (random_facts, {s: s if s < 20 else s - 19 for s in range(1, 29)}),
}


APART = 1_000  # between the subjects of one case and those of the next
# The cases stand in one lake, each with subjects of its own; two are also asked alone, as there sums of
# nothing are of nothing.
LAKES: dict[str, tuple[list[Fact], dict[int, int]]] = {
    "every case": (
        [
            (kind, channel, None if subject is None else subject + number * APART, at_ms, amount)
            for number, (facts, _) in enumerate(CASES.values())
            for kind, channel, subject, at_ms, amount in facts
        ],
        {
            subject + number * APART: root + number * APART
            for number, (_, roots) in enumerate(CASES.values())
            for subject, root in roots.items()
        },
    ),
    **{name: CASES[name] for name in ("nothing", "amounts unknown")},
}


def payload_of(
    number: int, kind: str, _channel: object, _subject: object, at_ms: int, _: object
) -> str | None:
    """What a change of state says; of other facts one after the other of what payloads may hold."""
    if kind != "state.changed":
        return PAYLOADS[number % len(PAYLOADS)]
    return f'{{"from":"{"new" if at_ms % 2 else "loyal"}","to":"at_risk","since_ms":{at_ms - 5_000}}}'


def write_lake(slug: str, facts: list[Fact], roots: dict[int, int]) -> Lake:
    lake = Lake(slug)
    columns = list(zip(*facts, strict=True)) or [()] * 5
    rows = pa.table(
        {
            "id": pa.array(np.arange(1, len(facts) + 1)),
            "source": pa.repeat("test", len(facts)),
            "kind": pa.array(columns[0], pa.string()),
            "channel": pa.array(columns[1], pa.string()),
            "subject_id": pa.array(columns[2], pa.int64()),
            "occurred_ms": pa.array(columns[3], pa.int64()),
            "amount_fen": pa.array(columns[4], pa.int64()),
            "quantity": pa.nulls(len(facts), pa.int64()),
            "payload": pa.array([payload_of(number, *fact) for number, fact in enumerate(facts)]),
        }
    )
    table = files.finished(rows, "Asia/Shanghai").cast(TOUCHPOINTS)
    customers = sorted(set(roots.values()))
    snapshots = {
        "subject_map": pa.table(
            [list(roots), list(roots.values()), ["phone"] * len(roots), [0] * len(roots)], schema=SUBJECT_MAP
        ),
        "customers": pa.table(
            [
                customers,
                [0] * len(customers),
                [9] * len(customers),
                [ADCODES[customer % len(ADCODES)] for customer in customers],
                *([[None] * len(customers)] * 5),
            ],
            schema=CUSTOMERS,
        ),
        "customer_states": pa.table(
            [
                customers,
                [("new", "active", "loyal")[number % 3] for number in customers],
                [0 if number % 4 else 1 << 41 for number in customers],
            ],
            schema=CUSTOMER_STATES,
        ),
    }
    chance = random.Random(3)
    snapshots["followers"] = table_of([anybody(chance, subject) for subject in roots])
    snapshots |= ledger(chance, len(roots))
    with lake.locked():
        manifest = Manifest(timezone="Asia/Shanghai", lineage=slug, synced_ms=0)
        written = [files.write(lake, "touchpoints", part, month) for month, part in files.by_month(table)]
        manifest = manifest.with_files("touchpoints", written)
        for name, content in snapshots.items():
            manifest = manifest.with_files(name, [files.write(lake, name, content)])
        lake.commit(manifest)
    return lake


@cache
def expected(case: str) -> dict[str, Any]:
    """DuckDB's answers, which other tests hold against plain Python."""
    lake = write_lake(slug_of(case), *LAKES[case])
    return {
        name: engine("duckdb://").query(lake, queries.sql(expression)).to_pylist()
        for name, expression in every_metric().items()
    }


def slug_of(case: str) -> str:
    return case.replace(" ", "-")


@pytest.fixture(scope="module", autouse=True)
def _forgotten() -> Iterator[None]:
    """The lakes are those of the module's folder."""
    yield
    expected.cache_clear()


@pytest.mark.parametrize("case", list(LAKES))
def test_every_metric_agrees(case: str, engine_url: str, settings: Any) -> None:
    slug, wanted = slug_of(case), expected(case)
    settings.WAREHOUSE_URL = engine_url
    brand: Any = SimpleNamespace(slug=slug)
    engine().load(Lake(slug))
    assert queries.version(brand) == Lake(slug).manifest().version
    for name, expression in every_metric().items():
        got = queries.run(brand, expression)
        assert got.schema == expression.schema().to_pyarrow(), name
        assert got.to_pylist() == wanted[name], name


def test_a_changed_lake_is_answered_anew(engine_url: str, settings: Any) -> None:
    settings.WAREHOUSE_URL = engine_url
    brand: Any = SimpleNamespace(slug="moving")
    total = metrics.totals(queries.tables()["touchpoints"])
    before = ""
    for facts in ([(PAID, "a", 1, MIDNIGHT, 5)], [(PAID, "a", 1, MIDNIGHT, 5), (PAID, "a", 1, 0, 6)], []):
        lake = write_lake("moving", list(facts), {1: 1})
        engine().load(lake)
        assert queries.version(brand) != before
        before = queries.version(brand)
        assert queries.run(brand, total)["orders"].to_pylist() == [len(facts)]


def test_a_brand_that_was_never_synced_is_empty(engine_url: str, settings: Any) -> None:
    settings.WAREHOUSE_URL = engine_url
    brand: Any = SimpleNamespace(slug="unsynced")
    engine().load(Lake("unsynced"))
    assert queries.run(brand, metrics.customers(queries.tables()["customers"])).to_pylist() == [
        {"customers": 0}
    ]
