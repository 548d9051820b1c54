"""Journeys as they are read from the lake, against plain Python over the same facts; and their report."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from guanxi.customers.models import Subject
from guanxi.economics import metrics, running
from guanxi.economics.journeys.attribution import read
from guanxi.economics.metrics.journeys import ORDERS, WRITTEN_DOWN
from guanxi.economics.reporting import Report
from guanxi.platform.models import Brand
from guanxi.touchpoints.kinds import KINDS
from guanxi.touchpoints.models import Touchpoint
from guanxi.warehouse import services
from tests.warehouse import rows

pytestmark = pytest.mark.django_db(transaction=True)
DAY = rows.DAY_MS
EVER = metrics.Days(-(2**31), 2**31 - 1)
Path = tuple[str, ...]


def naive(brand: Brand, days: int, first_alone: bool) -> tuple[Counter[tuple[Path, int]], Counter[Path]]:
    """Converting journeys as (path, revenue), and the others by path."""
    roots = dict(Subject.objects.filter(brand_id=brand.pk).values_list("pk", "customer_id"))
    stories: dict[int, list[Touchpoint]] = defaultdict(list)
    for fact in Touchpoint.objects.filter(brand_id=brand.pk, subject_id__isnull=False):
        stories[roots[fact.subject_id or 0]].append(fact)
    converted: Counter[tuple[Path, int]] = Counter()
    others: Counter[Path] = Counter()
    for facts in stories.values():
        orders: dict[int, int] = defaultdict(int)
        for fact in facts:
            if fact.kind == "order.paid":
                orders[fact.occurred_ms] += fact.amount_fen or 0
        met = sorted(
            (fact for fact in facts if fact.channel and fact.kind not in {*ORDERS, *WRITTEN_DOWN}),
            key=lambda fact: (fact.occurred_ms, fact.channel),
        )
        ends = sorted(orders)[:1] if first_alone else sorted(orders)
        begin = -(2**60)
        for end in ends:
            path = [
                f.channel for f in met if begin < f.occurred_ms <= end and end - f.occurred_ms <= days * DAY
            ]
            if path:
                converted[tuple(path), orders[end]] += 1
            begin = end
        after = [fact for fact in met if fact.occurred_ms > begin]
        if after and not (first_alone and ends):
            last = after[-1].occurred_ms
            others[tuple(f.channel for f in after if last - f.occurred_ms <= days * DAY)] += 1
    return converted, others


def facts_at_random(subjects: list[int], n: int, seed: int) -> list[dict[str, Any]]:
    chance = random.Random(seed)
    told = ["code.scanned", "message.sent", "member.joined"]
    return [
        {
            "kind": chance.choice(["order.paid", "order.refunded", "tag.added", *told, *told]),
            "channel": chance.choice(["tmall", "wecom", "sms", ""]),
            "subject_id": chance.choice([*subjects, None]),
            "occurred_ms": rows.BASE_MS + chance.randrange(40) * (DAY // 2),
            "amount_fen": chance.choice([None, 0, 100, 999]),
        }
        for _ in range(n)
    ]


@pytest.mark.parametrize("first_alone", [True, False])
@pytest.mark.parametrize("days", [3, 30])
def test_journeys_are_what_the_facts_say(days: int, first_alone: bool) -> None:
    brand = rows.brand()
    subjects = rows.people(brand, 20, subjects_each=2)
    rows.facts(brand, facts_at_random(subjects, 400, seed=days))
    services.sync(brand)
    journeys = read(brand, EVER, days, first_alone)
    converted: Counter[tuple[Path, int]] = Counter()
    others: Counter[Path] = Counter()
    for at, start in enumerate(journeys.start):
        path = [journeys.names[c] for c in journeys.channel[start : start + journeys.length[at]]]
        ordered = tuple(_in_order(path, journeys.before_ms[start : start + len(path)]))
        if journeys.conversions[at]:
            converted[ordered, int(journeys.revenue_fen[at])] += 1
        else:
            others[ordered] += 1
    assert (converted, others) == naive(brand, days, first_alone)
    tables = metrics_tables()
    counted = metrics.conversions(*tables, EVER, first_alone)
    every = running.ask(brand, counted)["conversions"][0].as_py()
    assert every >= sum(converted.values()) > 0


def metrics_tables() -> tuple[Any, Any]:
    from guanxi.warehouse.queries import tables

    return tables()["touchpoints"], tables()["subject_map"]


def _in_order(path: list[str], before_ms: Any) -> list[str]:
    """Touches of one moment come by the number of their channel: here by its name."""
    return [name for _, name in sorted(zip(-np.asarray(before_ms), path, strict=True))]


def report(brand: Brand, **given: Any) -> Report:
    services.sync(brand)
    return running.run(brand, "attribution", given)


def scan(subject: int, channel: str, day: float) -> dict[str, Any]:
    at = rows.BASE_MS + round(day * DAY)
    return {"kind": "code.scanned", "subject_id": subject, "channel": channel, "occurred_ms": at}


def order(subject: int, day: float, fen: int = 1_000) -> dict[str, Any]:
    return {"subject_id": subject, "occurred_ms": rows.BASE_MS + round(day * DAY), "amount_fen": fen}


def test_the_report_divides_every_order_by_every_method() -> None:
    brand = rows.brand()
    one, other, third, fourth = rows.people(brand, 4)
    rows.facts(
        brand,
        [
            scan(one, "wecom", 0),
            scan(one, "sms", 1),
            order(one, 2),
            scan(other, "wecom", 3),
            order(third, 3),
            scan(fourth, "sms", 0),
            order(fourth, 0.5, 501),
            order(fourth, 0.5, 500),
        ],
    )
    found = report(brand)
    credit = {(row["method"], row["channel"]): row["conversions"] for row in found.rows}
    assert credit["first", "wecom"] == credit["last", "wecom"] + 1 == 1
    assert credit["linear", "sms"] == credit["shapley", "sms"] == credit["position", "sms"] == 1.5
    assert found.head["conversions"] == 2
    assert found.head["conversions_without_touch"] == 1
    assert (found.head["journeys"], found.head["touches"], found.head["average_length"]) == (3, 4, 4 / 3)
    for method in {row["method"] for row in found.rows}:
        mine = [row for row in found.rows if row["method"] == method]
        assert sum(row["conversions"] for row in mine) == pytest.approx(2)
        assert sum(row["revenue_fen"] for row in mine) == found.head["revenue_fen"] == 2_001
    assert any("33.3%" in note for note in found.notes)
    assert found.answers
    assert {graph.kind.value for graph in found.graphs} == {"heatmap", "ranked"}


def test_a_period_has_the_journeys_that_end_in_it() -> None:
    brand = rows.brand()
    one, other = rows.people(brand, 2)
    rows.facts(brand, [scan(one, "sms", 0), order(one, 1), scan(other, "wecom", 9), order(other, 10)])
    day = (datetime.fromtimestamp(rows.BASE_MS / 1000, UTC) + timedelta(hours=8)).date()
    late = report(brand, since=day + timedelta(days=5))
    assert (late.head["conversions"], {row["channel"] for row in late.rows if row["share"]}) == (1, {"wecom"})
    early = report(brand, until=str(day + timedelta(days=5)))
    assert (early.head["conversions"], {row["channel"] for row in early.rows}) == (1, {"sms"})
    assert report(brand, until=date(2000, 1, 1)).rows == []


def test_too_little_is_said_and_not_computed() -> None:
    brand = rows.brand()
    assert "nobody has bought" in report(brand).notes[0]
    (one,) = rows.people(brand, 1)
    rows.facts(brand, [order(one, 5)])
    found = report(brand)
    assert "nothing is known" in found.notes[0]
    assert found.rows == []
    assert found.head["average_length"] is None
    rows.facts(brand, [scan(one, "sms", 6)])
    assert "no order has a touch" in report(brand, conversions="all").notes[0]


def test_what_is_no_touch_are_kinds_that_exist() -> None:
    known = {kind.name for kind in KINDS}
    assert {*ORDERS, *WRITTEN_DOWN} <= known
