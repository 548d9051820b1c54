"""What a customer costs, told by hand; who belongs where; and what is said where data is missing."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest

from guanxi.economics import running
from guanxi.economics.reporting import Report
from guanxi.economics.spending import rates
from guanxi.economics.spending.cost import interval
from guanxi.platform.models import Brand
from guanxi.warehouse import services as lake
from tests.economics.spending import number, spent, touch
from tests.warehouse import rows as world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def brand() -> Brand:
    return world.brand()


@pytest.fixture
def told(brand: Brand) -> Brand:
    """Eight customers: three by a code of Douyin's campaign (one through a KOL's), two of Tmall's shop, one
    of nowhere, one from before the period, and one who scanned only after buying."""
    a, b, c, d, e, f, g, h = world.people(brand, 8)
    scan, paid = "code.scanned", "order.paid"
    facts = [
        touch(a, "2026-03-01", scan, "douyin", code="x", campaign="618"),
        touch(a, "2026-03-05", paid, "tmall"),
        touch(a, "2026-03-20", paid, "tmall"),
        touch(b, "2026-03-02", "member.joined", "douyin", member="1"),
        touch(b, "2026-03-02", paid, "jd"),
        touch(c, "2026-04-02", scan, "", code="y", campaign='say "hi"'),
        touch(c, "2026-04-03", paid, "tmall"),
        touch(d, "2026-03-03", paid, "tmall", distributor="小王"),
        touch(e, "2026-03-03", paid, "tmall"),
        touch(f, "2026-03-04", paid, ""),
        touch(g, "2026-02-01", paid, "tmall"),
        touch(g, "2026-03-09", paid, "tmall"),
        touch(h, "2026-03-10", paid, "jd"),
        touch(h, "2026-03-11", scan, "douyin", code="x", campaign="618"),
        touch(h, "2026-03-01", "profile.updated", "youzan"),
    ]
    world.facts(brand, facts, source="shop")
    spent(brand, "2026-03-01", 200, campaign="618")
    spent(brand, "2026-03-31", 100, campaign="618", type="cpm", impressions=9_000)
    spent(brand, "2026-04-30", 60, "xiaohongshu", kol="小王", campaign='say "hi"', type="kol_fee")
    spent(brand, "2026-03-15", 500, "tmall", kol="小王", campaign="spring", type="kol_fee")
    lake.sync(brand)
    return brand


def cac(brand: Brand, by: str = "channel", **given: Any) -> Report:
    return running.run(brand, "cac", {"by": by, **given})


def by_name(report: Report) -> dict[Any, tuple[int, int, float | None]]:
    name = report.columns[0].name
    return {row[name]: (row["spend_fen"], row["customers"], row["cac_fen"]) for row in report.rows}


def test_by_channel(told: Brand) -> None:
    report = cac(told)
    assert by_name(report) == {
        "tmall": (50_000, 3, 50_000 / 3),
        "douyin": (30_000, 2, 15_000.0),
        "xiaohongshu": (6_000, 0, None),
        "jd": (0, 1, None),
        "shop": (0, 1, None),
    }
    assert report.head["since"] == "2026-03-01"
    assert report.head["until"] == "2026-04-30"
    assert (report.head["customers"], report.head["paid_customers"]) == (7, 5)
    assert report.head["blended_cac_fen"] == 86_000 / 7
    assert report.head["paid_cac_fen"] == 86_000 / 5
    assert (report.head["customers_by_touch"], report.head["customers_by_first_order"]) == (3, 4)
    notes = " ".join(report.notes)
    assert "Xiaohongshu" in notes
    assert "JD, shop" in notes
    assert "42.9%" in report.answers[-1]


def test_by_campaign_kol_platform_and_month(told: Brand) -> None:
    assert by_name(cac(told, "campaign")) == {
        "spring": (50_000, 0, None),
        "618": (30_000, 1, 30_000.0),
        'say "hi"': (6_000, 1, 6_000.0),
        "no campaign": (0, 5, None),
    }
    assert by_name(cac(told, "kol")) == {"小王": (56_000, 2, 28_000.0), "no KOL": (30_000, 5, 6_000.0)}
    assert by_name(cac(told, "platform"))["douyin"] == (30_000, 2, 15_000.0)
    assert by_name(cac(told, "month")) == {
        "2026-03": (80_000, 6, 80_000 / 6),
        "2026-04": (6_000, 1, 6_000.0),
    }


def test_a_period_of_one_s_own(told: Brand) -> None:
    report = cac(told, since="2026-04-01", until="2026-04-30")
    assert by_name(report) == {"xiaohongshu": (6_000, 0, None), "tmall": (0, 1, None)}
    nothing = cac(told, since="2020-01-01", until="2020-01-31")
    assert nothing.rows == []
    assert "Not enough data" in nothing.answers[0]


def test_without_spend_and_without_customers(brand: Brand) -> None:
    lake.sync(brand)
    assert cac(brand).rows == []
    assert "Not enough data" in cac(brand).answers[0]
    spent(brand, "2026-03-01", 10)
    lake.sync(brand)
    report = cac(brand)
    assert by_name(report) == {"douyin": (1_000, 0, None)}
    assert "nobody bought" in report.answers[0]
    assert report.head["blended_cac_fen"] is None
    assert report.figures[2].value is None


def test_the_plan_stands_beside_what_came(told: Brand) -> None:
    def state(platform: str, item: str, low: float, high: float, day: date = date(2026, 1, 1)) -> None:
        rates.set_rate(
            told.pk, platform, item, low=low, high=high, from_day=day, source="quotation", actor="cli"
        )

    state("douyin", "cpc", 100, 100)
    state("douyin", "cvr", 0.01, 0.02)
    state("douyin", "cvr", 0.5, 0.5, date(2026, 4, 1))  # later than the spend
    row = next(row for row in cac(told).rows if row["channel"] == "douyin")
    assert row["planned_share"] == pytest.approx(200 / 300)
    assert row["planned_fen"] == pytest.approx(100 / 0.015)
    assert (row["planned_low_fen"], row["planned_high_fen"]) == pytest.approx((5_000, 10_000))
    state("tmall", "kol_fee_nano", 10_000, 20_000)
    state("tmall", "kol_fee_micro", 40_000, 60_000)
    state("tmall", "kol_views_micro", 10_000, 10_000)
    state("tmall", "ctr", 0.01, 0.01)
    state("tmall", "cvr", 0.1, 0.1)
    row = next(row for row in cac(told).rows if row["channel"] == "tmall")
    assert row["planned_fen"] == pytest.approx(50_000 / 10)


def test_marginal_cost_where_spend_varies(brand: Brand) -> None:
    chance = random.Random(4)
    start = number("2025-01-06")
    subjects = iter(world.people(brand, 900))
    facts = []
    for week in range(30):
        money = chance.choice([500, 1_000, 2_000, 4_000])
        spent(brand, start + 7 * week, money)
        spent(brand, start + 7 * week + 6, 100, "jd")
        for _ in range(3 + money // 200):
            facts.append(
                touch(next(subjects), start + 7 * week + chance.randrange(7), "order.paid", "douyin")
            )
    world.facts(brand, facts)
    lake.sync(brand)
    rows = {row["channel"]: row for row in cac(brand).rows}
    assert rows["douyin"]["marginal_fen"] == pytest.approx(20_000, rel=0.1)
    assert rows["douyin"]["marginal_low_fen"] <= 20_000 <= rows["douyin"]["marginal_high_fen"]
    assert rows["jd"]["marginal_fen"] is None
    report = running.run(brand, "response", {})
    assert [row["channel"] for row in report.rows] == ["douyin", "jd"]
    assert report.rows[0]["weeks"] == 30
    assert report.rows[1]["why"].startswith("fewer than")
    (graph,) = report.graphs
    assert len(graph.labels) == len(graph.lines[0].values) == len(graph.lines[0].low) == 21


def test_an_interval_is_exact() -> None:
    assert interval(1_000, 0)[1] is None
    assert interval(0, 5) == (None, None)
    low, high = interval(100, 10)
    assert low is not None
    assert high is not None
    assert (100 / low, 100 / high) == pytest.approx((16.962, 5.425), abs=1e-3)  # Garwood, 90 %
