"""`guanxi states`: shown, tried, chosen, computed, and one customer's with the reason."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from guanxi.cli import main as cli
from guanxi.economics.models import StateRules
from guanxi.platform.models import Brand
from guanxi.warehouse.engines import close_all
from tests.economics.states.world import SIMPLE
from tests.segments.live.brand import does

pytestmark = pytest.mark.django_db(transaction=True)
Command = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("GUANXI_HOME", str(tmp_path))
    yield
    close_all()


@pytest.fixture(autouse=True)
def customer(transactional_db: None) -> int:
    brand = Brand.objects.create(slug="lanhua", name="兰花", is_default=True)
    return does(brand, "lei")


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    def run(*words: str) -> tuple[int, dict[str, Any]]:
        code = cli.run(["states", *words, "--json"])
        (said,) = capsys.readouterr().out.splitlines()
        return code, json.loads(said)

    return run


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "rules.json"
    path.write_text(json.dumps({"rules": SIMPLE, "version": 0}), encoding="utf-8")
    return str(path)


def test_from_rules_to_a_customers_state(command: Command, file: str, customer: int) -> None:
    assert command("show")[1]["version"] == 0
    done = command("refresh")[1]
    assert (done["customers"], done["first"], done["changed"]) == (1, 1, 0)
    assert command("show", "--customer", str(customer))[1]["state"] == "new"
    tried = command("set", file, "--dry-run")[1]
    assert (tried["changed"], tried["moves"]) == (1, [{"from": "new", "to": "active", "customers": 1}])
    assert not StateRules.objects.exists()
    chosen = command("set", file)[1]
    assert (chosen["version"], chosen["history"][0]["actor"]) == (1, "cli")
    assert command("refresh")[1]["changed"] == 1
    found = command("show", "--customer", str(customer))[1]
    assert (found["state"], found["sentence_en"]) == ("active", "has at least 1 paid order")
    counts = {one["state"]: one["customers"] for one in command("show")[1]["states"]}
    assert (counts["active"], counts["advocate"]) == (1, None)


def test_what_is_shown_can_be_given_back(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "shown.json"
    path.write_text(json.dumps(command("show")[1]), encoding="utf-8")
    code, chosen = command("set", str(path))
    assert (code, chosen["version"]) == (0, 1)
    code, refused = command("set", str(path))
    assert (code, refused["error"]["code"]) == (6, "conflict")


def test_bad_rules_say_what_to_do(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text('{"rules": [{"state": "keen", "condition": {"all": []}}]}', encoding="utf-8")
    code, refused = command("set", str(path))
    assert (code, refused["error"]["field"]) == (2, "rules[0].state")
    path.write_text('{"states": []}', encoding="utf-8")
    assert command("set", str(path))[0] == 2
    assert command("show", "--customer", "99")[0] == 4


def test_people_read_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["states", "show"]) == 0
    printed = capsys.readouterr().out
    assert "At risk" in printed
    assert "Not enough data" in printed
