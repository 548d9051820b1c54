"""The simulator's pages: levers in the address, scenarios under a name, compared, taken away."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from guanxi.economics.models import Scenario
from guanxi.economics.scenarios import keeping
from guanxi.kernel.errors import Conflict, Invalid, Limit, NotFound
from guanxi.platform.models import AuditEntry, Brand
from guanxi.warehouse import services
from guanxi.warehouse.engines import close_all
from tests.console.world import NOW, World, as_, build
from tests.warehouse import rows

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("GUANXI_HOME", str(tmp_path))
    yield
    close_all()


def busy(brand: Brand) -> None:
    """Two years of customers, a third of whom come back each month."""
    people = rows.people(brand, 240)
    month = 30 * rows.DAY_MS + 11 * rows.DAY_MS // 24
    rows.facts(
        brand,
        [
            {"subject_id": one, "occurred_ms": NOW - (24 - at // 10 - k) * month, "amount_fen": 20_000}
            for at, one in enumerate(people)
            for k in range(24 - at // 10)
            if k == 0 or (at + k) % 3 == 0
        ],
        source="busy",
    )
    services.sync(brand)


@pytest.fixture
def world() -> World:
    found = build()
    busy(found.brand)
    return found


def specs(html: str) -> dict[str, Any]:
    found = re.findall(r'<script id="([\w-]+)-spec" type="application/json">(.*?)</script>', html, re.DOTALL)
    return {name: json.loads(text) for name, text in found}


def test_levers_in_the_address_are_drawn_beside_today(world: World) -> None:
    page = as_("analyst").get("/scenarios?retention_change=0.2&cac_now=80").content.decode()
    drawn = specs(page)
    assert set(drawn) == {"simulate-cash", "simulate-customers", "simulate-revenue"}
    today, scenario = drawn["simulate-customers"]["series"]
    assert len(drawn["simulate-cash"]["labels"]) == 36
    assert all(a >= b for a, b in zip(scenario["values"], today["values"], strict=True))
    assert 'name="retention_change" value="0.2"' in page
    assert "more cash than today" in page


def test_a_movement_is_a_fragment_whose_address_follows(world: World) -> None:
    answer = as_("analyst").get("/scenarios/draw?k_factor=0.3&name=x&csrfmiddlewaretoken=y")
    assert answer.headers["HX-Replace-Url"] == "/scenarios?k_factor=0.3"
    assert b"<html" not in answer.content
    assert specs(answer.content.decode())


def test_a_lever_that_cannot_be_is_refused_in_words(world: World) -> None:
    page = as_("analyst").get("/scenarios/draw?k_factor=3").content.decode()
    assert "It lies between 0 and 0.95" in page
    assert not specs(page)
    assert as_("analyst").get("/scenarios?cac=nan&new_customers=%E5%8D%81&cac_now=1e999").status_code == 200


def test_a_scenario_is_saved_shared_compared_and_taken_away(world: World) -> None:
    client = as_("analyst")
    form = {"name": " Referral  first ", "k_factor": "0.5", "cac_now": "80"}
    answer = client.post("/scenarios/save", form)
    saved = Scenario.objects.get(name="Referral first")
    assert answer.headers["Location"] == f"/scenarios/{saved.pk}"
    assert saved.levers["k_factor"] == 0.5
    assert 'name="k_factor" value="0.5"' in as_("operator").get(f"/scenarios/{saved.pk}").content.decode()
    again = client.post("/scenarios/save", form)
    assert again.status_code == 409
    assert "Choose another name" in again.content.decode()
    page = client.get(f"/scenarios/compare?s={saved.pk}&s={world.scenario}&s=999999&s=x").content.decode()
    assert {"compare-cash", "compare-customers"} == set(specs(page))
    assert [one["name"] for one in specs(page)["compare-cash"]["series"]][1:] == ["Referral first", "春天"]
    client.post(f"/scenarios/{saved.pk}/remove")
    assert not Scenario.objects.filter(pk=saved.pk).exists()
    actions = (
        AuditEntry.objects.filter(object_kind="scenario").order_by("pk").values_list("action", flat=True)
    )
    assert list(actions) == ["scenario.saved", "scenario.saved", "scenario.removed"]


def test_without_enough_data_the_pages_say_so() -> None:
    world = build()
    client = as_("owner")
    for address in ("/scenarios", "/scenarios/draw", f"/scenarios/compare?s={world.scenario}"):
        assert "Not enough data" in client.get(address).content.decode()


def test_what_is_kept_is_checked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    brand, other = world.brand.pk, world.other.pk
    for wrong in ({"name": " "}, {"name": "x" * 81}, {"given": {"k_factor": 9}}, {"given": {"nothing": 1}}):
        told: dict[str, Any] = {"name": "a", "given": {}, **wrong}
        with pytest.raises(Invalid):
            keeping.save(brand, told["name"], told["given"], actor="cli")
    with pytest.raises(Conflict):
        keeping.save(brand, "春天", {}, actor="cli")
    assert keeping.save(other, "春天", {}, actor="cli").name == "春天"
    for ask in (keeping.one, lambda b, s: keeping.remove(b, s, actor="cli")):
        with pytest.raises(NotFound):
            ask(other, world.scenario)
    assert keeping.several(other, [world.scenario]) == []
    monkeypatch.setattr(keeping, "MOST_SCENARIOS", 1)
    with pytest.raises(Limit):
        keeping.save(brand, "b", {}, actor="cli")
