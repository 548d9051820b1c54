"""The rules: what is taken, what is refused and why, and who is put where by the default."""

from __future__ import annotations

from typing import Any

import pytest

from guanxi.economics.models import StateRules
from guanxi.economics.states import defaults, rules
from guanxi.economics.states.contracts import State
from guanxi.economics.states.implying import implies
from guanxi.kernel.conditions import ConditionInvalid, parse
from guanxi.kernel.errors import Conflict, Invalid
from guanxi.platform.models import AuditEntry, Brand, Job
from guanxi.segments import services as segments
from tests.economics.states.world import EVER, OFTEN, SIMPLE, buys, look, states
from tests.segments.live.brand import does

pytestmark = pytest.mark.django_db(transaction=True)
CHURNED = {"leaf": "value.recency", "at_least_days": 365}
AT_RISK = {"leaf": "value.recency", "at_least_days": 90}
EVERYBODY: dict[str, Any] = {"all": []}
NOBODY: dict[str, Any] = {"any": []}


def rule(state: str, condition: Any) -> dict[str, Any]:
    return {"state": state, "condition": condition}


def test_the_default_holds_until_somebody_chooses(brand: Brand) -> None:
    held = rules.of(brand.pk)
    assert not held.chosen
    assert rules.checked(brand.pk, list(defaults.RULES)) == held.rules
    chosen = rules.choose(brand.pk, SIMPLE, version=0, actor="cli")
    assert (chosen.version, [one.state for one in chosen.rules]) == (1, [State.LOYAL, State.ACTIVE])
    assert rules.of(brand.pk) == chosen
    entry = AuditEntry.objects.get(action="states.chosen")
    assert (entry.brand_id, entry.object_id) == (brand.pk, "1")
    assert Job.objects.filter(kind=rules.REFRESH, brand_id=brand.pk).count() == 1


def test_rows_are_only_added_and_the_same_again_changes_nothing(brand: Brand) -> None:
    rules.choose(brand.pk, SIMPLE, version=0, actor="cli")
    assert rules.choose(brand.pk, SIMPLE, version=1, actor="cli").version == 1
    rules.choose(brand.pk, SIMPLE[:1], version=None, actor="cli")
    assert list(StateRules.objects.order_by("pk").values_list("version", flat=True)) == [1, 2]
    assert [version for version, _actor, _at in rules.history(brand.pk)] == [2, 1]
    with pytest.raises(Conflict, match="Somebody changed"):
        rules.choose(brand.pk, SIMPLE, version=1, actor="cli")


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({}, "rules", "no list"),
        ([], "rules", "no rule"),
        ([{"state": "new"}], "rules[0]", "is no rule"),
        ([rule("keen", EVER)], "rules[0].state", "no state 'keen'"),
        ([rule("none", EVER)], "rules[0].state", "no state 'none'"),
        ([rule("new", EVER), rule("new", OFTEN)], "rules[1].state", "two rules"),
        ([rule("new", NOBODY)], "rules[0]", "holds of nobody"),
        ([rule("new", EVERYBODY), rule("loyal", OFTEN)], "rules[1]", "is “New customer” already"),
        ([rule("at_risk", AT_RISK), rule("churned", CHURNED)], "rules[1]", "is “At risk” already"),
        ([rule("active", EVER), rule("loyal", OFTEN)], "rules[1]", "is “Active customer” already"),
        (
            [rule("active", {"any": [EVER, CHURNED]}), rule("loyal", {"all": [OFTEN, AT_RISK]})],
            "rules[1]",
            "is “Active customer” already",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(brand: Brand, given: Any, field: str, words: str) -> None:
    with pytest.raises(Invalid, match=words) as refused:
        rules.choose(brand.pk, given, version=0, actor="cli")
    assert refused.value.data["field"] == field
    assert refused.value.remedy
    assert not StateRules.objects.exists()


@pytest.mark.parametrize(
    ("condition", "path"),
    [
        ({"leaf": "value.orders"}, "rules[0].condition.leaf"),
        ({"all": [{"leaf": "value.frequency"}]}, "rules[0].condition.all[0].at_least"),
        ({"leaf": "computed.is", "field": "gone", "at_least": 1}, "rules[0].condition"),
        ({"leaf": "segment.in", "segment": 99}, "rules[0].condition"),
        ({"leaf": "state.is", "among": ["new"]}, "rules[0].condition"),
        ({"leaf": "behaviour.did", "kinds": ["state.changed"]}, "rules[0].condition"),
        ("often", "rules[0].condition"),
    ],
)
def test_a_bad_condition_is_refused_with_its_place(brand: Brand, condition: Any, path: str) -> None:
    with pytest.raises(ConditionInvalid) as refused:
        rules.checked(brand.pk, [rule("new", condition)])
    assert refused.value.data["path"] == path


def test_a_state_cannot_depend_on_states_through_a_segment(brand: Brand) -> None:
    condition = {"leaf": "state.is", "among": ["loyal"]}
    number = segments.create(brand, "loyal", condition, actor="cli")
    with pytest.raises(ConditionInvalid, match="cannot depend on states"):
        rules.checked(brand.pk, [rule("new", {"leaf": "segment.in", "segment": number})])


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (OFTEN, EVER, True),
        (EVER, OFTEN, False),
        (CHURNED, AT_RISK, True),
        (AT_RISK, CHURNED, False),
        ({"all": [EVER, CHURNED]}, AT_RISK, True),
        ({"any": [OFTEN, CHURNED]}, EVER, False),
        ({"not": EVER}, {"not": OFTEN}, True),
        ({"leaf": "behaviour.did", "kinds": ["order.paid"], "exactly": 3}, EVER, False),
        (
            {"leaf": "behaviour.did", "kinds": ["order.paid"], "exactly": 3},
            {"leaf": "behaviour.did", "kinds": ["order.paid"]},
            True,
        ),
        (
            {"leaf": "behaviour.did", "kinds": ["order.paid"], "at_most": 0},
            {"leaf": "behaviour.did", "kinds": ["order.paid"]},
            False,
        ),
    ],
)
def test_what_is_found_to_imply_another_does(one: Any, other: Any, expected: bool) -> None:
    assert implies(parse(one), parse(other)) is expected


def test_the_default_puts_people_where_one_would(brand: Brand) -> None:
    people = {
        "new": buys(brand, "a", 5),
        "active": buys(brand, "b", 100),
        "loyal": buys(brand, "c", 300, 200, 100),
        "at_risk": buys(brand, "d", 300, 200, 150),
        "churned": buys(brand, "e", 400),
        "none": does(brand, "f", "code.scanned"),
    }
    back = buys(brand, "g", 10)
    does(brand, "g", "order.refunded")
    often = buys(brand, "h", 20, 10, amount_fen=900)
    for _ in range(2):
        does(brand, "h", "order.refunded")
    people |= {"detractor": back}
    look(brand)
    found = states(brand)
    assert {state: found[customer] for state, customer in people.items()} == {one: one for one in people}
    assert found[often] == "detractor"
