"""A budget from the brand's own weeks: bounds kept, better than today, and refused with words."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest

from guanxi.economics import running
from guanxi.economics.reporting import Report
from guanxi.economics.spending.limits import Limit, limits_of
from guanxi.kernel.errors import Invalid
from guanxi.platform.models import Brand
from guanxi.warehouse import services as lake
from tests.economics.spending import number, spent, touch
from tests.warehouse import rows as world

WEEKS = 30
START = number("2025-01-06")  # a Monday


@pytest.fixture
def brand() -> Brand:
    """Douyin brings much and soon no more, JD little but straight; Weibo's spend never moves."""
    brand = world.brand()
    chance = random.Random(1)
    plan = []
    for week in range(WEEKS):
        douyin, jd = (chance.choice([200, 500, 1_000, 2_000, 3_000]) for _ in range(2))
        if week >= WEEKS - 4:
            douyin, jd = 3_000, 500  # today: far too much on Douyin
        plan.append((week, "douyin", douyin, round(40 * -math.expm1(-douyin / 600))))
        plan.append((week, "jd", jd, round(jd / 80)))
        plan.append((week, "weibo", 100, 2))
    subjects = iter(world.people(brand, sum(customers for *_rest, customers in plan)))
    facts = []
    for week, name, money, customers in plan:
        spent(brand, START + 7 * week + (6 if week == WEEKS - 1 else 0), money, name)
        for _ in range(customers):
            facts.append(touch(next(subjects), START + 7 * week + chance.randrange(7), "order.paid", name))
    spent(brand, START, 0.01, "douyin", campaign="the first day")
    world.facts(brand, facts)
    lake.sync(brand)
    return brand


def asked(brand: Brand, **given: Any) -> Report:
    return running.run(brand, "budget", given)


def then(report: Report) -> dict[str, float]:
    return {row["channel"]: row["then_fen"] for row in report.rows}


@pytest.mark.django_db(transaction=True)
def test_a_budget_of_one_s_own_weeks(brand: Brand) -> None:
    today = asked(brand)
    assert sum(then(today).values()) == pytest.approx(today.head["now_fen"])
    assert today.head["total_fen"] == pytest.approx((3_000 + 500 + 100) * 400)
    assert then(today)["douyin"] < 3_000 * 400 < then(today)["douyin"] + then(today)["jd"]
    assert then(today)["weibo"] == pytest.approx(100 * 400)
    assert today.head["customers_then"] > today.head["customers_now"] * 1.1
    assert today.head["cac_then_fen"] < today.head["cac_now_fen"]
    assert "Weibo" in " ".join(today.notes)
    assert "JD" in today.answers[-1]
    (low, value, high) = (today.figures[0].low, today.figures[0].value, today.figures[0].high)
    assert isinstance(value, float)
    assert low is not None
    assert high is not None
    assert low < value < high
    inside = [
        row["marginal_then_fen"] for row in today.rows if row["least_fen"] < row["then_fen"] < row["most_fen"]
    ]
    assert inside == pytest.approx([inside[0]] * len(inside), rel=1e-4)

    limits = "douyin=8,000-10,000；jd=-3000 weibo=500"
    bound = asked(brand, total="12000", limits=limits)
    assert sum(then(bound).values()) == pytest.approx(1_200_000)
    assert 800_000 <= then(bound)["douyin"] <= 1_000_000
    assert then(bound)["jd"] <= 300_000
    assert then(bound)["weibo"] == 50_000

    by_margin = asked(brand, goal="margin")
    assert by_margin.head["margin_then_fen"] >= by_margin.head["margin_now_fen"]
    assert any("margin is revenue" in note for note in by_margin.notes)

    with pytest.raises(Invalid, match="cannot be divided"):
        asked(brand, total="99999999")
    with pytest.raises(Invalid, match="No spend is known for the channel 'tmall'"):
        asked(brand, limits="tmall=5")
    with pytest.raises(Invalid, match="is no limit"):
        asked(brand, limits="jd=9-5")
    few = asked(brand, until="2025-02-10")
    assert "no channel's response" in few.answers[0]


@pytest.mark.django_db(transaction=True)
def test_nothing_to_divide() -> None:
    brand = world.brand()
    lake.sync(brand)
    report = asked(brand)
    assert report.rows == []
    assert "Not enough data" in report.answers[0]


def test_how_limits_are_written() -> None:
    known = ["douyin", "jd", "a b"]
    assert limits_of("", known) == {}
    assert limits_of("douyin=1,000-5,000,jd=-200.5", known) == {
        "douyin": Limit(100_000, 500_000),
        "jd": Limit(None, 20_050),
    }
    assert limits_of("a b＝5～7", known) == {"a b": Limit(500, 700)}
    assert limits_of("jd=5-", known) == {"jd": Limit(500, None)}
    assert limits_of("jd = 5", known) == {"jd": Limit(500, 500)}
    for wrong in ("jd", "jd=", "jd=-", "jd=x", "jd=1-2-3", "jd=1.2.3"):
        with pytest.raises(Invalid):
            limits_of(wrong, known)
    with pytest.raises(Invalid, match="two limits"):
        limits_of("jd=1 jd=2", known)
