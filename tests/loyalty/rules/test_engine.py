"""The engine against a slow and obvious reading of the guide, for any rules and facts."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from guanxi.loyalty.rules.contracts import Group, Mode, Rule, Step
from guanxi.loyalty.rules.engine import Deck
from guanxi.loyalty.rules.facts import Fact, Uses
from guanxi.loyalty.rules.parsing import dump_definition, parse_definition
from guanxi.loyalty.rules.periods import Local
from tests.loyalty.rules.reference import Reference

START_MS = 1_764_000_000_000
GROUPS = {"first": ("first", 0), "best": ("best", 0), "cap": ("cap", 30), "joint": ("joint", 0)}
small = st.integers(1, 40)
sometimes = st.none() | small


def optional(**parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=parts)


gives = st.one_of(
    st.builds(lambda units, more: {"units": units, **more}, small, optional(most=small)),
    st.builds(
        lambda units, each, more: {"units": units, "per": "amount", "each_fen": each, **more},
        st.integers(1, 5),
        st.sampled_from([100, 300, 1000]),
        optional(
            most=small, lines=st.sampled_from(["a", "b"]).map(lambda sku: [{"field": "sku", "value": sku}])
        ),
    ),
    st.builds(lambda units: {"units": units, "per": "pieces"}, st.integers(1, 5)),
).map(lambda more: {"effect": "give", "asset": "points", **more})
multiplies = st.builds(
    lambda percent, more: {"effect": "multiply", "asset": "points", "percent": percent, **more},
    st.sampled_from([150, 200, 333]),
    optional(most=small, group=st.sampled_from(["first", "best", "cap"])),
)
days = st.sampled_from(["2025-11-20", "2025-11-25", "2025-11-28"])
definitions = st.builds(
    lambda effects, more: {"on": ["order.paid"], "effects": effects, **more},
    st.lists(gives, min_size=1, max_size=2) | st.lists(multiplies, min_size=1, max_size=1),
    optional(
        since=days,
        weekdays=st.lists(st.integers(0, 6), min_size=1, max_size=5, unique=True).map(sorted),
        hours=st.sampled_from([[0, 12], [9, 21]]),
        where=st.lists(
            st.sampled_from(
                [
                    {"field": "channel", "op": "eq", "value": "tmall"},
                    {"field": "amount_fen", "op": "ge", "value": 2_000},
                ]
            ),
            min_size=1,
            max_size=2,
        ),
        limit=st.builds(
            lambda per, more: {"per": per, **(more or {"times": 1})},
            st.sampled_from(["day", "week", "month", "year", "ever"]),
            optional(times=st.integers(1, 3), units=small),
        ),
    ),
)
rules = st.lists(
    st.fixed_dictionaries(
        {
            "definition": definitions,
            "priority": st.integers(0, 3),
            "group": st.sampled_from(["", "first", "best", "cap", "joint"]),
        }
    ),
    min_size=1,
    max_size=6,
).map(lambda found: [{"id": number, **rule} for number, rule in enumerate(found, 1)])
lines = st.lists(
    st.fixed_dictionaries(
        {
            "sku": st.sampled_from(["a", "b"]),
            "amount_fen": st.integers(0, 5_000),
            "quantity": st.integers(1, 3),
        }
    ),
    max_size=3,
)
facts = st.lists(
    st.fixed_dictionaries(
        {
            "who": st.integers(0, 2),
            "kind": st.sampled_from(["order.paid"] * 4 + ["order.placed"]),
            "at_ms": st.integers(START_MS, START_MS + 20 * 86_400_000),
            "amount_fen": st.integers(0, 9_000),
            "quantity": st.integers(0, 4),
            "channel": st.sampled_from(["tmall", "jd"]),
            "items": lines,
        }
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=300, deadline=None)
@given(rules=rules, facts=facts)
def test_what_the_guide_says(rules: list[dict[str, Any]], facts: list[dict[str, Any]]) -> None:
    deck = Deck([_rule(one) for one in reversed(rules)], Local(ZoneInfo("Asia/Shanghai")))
    reference, uses = Reference(rules, GROUPS), Uses()
    for number, fact in enumerate(facts, 1):
        trace: list[Step] = []
        found = deck.decide(_fact(number, fact), (), uses, trace)
        assert [(one.rule.id, one.place, one.units) for one in found] == reference.give(fact)
        assert sorted(step.rule.id for step in trace) == [rule["id"] for rule in rules]
        told = [(one.rule.id, one.place, one.units) for step in trace for one in step.given]
        assert sorted(told) == sorted((one.rule.id, one.place, one.units) for one in found)


@given(definition=definitions)
def test_definitions_are_written_as_they_are_read(definition: dict[str, Any]) -> None:
    parsed = parse_definition(definition)
    assert parse_definition(dump_definition(parsed)) == parsed


def _rule(one: dict[str, Any]) -> Rule:
    group = (
        Group(one["group"], Mode(GROUPS[one["group"]][0]), GROUPS[one["group"]][1]) if one["group"] else None
    )
    return Rule(one["id"], 1, "", one["priority"], group, parse_definition(one["definition"]))


def _fact(number: int, fact: dict[str, Any]) -> Fact:
    return Fact(
        number,
        fact["who"],
        fact["who"],
        fact["kind"],
        fact["at_ms"],
        fact["amount_fen"],
        fact["quantity"],
        fact["channel"],
        "shop",
        orjson.dumps({"items": fact["items"]}).decode(),
    )
