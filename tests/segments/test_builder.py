"""The builder's form and conditions: everything that can be stored can be shown, and comes back as it was."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict

from guanxi.kernel.conditions import dump, parse
from guanxi.platform import people
from guanxi.platform.models import Brand
from guanxi.segments.console import builder, draft
from guanxi.segments.console.builder import Asked, NodeView
from guanxi.segments.console.controls import Control, money_text
from guanxi.segments.console.draft import Ask, Group
from guanxi.segments.console.examples import EXAMPLES
from guanxi.segments.console.offers import STARTS, start_of
from guanxi.segments.console.reading import draft_of, fen, whole

DID = {"leaf": "behaviour.did", "kinds": ["order.paid"], "at_least": 2, "within": {"days": 90}}
GENDER = {"leaf": "profile.gender", "is": "f"}
CONDITIONS: list[dict[str, Any]] = [
    {"all": []},
    DID,
    {"not": DID},
    {"any": [DID, {"not": {"all": [GENDER, {"not": {"any": [DID]}}]}}]},
    {"all": [{"leaf": "behaviour.last", "kinds": ["order.paid"], "within": {"older_than_days": 30}}]},
    {
        "all": [
            {"leaf": "behaviour.last", "kinds": ["order.paid"], "within": {"calendar": "last_month"}},
            GENDER,
        ]
    },
    {
        "all": [
            {
                "leaf": "behaviour.sum",
                "kinds": ["order.paid", "order.refunded"],
                "of": "net_fen",
                "at_least": 12_345,
                "within": {"between": ["2026-01-01", "2026-02-01"]},
                "where": [
                    {"field": "channel", "op": "eq", "value": "tmall"},
                    {"field": "amount_fen", "op": "ge", "value": 1_050},
                    {"field": "items.sku", "op": "among", "value": ["A1", "B2"]},
                ],
            },
            {"leaf": "behaviour.sum", "kinds": ["order.paid"], "of": "quantity", "at_most": 3},
        ]
    },
    {
        "any": [
            {
                "leaf": "behaviour.sequence",
                "steps": [
                    {"kinds": ["code.scanned"]},
                    {"kinds": ["order.paid"], "where": [{"field": "shop", "op": "contains", "value": "店"}]},
                ],
                "within_days": 7,
                "without": ["order.refunded"],
            },
            {"leaf": "profile.city", "among": [330_100, 310_000]},
            {"leaf": "value.monetary", "at_least": 100, "net": False, "within": {"since": "2026-01-01"}},
            {"leaf": "sample.share", "percent": "12.5", "draw": "a"},
            {"leaf": "tag.has", "tags": ["<b>\"vip'", "常客"]},
        ]
    },
]


@pytest.fixture
def brand(db: None) -> Brand:
    return people.create_brand("lanhua", "兰花", actor="cli")


def form_of(node: NodeView) -> list[tuple[str, str]]:
    """What a browser would send of the page."""
    if not node.is_group:
        sent = [(f"{node.id}:leaf", node.leaf)]
        if node.denied:
            sent.append((f"{node.id}:not", "on"))
        return [*sent, *(pair for control in node.controls for pair in fields_of(control))]
    chosen = next(item.value for item in node.modes if item.chosen)
    return [(f"{node.id}:mode", chosen), *(pair for part in node.parts for pair in form_of(part))]


def fields_of(control: Control) -> list[tuple[str, str]]:
    if control.kind in {"where", "steps"}:
        sent = []
        for row in control.rows:
            sent += [(f"{row.name}:is", "1")] if control.kind == "steps" else []
            sent += [pair for field in row.fields for pair in fields_of(field)]
            sent += fields_of(row.where) if row.where else []
        return sent
    if control.kind in {"choices", "typed"}:
        return [(control.name, item.value) for item in control.chosen]
    if control.kind == "lines":
        return [(f"{control.name}:more", control.value)]
    chosen = [item.value for item in control.items if item.chosen]
    if control.kind == "window":
        return [
            (f"{control.name}:form", chosen[0]),
            (f"{control.name}:days", control.value),
            (f"{control.name}:first", control.first),
            (f"{control.name}:last", control.last),
        ]
    return [(control.name, chosen[0] if control.kind == "choice" else control.value)]


def sent(pairs: list[tuple[str, str]]) -> QueryDict:
    form = QueryDict(mutable=True)
    for name, value in pairs:
        form.appendlist(name, value)
    return form


@pytest.mark.parametrize("data", CONDITIONS, ids=range(len(CONDITIONS)))
def test_what_is_shown_comes_back_as_it_was(brand: Brand, data: dict[str, Any]) -> None:
    condition = parse({"version": 1, **data})
    page = builder.page(brand, Asked(builder.of_condition(condition)))
    assert page.judged.condition is not None
    again = draft_of(sent(form_of(page.tree)), brand)
    judged = builder.judge(brand, again)
    assert judged.condition is not None, judged.faults
    assert draft.to_data(draft.from_data(dump(judged.condition))) == draft.to_data(
        draft.from_data(dump(condition))
    )


@pytest.mark.parametrize("leaf", STARTS)
def test_what_a_question_begins_with_is_complete(leaf: str, brand: Brand) -> None:
    if start_of(leaf):
        parse({"leaf": leaf, **start_of(leaf)})


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_are_conditions(name: str) -> None:
    parse(EXAMPLES[name].condition)


def test_everything_wrong_is_said_at_once_beside_its_field(brand: Brand) -> None:
    form = sent(
        [
            ("r:mode", "all"),
            ("r.0:leaf", "value.frequency"),
            ("r.0:at_least", "two"),
            ("r.1:mode", "any"),
            ("r.1.0:leaf", "behaviour.did"),
            ("r.1.1:leaf", "behaviour.did"),
            ("r.1.1:kinds", "order.paid"),
            ("r.1.1:where:0:field", "amount_fen"),
            ("r.1.1:where:0:op", "ge"),
            ("r.1.1:where:0:value", "much"),
        ]
    )
    page = builder.page(brand, Asked(draft_of(form, brand)))
    assert set(page.judged.faults) == {"r.0", "r.1.0", "r.1.1"}
    frequency, group = page.tree.parts
    assert next((c.value, bool(c.error), c.missing) for c in frequency.controls) == ("two", True, False)
    kinds = group.parts[0].controls[0]
    assert kinds.error
    assert kinds.missing
    where = group.parts[1].controls[-1]
    assert where.rows[0].error
    assert where.rows[0].fields[2].value == "much"


@pytest.mark.parametrize("text", ["12.5", "¥12.50", " 12.5 ", "1,2.5"])
def test_money_is_typed_in_whole_units(text: str) -> None:
    assert fen(text) == 1_250


@pytest.mark.parametrize("text", ["abc", "1.234", "1e400", "1e999999999", "nan", "١٢x", "--1"])
def test_what_is_no_amount_stays_as_typed(text: str) -> None:
    assert fen(text) == text
    assert money_text(text) == text


def test_whole_numbers() -> None:
    assert whole("1,200") == 1_200
    assert whole("") is None
    assert whole("9" * 16) == "9" * 16


def test_buttons_change_the_tree_and_nonsense_does_not() -> None:
    root = Group()
    assert draft.act(root, "add r value.frequency", start_of).focus == "r.0"
    draft.act(root, "group r", start_of)
    draft.act(root, "add r.1 profile.gender", start_of)
    draft.act(root, "up r.1", start_of)
    assert isinstance(root.parts[0], Group)
    draft.act(root, "copy r.0.0", start_of)
    draft.act(root, "dissolve r.0", start_of)
    draft.act(root, "wrap r.2", start_of)
    assert [type(part) for part in root.parts] == [Ask, Ask, Group]
    before = draft.to_data(root)
    for action in (
        "remove r.9",
        "up r",
        "add q x",
        "unrow r.0 where 3",
        "row r.0 __class__",
        "wrap",
        "",
        "x r.0",
    ):
        draft.act(root, action, start_of)
    assert draft.to_data(root) == before
    draft.act(root, "remove r.2", start_of)
    assert len(root.parts) == 2


@pytest.mark.parametrize(
    "pairs",
    [
        [],
        [("r:mode", "evil")],
        [("r:leaf", "no.such")],
        [("r:mode", "all"), ("r.0:leaf", "no.such")],
        [("r:mode", "all"), ("r.0:leaf", "behaviour.did"), ("r.0:where:0:field", "\x00")],
        [(f"r{'.0' * depth}:mode", "all") for depth in range(40)],
    ],
)
def test_a_strange_form_is_no_error(brand: Brand, pairs: list[tuple[str, str]]) -> None:
    builder.page(brand, Asked(draft_of(sent(pairs), brand)))
