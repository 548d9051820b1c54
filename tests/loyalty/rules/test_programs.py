"""Rules for programs: by command and over REST the same is said and done as in the console."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from guanxi.cli import main as cli
from guanxi.customers.models import Subject
from guanxi.kernel.clock import frozen
from guanxi.loyalty.rules import queries
from guanxi.platform import apikeys
from guanxi.platform.rates import BUCKETS
from tests.loyalty.rules.conftest import NOON_MS, POINT_A_YUAN, Shop
from tests.rest.conftest import Caller, body

Command = Callable[..., tuple[int, dict[str, Any]]]
YUAN = {"name": "yuan", "definition": {"on": ["order.paid"], "effects": [POINT_A_YUAN]}, "priority": 300}
OF_BUDGET = {"effect": "give", "asset": "points", "units": 100, "source": "budget"}


@pytest.fixture
def command(shop: Shop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("GUANXI_BRAND", shop.brand.slug)

    def run(*words: str) -> tuple[int, dict[str, Any]]:
        code = cli.run(["rules", *words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def caller(shop: Shop) -> Caller:
    BUCKETS.clear()
    return Caller(apikeys.issue(shop.brand.pk, "t", ["rules:read", "rules:write"], actor="cli").plaintext)


def file_of(tmp_path: Path, told: Any) -> str:
    path = tmp_path / "rule.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    return str(path)


def test_a_rule_is_kept_in_a_file(shop: Shop, command: Command, tmp_path: Path) -> None:
    source = file_of(tmp_path, YUAN)
    code, made = command("apply", source)
    assert (code, made["done"]) == (0, "created")
    assert command("apply", source)[1]["done"] == "unchanged"
    changed = command("apply", file_of(tmp_path, YUAN | {"priority": 200}))[1]
    assert (changed["done"], changed["version"]) == ("saved", 2)
    number = str(made["id"])
    assert command("state", number, "active")[1]["version"] == 3
    shop.record(shop.order("ann", 100, "a"))
    shown = command("show", number)[1]
    assert shown["given_30_days"] == {"units": {"points": 100}, "customers": 1}
    assert [one["what"] for one in shown["versions"]] == ["active", "saved", "created"]
    assert shown["versions"][1]["changes"] == {"priority": {"before": 300, "after": 200}}
    assert command("state", number, "deleted")[0] == 6
    assert command("list")[1]["rules"][0]["sentence_en"].startswith("Whoever ordered gets")
    assert command("show", "999999")[0] == 4


@pytest.mark.parametrize(
    "told",
    [
        {"name": "x"},
        {"name": 5, "definition": YUAN["definition"]},
        {**YUAN, "colour": "red"},
        {**YUAN, "definition": {"on": ["order.paid"], "effects": [{"effect": "give", "units": "<b>"}]}},
        {**YUAN, "priority": "high"},
    ],
)
def test_a_file_that_says_no_rule_is_refused(
    shop: Shop, command: Command, tmp_path: Path, told: dict[str, Any]
) -> None:
    code, answer = command("apply", file_of(tmp_path, told))
    assert code == 2
    assert answer["error"]["message"]
    assert queries.rules(shop.brand.pk) == []


def test_tried_traced_funded_and_given_by_command(shop: Shop, command: Command, tmp_path: Path) -> None:
    rule = str(shop.rule(OF_BUDGET))
    with frozen(NOON_MS + 60_000):
        shop.record(shop.order("ann", 100, "a"), shop.order("ben", 40, "b"))
        tried = command("dry-run", file_of(tmp_path, YUAN["definition"]), "--days", "30")[1]
        assert (tried["met"], tried["assets"][0]["units"], tried["complete"]) == (2, 140, True)
        assert command("missed", rule)[1]["reasons"] == [{"code": "insufficient", "effects": 2, "units": 200}]
        for _time in range(2):
            assert command("fund", rule, "points", "200", "--key", "k")[1]["budget_left"] == {"points": 200}
        assert command("missed", rule, "--give")[1]["given"] == 2
        customer = str(Subject.objects.get(key="ann").customer_id)
        (step,) = command("trace", customer, "--amount-fen", "5000")[1]["steps"]
        assert (step["why"], step["gave"][0]["units"]) == ("gave", 100)
    assert command("fund", rule, "points", "0")[0] == 2
    assert command("fund", rule, "gold", "5")[0] == 4


def test_the_same_over_rest(shop: Shop, caller: Caller) -> None:
    made = body(caller.post("rules", YUAN))
    number, draft = made["id"], {"definition": YUAN["definition"], "priority": 5}
    assert (made["state"], made["priority"]) == ("draft", 300)
    stale = caller.put(f"rules/{number}", {"version": 9, "priority": 1})
    assert (stale.status_code, body(stale)["code"]) == (409, "conflict")
    wrong = caller.put(
        f"rules/{number}", {"version": 1, "definition": {"on": ["order.paid"], "effects": [{}]}}
    )
    assert (wrong.status_code, body(wrong)["code"]) == (422, "condition_invalid")
    assert "effects[0].effect" in body(wrong)["detail"]
    assert body(caller.post(f"rules/{number}/state", {"version": 1, "state": "active"}))["version"] == 2
    assert caller.post(f"rules/{number}/state", {"version": 2, "state": "on"}).status_code == 422
    assert caller.delete(f"rules/{number}", version=2).status_code == 409
    with frozen(NOON_MS + 60_000):
        shop.record(shop.order("ann", 100, "a"))
        tried = body(caller.post("rules/dry-run", {**draft, "days": 7}))
        assert (tried["met"], tried["top"][0]["units"], tried["job"]) == (1, 100, None)
        customer = Subject.objects.get(key="ann").customer_id
        asked = {"customer": customer, "supposed": {"amount_fen": 900}, "draft": draft}
        steps = body(caller.post("rules/trace", asked))["steps"]
    assert [(step["rule"], step["why"]) for step in steps] == [(number, "gave"), (None, "gave")]
    funded = [
        body(caller.post(f"rules/{number}/fund", {"asset": "points", "units": units, "key": key}))
        for units, key in ((50, "a"), (50, "a"), (-51, "b"))
    ]
    assert [one["state"] for one in funded] == ["posted", "exists", "refused"]
    assert funded[-1]["budget_left"] == {"points": 50}
    for days in (0, 9_999):
        assert caller.post("rules/dry-run", {**draft, "days": days}).status_code == 422
    assert caller.post("rules/trace", {"customer": 1 << 63}).status_code == 422
