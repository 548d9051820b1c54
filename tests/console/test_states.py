"""The pages of states: rules with counts, the builder of one, changes with their effect, a customer's."""

from __future__ import annotations

from typing import Any

import pytest

from guanxi.economics.models import StateRules
from guanxi.economics.states import editing, rules
from guanxi.economics.states.contracts import State
from guanxi.economics.states.refreshing import refresh
from guanxi.warehouse import services as lake
from tests.console.world import as_, build

pytestmark = pytest.mark.django_db(transaction=True)
FORM: dict[str, Any] = {
    "r:mode": "all",
    "r.0:leaf": "value.frequency",
    "r.0:at_least": "9",
    "state": "advocate",
    "version": 0,
}


def text(answer: Any) -> str:
    content: str = answer.content.decode()
    return content


def test_the_page_shows_rules_in_order_with_their_counts() -> None:
    world = build()
    page = text(as_("analyst").get("/states"))
    assert page.index("Detractor") < page.index("Churned") < page.index("Loyal customer")
    assert "Nobody is counted yet" in page
    assert "no referrals are recorded yet" in page
    lake.sync(world.brand)
    refresh(world.brand)
    page = text(as_("analyst").get("/states"))
    assert "A customer who last ordered at least 365 days ago." in page
    assert "/states/loyal/edit" in page
    assert "/states/loyal/edit" not in text(as_("operator").get("/states"))


def test_a_rule_is_built_tried_and_saved() -> None:
    world = build()
    client = as_("analyst")
    lake.sync(world.brand)
    refresh(world.brand)
    assert "Add a condition" in text(client.get("/states/advocate/edit"))
    drawn = text(client.post("/states/draw", {**FORM, "do": "draw"}, headers={"HX-Request": "true"}))
    assert 'name="r.0:at_least"' in drawn
    tried = text(client.post("/states/preview", FORM))
    assert "would be in another state" in tried
    assert not StateRules.objects.exists()
    answer = client.post("/states/advocate/save", FORM, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/states")
    held = rules.of(world.brand.pk)
    assert (held.version, held.rules[1].state) == (1, State.ADVOCATE)
    again = client.post("/states/advocate/save", {**FORM, "r.0:at_least": "8"})
    assert again.status_code == 409
    assert "Somebody changed the rules" in text(again)
    assert 'name="version" value="1"' in text(again)


def test_what_cannot_be_is_said_and_changes_nothing() -> None:
    build()
    client = as_("analyst")
    refused = client.post("/states/loyal/save", {**FORM, "r.0:leaf": "value.recency", "r.0:at_least": ""})
    assert refused.status_code == 422
    unreachable = client.post(
        "/states/preview", {**FORM, "r.0:leaf": "value.recency", "state": "loyal", "r.0:at_least_days": "400"}
    )
    assert "is “Churned” already" in text(unreachable)
    assert client.get("/states/keen/edit").status_code == 404
    assert client.get("/states/none/edit").status_code == 404
    assert client.get("/states/change?do=turn&state=loyal").status_code == 404
    assert not StateRules.objects.exists()


def test_a_move_shows_what_it_does_and_is_refused_where_a_rule_could_not_be_reached() -> None:
    world = build()
    client = as_("analyst")
    later = text(client.get("/states/change?do=down&state=churned"))
    assert "Ask for “Churned” later?" in later
    assert "is “At risk” already" in later
    taken = text(client.get("/states/change?do=remove&state=new"))
    assert "How many they would be" in taken
    client.post("/states/change/do", {"do": "remove", "state": "new", "version": 0})
    states = [rule.state for rule in rules.of(world.brand.pk).rules]
    assert State.NEW not in states
    client.post("/states/change/do", {"do": "remove", "state": "loyal", "version": 0})
    assert rules.version_of(world.brand.pk) == 1
    client.post("/states/change/do", {"do": "default", "version": 1})
    assert [rule.state for rule in rules.of(world.brand.pk).rules] == [*states[:4], State.NEW, *states[4:]]


def test_a_customers_page_says_the_state_and_why() -> None:
    world = build()
    client = as_("agent")
    address = f"/customers/{world.customer.pk}"
    assert "Customer state" not in text(client.get(address))
    lake.sync(world.brand)
    refresh(world.brand)
    page = text(client.get(address))
    assert "Customer state" in page
    assert "By the rule: a customer who last ordered at least" in page


def test_new_rules_find_their_place() -> None:
    now = [{"state": "churned", "condition": {}}, {"state": "active", "condition": {}}]
    placed = editing.with_rule(now, State.LOYAL, {"all": []})
    assert [rule["state"] for rule in placed] == ["churned", "loyal", "active"]
    assert editing.moved(placed, State.LOYAL, 1)[2]["state"] == "loyal"
    assert editing.moved(placed, State.CHURNED, -1) == placed
    assert editing.moved(placed, State.NEW, 1) == placed
    assert [rule["state"] for rule in editing.without(placed, State.LOYAL)] == ["churned", "active"]
