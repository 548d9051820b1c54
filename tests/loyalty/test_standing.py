"""Giving and asking counted from the database and from the lake alike; loyalty told apart from habit."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from guanxi.customers.models import Subject
from guanxi.kernel.clock import DAY_MS
from guanxi.kernel.conditions import SOURCES, Feature, Moment, ValueType
from guanxi.loyalty.ledger.contracts import ClawBack
from guanxi.loyalty.standing import queries
from guanxi.loyalty.standing.leaves import SOURCE
from guanxi.platform import people
from guanxi.platform.contracts import Role
from guanxi.warehouse import queries as warehouse
from guanxi.warehouse.engines import close_all
from tests.loyalty.test_liability import START, Dated, some_history
from tests.warehouse import rows

LAGS = [Feature(SOURCE, days, ValueType.INTEGER, 0) for days in (3, 30, 400)]


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("GUANXI_HOME", str(tmp_path))
    yield
    close_all()


@pytest.fixture
def till(transactional_db: None) -> Dated:
    return Dated()


def sent(subject: int, day: float, campaign: str = "spring") -> dict[str, Any]:
    payload = f'{{"message":"m","campaign":"{campaign}"}}' if campaign else '{"message":"m"}'
    at = START + int(day * DAY_MS)
    return {"kind": "message.sent", "subject_id": subject, "occurred_ms": at, "payload": payload}


def paid(subject: int, day: int, payload: str = "") -> dict[str, Any]:
    at = START + day * DAY_MS
    return {"subject_id": subject, "occurred_ms": at, "amount_fen": 10_000, "payload": payload}


def lags(till: Dated, customers: list[int], moment: Moment) -> list[dict[int, Any]]:
    """Values and what changes them, from the database and from the lake."""
    source, brand = SOURCES[SOURCE], till.brand
    now = source.now(brand, LAGS, customers, moment)
    told = {
        who: (*(one.values[lag] for lag in LAGS), one.changes_ms) for who, one in now.items() if any_of(one)
    }
    table = source.table(brand, LAGS, warehouse.tables(), moment)
    found = warehouse.run(brand, table).to_pylist()
    names = ("f0", "f1", "f2", "changes_ms")
    lake = {row["customer_id"]: tuple(row[name] for name in names) for row in found}
    return [told, {who: one for who, one in lake.items() if any(one)}]


def any_of(values: Any) -> bool:
    return any(values.values.values()) or values.changes_ms is not None


@pytest.mark.parametrize("seed", [1, 2])
def test_database_and_lake_count_alike(till: Dated, seed: int) -> None:
    some_history(till, seed)
    chance = random.Random(seed)
    subjects = sorted(set(known_subjects(till)))[:8]
    days = [chance.choice([0, 1, 2.5, chance.randrange(150)]) for _ in range(60)]
    rows.facts(till.brand, [sent(chance.choice(subjects), day, chance.choice(["a", ""])) for day in days])
    till.sync()
    customers = sorted(set(known_customers(till)))
    compared = 0
    for day in (0, 1, 33, 90, 160):
        told, lake = lags(till, customers, Moment(START + day * DAY_MS))
        assert told == lake, day
        compared += len(told)
    assert compared > 8


def known_subjects(till: Dated) -> list[int]:
    return list(Subject.objects.filter(brand_id=till.brand_id).values_list("pk", flat=True))


def known_customers(till: Dated) -> list[int]:
    return list(Subject.objects.filter(brand_id=till.brand_id).values_list("customer_id", flat=True))


def test_giving_and_asking_by_hand(till: Dated) -> None:
    """Ann is asked three times by campaigns and given twice, of which one is taken back: two more asks."""
    ann = till.customer()
    first = till.earn(ann, 10).moves[0]
    till.at(1)
    till.earn(ann, 10)
    rows.facts(till.brand, [sent(ann, 1), sent(ann, 1), sent(ann, 2), sent(ann, 2, "")])
    till.ask(ClawBack(first, 10))
    till.sync()
    told, lake = lags(till, [ann], Moment(START + 3 * DAY_MS))
    assert told == lake
    assert told[ann][:3] == (2, 2, 2)
    later, _lake = lags(till, [ann], Moment(START + 4 * DAY_MS))
    assert later[ann][:2] == (1, 2)  # of three days: one ask is left, and the give of day 1 is not
    balance = queries.standing(till.brand).balance
    assert (balance.customers, balance.behind, balance.gives, balance.bought, balance.asks) == (1, 1, 1, 0, 3)


def test_loyalty_and_habit(till: Dated) -> None:
    """Ann buys on three days and scans a code, Ben buys on three days, Cai once with a scan, Dan thrice on
    one day: two orders of Ann's tell their discount, one has none."""
    ann, ben, cai, dan = (till.customer() for _ in range(4))
    free, cut = '{"order":"1","discount_fen":0}', '{"order":"2","discount_fen":500}'
    facts = [paid(who, day) for who in (ann, ben) for day in (300, 310)]
    facts += [paid(ann, 320, free), paid(ann, 320, cut), paid(ben, 321), paid(cai, 322)]
    facts += [paid(dan, 300)] * 3 + [paid(ben, -300)]
    scan = {"kind": "code.scanned", "occurred_ms": START + 300 * DAY_MS, "payload": '{"code":"x"}'}
    rows.facts(till.brand, facts + [{**scan, "subject_id": who} for who in (ann, cai)])
    till.sync()
    found = {one.name: one for one in queries.standing(till.brand).standings}
    assert {name: one.customers for name, one in found.items()} == {
        "loyal": 1,
        "habit": 1,
        "latent": 1,
        "neither": 1,
    }
    assert (found["loyal"].orders, found["loyal"].full_share, found["habit"].full_share) == (4, 0.5, None)
    assert found["loyal"].share == 0.25


def test_the_page(till: Dated) -> None:
    olga = people.create_user("olga", "a long and odd sentence", language="en", actor="cli")
    people.add_membership(olga.pk, till.brand_id, Role.OWNER, actor="cli")
    client = Client()
    client.post("/signin", {"username": "olga", "password": "a long and odd sentence"})
    assert "Not enough data yet" in client.get("/loyalty/standing").content.decode()
    ann = till.customer()
    rows.facts(till.brand, [paid(ann, day) for day in (1, 2, 3)])
    till.sync()
    page = client.get("/loyalty/standing").content.decode()
    assert "100.0% repeat and give no other sign" in page
    assert "SELECT" in page
