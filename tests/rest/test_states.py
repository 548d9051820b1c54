"""States over the API: read, tried, chosen with the version that was read, and part of a customer."""

from __future__ import annotations

from typing import Any

import pytest

from guanxi.economics.models import StateRules
from guanxi.economics.states.refreshing import refresh
from guanxi.platform.models import Brand
from guanxi.rest.state_examples import CHOSEN, RULES
from guanxi.warehouse import services as lake
from tests.rest.conftest import Caller, body, order

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUANXI_HOME", str(tmp_path))


def test_rules_are_chosen_once_and_a_customer_has_a_state(caller: Caller, brand: Brand) -> None:
    caller.post("touchpoints", [order("known")])
    customer = int(body(caller.get("touchpoints"))["touchpoints"][0]["customer"])
    assert body(caller.get(f"customers/{customer}"))["state"] is None
    chosen = body(caller.put("states", CHOSEN))
    assert (chosen["version"], [rule["state"] for rule in chosen["rules"]]) == (
        1,
        [rule["state"] for rule in RULES],
    )
    refused = caller.put("states", CHOSEN)
    assert (refused.status_code, body(refused)["code"]) == (409, "conflict")
    lake.sync(brand)
    refresh(brand)
    assert body(caller.get(f"customers/{customer}"))["state"]["name"] == "active"
    counts = {one["state"]: one["customers"] for one in body(caller.get("states"))["states"]}
    assert (counts["active"], counts["advocate"]) == (1, None)
    tried = body(caller.post("states/preview", {"rules": RULES[:2]}))
    assert tried["moves"] == [{"from": "active", "to": "none", "customers": 1}]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"version": 0}, "rules"),
        ({"version": 0, "rules": RULES, "more": 1}, "more"),
        ({"version": "0", "rules": RULES}, "version"),
        ({"version": 0, "rules": [{"state": "keen", "condition": {"all": []}}]}, "rules[0].state"),
        ({"version": 0, "rules": [RULES[2], RULES[1]]}, "rules[1]"),
    ],
)
def test_what_cannot_be_names_the_field(caller: Caller, given: Any, field: str) -> None:
    refused = caller.put("states", given)
    assert (refused.status_code, body(refused)["field"]) == (422, field)
    assert not StateRules.objects.exists()
