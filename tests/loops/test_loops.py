"""A loop's figures by hand, and the doors they are asked through: page, REST and command."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from guanxi.cli import main as cli
from guanxi.economics import assumptions
from guanxi.kernel.clock import DAY_MS
from guanxi.kernel.errors import Invalid, NotFound
from guanxi.loops import figures, queries
from guanxi.loops.contracts import LOOPS, Turn
from guanxi.loyalty.ledger.models import Asset
from guanxi.loyalty.rules import services as rules
from guanxi.loyalty.rules.contracts import State
from guanxi.platform import apikeys, people
from guanxi.platform.apikeys import Scope
from guanxi.platform.contracts import Role
from guanxi.platform.models import Brand
from guanxi.touchpoints.contracts import Fact, Identity, Mode
from guanxi.touchpoints.services import record
from guanxi.warehouse import services as lake
from guanxi.warehouse.engines import close_all
from tests.loyalty.test_liability import Dated

MAY = 1_746_028_800_000  # 2025-05-01 00:00 in Shanghai
GIVE = {
    "on": ["order.paid"],
    "where": [{"field": "amount_fen", "op": "ge", "value": 6_000}],
    "effects": [{"effect": "give", "asset": "points", "per": "amount", "each_fen": 100, "units": 1}],
}


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("GUANXI_HOME", str(tmp_path))
    yield
    close_all()


def fact(who: str, day: int, fen: int, order: str, kind: str = "order.paid") -> Fact:
    identity = Identity("member", who)
    return Fact(
        kind, f"{kind} {order}", MAY + day * DAY_MS, (identity,), amount_fen=fen, payload={"order": order}
    )


@pytest.fixture
def brand(transactional_db: None) -> Brand:
    """The worked example of docs/guide/loops.md."""
    brand = Dated().brand
    Asset.objects.update(unit_price_fen=1)
    rule = rules.create(brand, "a point a yuan", GIVE, actor="test")
    rules.set_state(brand, rule, 1, State.ACTIVE, actor="test")
    facts = [
        fact("ann", 0, 10_000, "a"),
        fact("ann", 19, 8_000, "b"),
        fact("ben", 2, 5_000, "c"),
        fact("ann", 20, 2_000, "b", "order.refunded"),
        fact("ben", 122, 1, "d"),
    ]
    assert record(brand.pk, "shop", facts, mode=Mode.BACKFILL).recorded == 5
    lake.sync(brand)
    assert lake.verify(brand).is_equal
    return brand


def test_the_worked_example(brand: Brand) -> None:
    found = queries.measure(brand, "loyalty", until=date(2025, 8, 30), margin_mille=500)
    (may,) = found.cohorts
    assert (may.entered, may.acted, may.produced, may.alone, may.open) == (3, 2, 1, 0, 0)
    assert may == figures.Cohort(**{**vars_of(found.whole), "month": "2025-05"})
    assert (may.back.share, may.yielded) == (0.5, 1 / 3)
    assert (may.days.low, may.days.median, may.days.high) == (19, 19, 19)
    assert (may.money.revenue_fen, may.money.margin_fen, may.money.cost_fen) == (6_000, 3_000, 160)
    assert may.money.return_on_cost == pytest.approx(17.75)
    assert may.money.per_cycle(may.money.cost_fen) == 80
    assert (round(may.back.low or 0, 1), round(may.back.high or 0, 1)) == (0.1, 0.9)
    assert may.back.is_small


def vars_of(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__dataclass_fields__}


def test_months_and_what_changed(brand: Brand) -> None:
    found = queries.measure(brand, "loyalty", margin_mille=500)
    assert found.until == date(2025, 8, 31)  # the day of the last fact
    assert found.month == "2025-08"
    told = [
        (one.month, one.cycles, one.customers, one.change) for one in found.counts if one.turn is Turn.ENTERED
    ]
    assert told == [
        ("2025-05", 3, 2, None),
        ("2025-06", 0, 0, -1.0),
        ("2025-07", 0, 0, None),
        ("2025-08", 1, 1, None),
    ]
    assert found.newest_closed == found.cohorts[0]
    early = queries.measure(brand, "loyalty", until=date(2025, 5, 30))
    assert (early.month, early.cohorts[0].open, early.cohorts[0].back.share) == ("", 3, None)


def test_what_is_not_known_is_none(brand: Brand) -> None:
    assert queries.measure(brand, "loyalty").whole.money.margin_fen is None  # nobody has said what is left
    assumptions.choose(brand.pk, margin_mille=400, actor="test")
    assert queries.measure(brand, "loyalty").whole.money.margin_fen == 2_400
    Asset.objects.update(unit_price_fen=None, version=9)
    lake.sync(brand)
    money = queries.measure(brand, "loyalty").whole.money
    assert (money.cost_fen, money.return_on_cost) == (None, None)
    with pytest.raises(Invalid):
        queries.measure(brand, "loyalty", margin_mille=1_001)
    with pytest.raises(NotFound):
        queries.find("nothing")


def test_quantiles_are_values_that_occur() -> None:
    assert figures.quantile([], 0.5) is None
    counted = [(1, 1), (5, 2), (90, 1)]
    assert [figures.quantile(counted, share) for share in (0.25, 0.5, 0.75, 1.0)] == [1, 5, 5, 90]


def test_every_loop_is_declared_whole() -> None:
    assert "loyalty" in LOOPS
    for loop in LOOPS:
        assert loop.window_days > 0
        assert all(one.label and one.meaning for one in (loop.input, loop.action, loop.output))


def signed_in(brand: Brand, role: Role = Role.OWNER) -> Client:
    olga = people.create_user("olga", "a long and odd sentence", language="en", actor="cli")
    people.add_membership(olga.pk, brand.pk, role, actor="cli")
    client = Client()
    client.post("/signin", {"username": "olga", "password": "a long and odd sentence"})
    return client


def test_the_pages(brand: Brand) -> None:
    client = signed_in(brand)
    assert "/loops/loyalty/opening" in client.get("/loops").content.decode()
    assert "/loops/loyalty/opening" in client.get("/loyalty").content.decode()
    opening = client.get("/loops/loyalty/opening").content.decode()
    assert "In 2025-08, the last full month" in opening
    assert "50.0%" in opening
    report = client.get("/loops/loyalty").content.decode()
    address = "/loops/loyalty/cycles?turn=produced&amp;month=2025-05&amp;by=entry"
    assert address in report
    assert "SELECT" in report
    assert "Margin is not known" in report
    rows = client.get(address.replace("&amp;", "&")).content.decode()
    assert "2025-05-20" in rows
    assert "¥60.00" in rows
    assert rows.count("<tr>") == 2
    assert client.get("/loops/loyalty/cycles?turn=open&month=2025-05").status_code == 404
    assert client.get("/loops/loyalty/cycles?turn=entered&month=x").status_code == 422
    assert "2025-05,3,2,1,0,0" in client.get("/loops/loyalty/months.csv").content.decode()
    assert client.get("/loops/loyalty/turns.csv").status_code == 200
    assert client.get("/loops/loyalty/other.csv").status_code == 404
    assert client.get("/loops/other").status_code == 404


def test_a_brand_without_facts(transactional_db: None) -> None:
    brand = Dated().brand
    client = signed_in(brand)
    for address in ("/loops", "/loops/loyalty", "/loops/loyalty/opening", "/loops/loyalty/months.csv"):
        assert client.get(address).status_code == 200, address
    rows = client.get("/loops/loyalty/cycles?turn=entered&month=2025-05").content.decode()
    assert "Nothing here" in rows
    assert queries.measure(brand, "loyalty").until is None


def test_rest_and_the_command(brand: Brand, capsys: pytest.CaptureFixture[str]) -> None:
    key = apikeys.issue(brand.pk, "report", [Scope.REPORTS_READ], actor="cli")
    headers = {"Authorization": f"Bearer {key.plaintext}"}
    client = Client()
    (one,) = client.get("/api/v1/loops", headers=headers).json()["loops"]
    assert [station["label"] for station in one["stations"]] == ["Purchase", "Reward", "Repurchase"]
    address = "/api/v1/loops/loyalty?until=2025-08-30&margin_mille=500"
    told = client.get(address, headers=headers).json()
    assert told["whole"]["return_on_cost"] == pytest.approx(17.75)
    assert client.get("/api/v1/loops/loyalty?margin_mille=x", headers=headers).status_code == 422
    words = ["loops", "show", "loyalty", "--until", "2025-08-30", "--margin", "0.5", "--brand", brand.slug]
    assert cli.run([*words, "--json"]) == 0
    said = json.loads(capsys.readouterr()[0])
    assert said == {name: told[name] for name in said}
    assert cli.run(words) == 0
    assert "2025-05" in capsys.readouterr()[0]
    assert cli.run(["loops", "list"]) == 0
    assert cli.run(["loops", "show", "nothing", "--brand", brand.slug]) == 4
    assert cli.run(["loops", "show", "loyalty", "--until", "soon", "--brand", brand.slug]) == 2
