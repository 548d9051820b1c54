"""Cohorts against plain Python over the same rows."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from guanxi.economics import assumptions, metrics, running
from guanxi.economics.reporting import Drawn, Report
from guanxi.economics.retention import bitmaps
from guanxi.economics.retention.intervals import wilson
from guanxi.platform.models import Brand
from guanxi.warehouse import queries as warehouse
from guanxi.warehouse import services
from tests.economics.retention.oracle import Oracle, after, local, moment, random_brand, small_brand
from tests.warehouse import rows

pytestmark = pytest.mark.django_db(transaction=True)
PAID, BACK = "order.paid", "order.refunded"
MONEY = ("orders", "revenue_fen", "refunds_fen")


@pytest.fixture(params=[1, 2])
def brand(request: pytest.FixtureRequest) -> Brand:
    return random_brand(request.param)


def cohorts(brand: Brand, **given: Any) -> Report:
    return running.run(brand, "cohorts", given)


@pytest.mark.parametrize("per", ["week", "month", "quarter"])
@pytest.mark.parametrize("by", ["all", "channel", "city", "first_product"])
def test_every_cell_is_what_the_rows_say(brand: Brand, per: str, by: str) -> None:
    wanted = Oracle(brand).cells(per, by)
    sizes = {key[:2]: cell["customers"] for key, cell in wanted.items() if key[0] == key[2]}
    spoken = {None: "Unknown", "310100": "上海市 Shanghai", "330100": "浙江省杭州市 Hangzhou, Zhejiang"}
    spoken["440000"] = "广东省 Guangdong"
    report = cohorts(brand, per=per, by=by)
    got = {}
    for row in report.rows:
        key = (row["cohort"], row["group"], after(row["cohort"], per, row["age"]))
        got[key] = {name: row[name] for name in ("customers", *MONEY) if row[name]}
        assert row["margin_fen"] == row["revenue_fen"] - row["refunds_fen"]
    told = {
        (cohort, spoken.get(group, group), active): {name: value for name, value in cell.items() if value}
        for (cohort, group, active), cell in wanted.items()
    }
    assert {key: cell for key, cell in got.items() if cell} == {k: cell for k, cell in told.items() if cell}
    for row in report.rows:
        size = row["size"]
        assert size in sizes.values() and row["share"] == row["customers"] / size
        assert row["age"] or (row["customers"], row["share"]) == (size, 1)


def test_until_knows_nothing_later(brand: Brand) -> None:
    until = date(2024, 6, 20)
    wanted = Oracle(brand, until).cells("month", "all")
    report = cohorts(brand, until=until)
    assert sum(row["revenue_fen"] for row in report.rows) == sum(c["revenue_fen"] for c in wanted.values())
    last = report.rows[-1]
    assert after(last["cohort"], "month", last["age"]) == "2024-06"
    assert last["observed"] == pytest.approx(20 / 30)
    assert report.head["until"] == "2024-06-20"
    assert "2024-06 is not over" in report.notes[0]


def test_since_leaves_older_cohorts_out(brand: Brand) -> None:
    every, later = cohorts(brand), cohorts(brand, since=date(2024, 2, 29))
    assert later.rows == [row for row in every.rows if row["cohort"] >= "2024-02"]
    assert "so far" not in "".join(later.notes)


@pytest.mark.parametrize("per", ["month", "quarter"])
def test_what_is_kept_is_what_the_metric_says(brand: Brand, per: str) -> None:
    kept = bitmaps.read(brand)
    assert kept is not None
    lake = warehouse.tables()
    until = (Oracle(brand).last_day() - date(1970, 1, 1)).days
    metric = metrics.cohort_cells(lake["touchpoints"], lake["subject_map"], per, until)
    assert kept.span.last == until
    got = {(cell["cohort"], cell["period"]): cell for cell in bitmaps.cells(kept, per)}
    assert got == {
        (cell["cohort"], cell["period"]): cell for cell in warehouse.run(brand, metric).to_pylist()
    }


def test_what_is_kept_is_left_when_it_does_not_hold(brand: Brand) -> None:
    before = cohorts(brand)
    assumptions.choose(brand.pk, margin_mille=500, actor="system:test")
    assert bitmaps.read(brand) is None
    halved = cohorts(brand)
    assert [row["customers"] for row in halved.rows] == [row["customers"] for row in before.rows]
    assert [row["margin_fen"] for row in halved.rows] == [
        pytest.approx(row["margin_fen"] / 2, abs=0.5) for row in before.rows
    ]
    subject = next(iter(Oracle(brand).roots))
    rows.facts(brand, [{"subject_id": subject, "occurred_ms": moment("2025-03-01")}])
    services.sync(brand)
    kept = bitmaps.read(brand)
    assert kept is not None and kept.months
    path = bitmaps._path(brand)
    path.write_bytes(b"broken")
    assert bitmaps.read(brand) is None
    assert cohorts(brand).rows


def test_more_months_than_bits_are_not_kept() -> None:
    brand = small_brand(
        [(0, PAID, "2014-01-31", 100), (0, PAID, "2024-01-01", 50), (1, PAID, "2024-01-02", 1)]
    )
    assert bitmaps.read(brand) is None
    report = cohorts(brand)
    assert len(report.rows) == 121 + 1
    assert [row["age"] for row in report.rows if row["customers"]] == [0, 120, 0]
    assert cohorts(brand, per="week").rows
    assert len(cohorts(brand, per="quarter").rows) == 41 + 1


def test_the_average_is_weighted_over_cohorts_that_have_seen_it() -> None:
    brand = small_brand(
        [(person, PAID, "2024-01-10", 100) for person in range(3)]
        + [(0, PAID, "2024-02-10", 100), (3, PAID, "2024-02-10", 400), (3, PAID, "2024-03-10", 100)]
        + [(4, PAID, "2024-03-31", 1000), (3, BACK, "2024-03-31", 900)]
    )
    curves = {
        value: next(graph for graph in cohorts(brand, value=value).graphs if graph.name == "average")
        for value in ("customers", "revenue", "margin")
    }
    assert curves["customers"].kind is Drawn.BANDS
    assert list(curves["customers"].lines[0].values) == [2 / 4, 0]
    assert (curves["customers"].lines[0].low[0], curves["customers"].lines[0].high[0]) == wilson(2, 4)
    assert list(curves["revenue"].lines[0].values) == pytest.approx([1700 / 5, 340 + 50, 390])
    assert list(curves["margin"].lines[0].values) == pytest.approx([340, 340 - 700 / 4, 340 - 175])


def test_groups_have_curves_of_their_own(brand: Brand) -> None:
    report = cohorts(brand, by="channel", value="margin")
    heat, average = report.graphs
    assert {"tmall", "jd", "store", "Unknown"} == {line.name for line in heat.lines}
    assert {len(line.values) for line in heat.lines} == {len(heat.labels)}
    assert {len(line.values) for line in average.lines} == {len(average.labels)}


def test_most_groups_are_told_together() -> None:
    found = rows.brand("many")
    people = rows.people(found, 46)
    names = [f"c{number // 2:02d}" for number in range(46)]
    rows.facts(
        found,
        [
            {"subject_id": one, "occurred_ms": moment("2024-01-05"), "channel": name, "amount_fen": 1}
            for one, name in zip(people, names, strict=True)
        ],
    )
    services.sync(found)
    sizes = {row["group"]: row["size"] for row in cohorts(found, by="channel").rows}
    assert sizes == {f"c{number:02d}": 2 for number in range(20)} | {"Other": 6}


def test_nobody_is_not_enough_data() -> None:
    brand = rows.brand()
    for synced in (False, True):
        if synced:
            services.sync(brand)
        for by in ("all", "channel"):
            report = cohorts(brand, by=by)
            assert not report.rows and not report.graphs
            assert "Not enough data" in report.notes[0]
    assert cohorts(brand, until=date(1990, 1, 1)).notes
    later = small_brand([(0, PAID, "2024-05-01", 1)])
    assert "Not enough data" in cohorts(later, until=date(2024, 1, 1)).notes[0]
    assert "Not enough data" in cohorts(later, since=date(2025, 1, 1)).notes[0]


def test_one_customer_who_was_given_back_more_than_paid() -> None:
    brand = small_brand(
        [(0, PAID, "2024-05-01", 100), (0, BACK, "2024-03-01", 30), (0, BACK, "2024-06-30", 400)]
    )
    rows.facts(brand, [{"kind": PAID, "occurred_ms": moment("2024-06-30"), "amount_fen": 5}])
    services.sync(brand)
    (only,) = cohorts(brand).rows
    assert (only["size"], only["refunds_fen"], only["margin_fen"]) == (1, 30, 70)  # nothing later is known
    first, second = cohorts(brand, until=date(2024, 6, 30)).rows
    assert (first["refunds_fen"], second["refunds_fen"], second["margin_per_head_fen"]) == (30, 400, -330)
    assert (second["customers"], second["share"], second["observed"]) == (0, 0, 1)


def test_what_lies_in_the_future_is_left_out_and_said() -> None:
    brand = small_brand([(0, PAID, "2024-05-31", 100), (0, PAID, "2924-05-01", 7)])
    report = cohorts(brand)
    assert [row["revenue_fen"] for row in report.rows] == [100]
    assert report.notes[0] == "1 orders are dated in the future and are left out."
    assert local(moment("2924-05-01")) == date(2924, 5, 1)


def test_the_sql_is_told_also_of_what_is_kept(brand: Brand) -> None:
    assert bitmaps.read(brand) is not None
    assert any("cohort" in sql for sql in cohorts(brand).sql)
