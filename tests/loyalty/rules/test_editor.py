"""The editor's form and definitions: everything that can be stored can be shown, and comes back as it was."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict

from guanxi.kernel.conditions import Choice, Param, ParamType
from guanxi.loyalty.console import rules_draft, rules_editor
from guanxi.loyalty.console.rules_building import EXAMPLES
from guanxi.loyalty.console.rules_draft import Asked
from guanxi.loyalty.console.rules_editor import Page
from guanxi.loyalty.ledger.queries import asset
from guanxi.loyalty.rules.contracts import EFFECTS, EffectType
from guanxi.loyalty.rules.parsing import dump_definition, parse_definition
from guanxi.platform import people
from guanxi.platform.models import Brand
from tests.segments.test_builder import fields_of, form_of, sent

POINTS: dict[str, Any] = {"effect": "give", "asset": "points", "units": 10}
HOSTILE = "<script>\"'&\u202e 店 `{{x}}`"
DEFINITIONS: list[dict[str, Any]] = [
    {"on": ["order.paid"], "effects": [POINTS]},
    {
        "on": ["order.paid", "code.scanned"],
        "where": [
            {"field": "channel", "op": "eq", "value": "tmall"},
            {"field": "amount_fen", "op": "ge", "value": 19_950},
            {"field": "items.title", "op": "among", "value": ["面膜", HOSTILE]},
        ],
        "if": {
            "any": [
                {"leaf": "behaviour.did", "kinds": ["order.paid"], "at_most": 1},
                {"not": {"leaf": "tag.has", "tags": [HOSTILE]}},
            ]
        },
        "since": "2026-11-01",
        "until": "2026-11-30",
        "weekdays": [5, 6],
        "hours": [10, 22],
        "limit": {"per": "month", "times": 3, "units": 500},
        "effects": [
            {
                **POINTS,
                "per": "amount",
                "each_fen": 12_345,
                "lines": [
                    {"field": "sku", "op": "among", "value": ["A1", "B2"]},
                    {"field": "category", "op": "contains", "value": "护肤"},
                ],
                "most": 2_000,
                "expire_end": "year",
                "expire_after": 2,
                "wait_days": 7,
                "wait_after": "receipt",
                "source": "budget",
                "on_refund": "first",
            },
            {"effect": "multiply", "asset": "points", "percent": 250, "group": HOSTILE, "expire_days": 30},
            {"effect": "tag", "tag": HOSTILE},
        ],
    },
    {
        "on": ["order.paid"],
        "limit": {"per": "ever", "units": 7},
        "effects": [{**POINTS, "per": "pieces", "wait_days": 0}],
    },
    *(definition for _name, definition in EXAMPLES.values()),
]


@pytest.fixture
def brand(db: None) -> Brand:
    made = people.create_brand("lanhua", "兰花", actor="cli")
    asset(made.pk, "points")
    return made


def browser(page: Page) -> QueryDict:
    """What a browser would send of the page."""
    asked = page.asked
    pairs = [pair for control in page.facts for pair in fields_of(control)] + form_of(page.tree)
    for effect in page.effects:
        pairs.append((f"{effect.id}:effect", effect.name))
        pairs += [pair for control in (*effect.main, *effect.folded) for pair in fields_of(control)]
    pairs += [("weekdays", item.value) for item in page.weekdays if item.chosen]
    pairs += [("since", asked.since), ("until", asked.until)]
    pairs += [("from_hour", asked.hours[0]), ("to_hour", asked.hours[1])]
    pairs += [(f"limit_{name}", asked.limit.get(name, "")) for name in ("times", "units")]
    pairs.append(("limit_per", next(item.value for item in page.periods if item.chosen)))
    return sent([*pairs, ("priority", asked.priority), ("name", asked.name)])


@pytest.mark.parametrize("data", DEFINITIONS, ids=range(len(DEFINITIONS)))
def test_what_is_shown_comes_back_as_it_was(brand: Brand, data: dict[str, Any]) -> None:
    page = rules_editor.page(brand, Asked.of_definition(data))
    assert page.judged.definition is not None, (page.judged.faults, page.judged.problem)
    again = Asked.from_form(browser(page), brand)
    assert dump_definition(parse_definition(again.definition())) == dump_definition(parse_definition(data))
    assert page.sentence
    assert page.sentence != page.other_sentence


def test_every_type_of_parameter_has_a_field_and_comes_back(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    values: dict[ParamType, Any] = {
        ParamType.INTEGER: 12,
        ParamType.FEN: 1_250,
        ParamType.NUMBER: "1.5",
        ParamType.BOOLEAN: False,
        ParamType.TEXT: HOSTILE,
        ParamType.TEXTS: ["a", "b"],
        ParamType.INTEGERS: [1, 2],
        ParamType.CHOICE: "two",
        ParamType.CHOICES: ["two", "one"],
        ParamType.DATE: "2026-11-25",
        ParamType.WINDOW: {"between": ["2026-01-01", "2026-02-01"]},
        ParamType.WHERE: [{"field": "sku", "op": "eq", "value": "A1"}],
        ParamType.STEPS: [
            {"kinds": ["code.scanned"]},
            {"kinds": ["order.paid"], "where": [{"field": "title", "op": "eq", "value": "面膜"}]},
        ],
    }
    assert set(values) == set(ParamType)
    choices = (Choice("one", "一", "One"), Choice("two", "二", "Two"))
    chosen = {ParamType.CHOICE, ParamType.CHOICES}
    params = tuple(
        Param(kind.value, kind, "甲", "A", choices=choices if kind in chosen else None) for kind in ParamType
    )
    every = EffectType("every", "全", "Every", "", params, lambda effect, tongue: effect.name)
    monkeypatch.setitem(EFFECTS._entries, "every", every)
    given = {kind.value: value for kind, value in values.items()}
    page = rules_editor.page(
        brand, Asked.of_definition({"on": ["order.paid"], "effects": [{"effect": "every", **given}]})
    )
    assert page.judged.definition is not None, page.judged.faults
    again = Asked.from_form(browser(page), brand)
    assert again.effects[0].values == given


def test_everything_wrong_is_said_at_once_beside_its_field(brand: Brand) -> None:
    form = sent(
        [
            ("f:kinds", "nonsense"),
            ("f:where:0:field", "amount_fen"),
            ("f:where:0:op", "ge"),
            ("f:where:0:value", HOSTILE),
            ("r:mode", "all"),
            ("r.0:leaf", "value.frequency"),
            ("r.0:at_least", "two"),
            ("e.0:effect", "give"),
            ("e.0:asset", "points"),
            ("e.0:units", "-5"),
            ("e.1:effect", "no such effect"),
            ("from_hour", "22"),
            ("to_hour", "<b>"),
            ("limit_times", "none"),
            ("priority", "5000"),
        ]
    )
    page = rules_editor.page(brand, Asked.from_form(form, brand))
    assert page.judged.definition is None
    assert set(page.faults) == {"f", "e.0", "e.1", "time", "limit", "priority"}
    assert set(page.judged.condition.faults) == {"r.0"}
    assert page.judged.incomplete == 7
    units = next(control for control in page.effects[0].main if control.name == "e.0:units")
    assert (units.value, bool(units.error)) == ("-5", True)
    assert page.effects[1].error


def test_an_asset_that_is_not_there_is_said(brand: Brand) -> None:
    data = {"on": ["order.paid"], "effects": [{**POINTS, "asset": "gold"}]}
    problem = rules_editor.page(brand, Asked.of_definition(data)).judged.problem
    assert problem is not None
    assert "gold" in str(problem.message)


def test_buttons_change_the_draft_and_nonsense_does_not(brand: Brand) -> None:
    asked = Asked.of_definition(DEFINITIONS[0])
    asked.act("effect tag")
    asked.act("row f where")
    asked.act("row e.0 lines")
    asked.act("pick r")
    assert [one.leaf for one in asked.effects] == ["give", "tag"]
    assert len(asked.facts["where"]) == len(asked.effects[0].values["lines"]) == 1
    asked.act("unrow e.0 lines 0")
    before = asked.definition()
    for action in (
        "drop e.9",
        "row e.0 asset",
        "unrow f where 7",
        "effect nothing",
        "row f kinds",
        "x",
        "drop r",
    ):
        asked.act(action)
    assert asked.definition() == before
    asked.act("drop e.1")
    assert [one.leaf for one in asked.effects] == ["give"]
    for _n in range(20):
        asked.act("effect tag")
    assert len(asked.effects) == 10


def test_json_is_taken_over_or_says_why_not(brand: Brand) -> None:
    asked = Asked(json='{"on": ["order.paid"], "effects": [{"effect": "tag", "tag": "vip"}]}', name="kept")
    assert rules_editor.from_json(asked) == ""
    assert (asked.name, asked.effects[0].values) == ("kept", {"tag": "vip"})
    for text, word in (("{", "JSON"), ("[1]", "object"), ('{"on": ["order.paid"]}', "effects")):
        asked.json = text
        assert word in rules_editor.from_json(asked)


def test_what_effects_begin_with_is_complete() -> None:
    for name, start in rules_draft.STARTS.items():
        parse_definition({"on": ["order.paid"], "effects": [{"effect": name, **start}]})
