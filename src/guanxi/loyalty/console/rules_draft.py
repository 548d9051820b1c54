"""A rule while somebody writes it: from the editor's form to the definition it says, right or wrong, and
back.

Fields are named by their part: `f:kinds`, `f:where:0:field` of the facts, `r.0:leaf` of the condition,
`e.1:units` of the second effect; the schedule and the limit by their own names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from django.http import QueryDict

from guanxi.kernel.conditions import Choice, Param, ParamType
from guanxi.loyalty.rules.contracts import EFFECTS, MOST_EFFECTS
from guanxi.loyalty.rules.effects import LINE_FIELDS
from guanxi.loyalty.rules.parsing import VERSION, dump_definition, parse_definition
from guanxi.loyalty.rules.queries import RuleRow
from guanxi.loyalty.rules.trying import DAYS
from guanxi.platform.models import Brand
from guanxi.segments.console import draft
from guanxi.segments.console.draft import Ask, Done, Group
from guanxi.segments.console.offers import start_of
from guanxi.segments.console.reading import Shape, draft_of, values_of, whole
from guanxi.touchpoints.conditions.fields import Comparable
from guanxi.touchpoints.conditions.matching import OF_ITEMS
from guanxi.touchpoints.kinds import ITEM_FIELDS, KINDS

FACTS_ID: Final = "f"
LINES: Final = {
    name: Comparable(name, str, ITEM_FIELDS[name].doc, OF_ITEMS)
    for name in LINE_FIELDS
    if name in ITEM_FIELDS
}
_EFFECT_ID: Final = re.compile(r"e\.(\d{1,2})")
# What a new effect begins with; a kind of effect that is not here begins empty.
STARTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "give": {"asset": "points", "units": 1, "per": "amount", "each_fen": 100},
    "multiply": {"asset": "points", "percent": 200},
}
# A parameter that says nothing unless another has one of these values is not kept without it.
ONLY_WITH: Final[Mapping[tuple[str, str], tuple[str, frozenset[str]]]] = {
    ("give", "each_fen"): ("per", frozenset({"amount"})),
    ("give", "lines"): ("per", frozenset({"amount", "pieces"})),
}


def _kinds(_brand: object) -> list[Choice]:
    return [Choice(kind.name, kind.label_zh, kind.label_en) for kind in KINDS]


@dataclass(frozen=True, slots=True)
class _Facts:
    """The facts of a rule, asked for as the parameters of a question are."""

    name: str = "rule.facts"
    params: Sequence[Param] = (
        Param("kinds", ParamType.TEXTS, "什么事", "What happens", required=True, suggest=_kinds),
        Param("where", ParamType.WHERE, "限", "Only where", default=()),
    )

    @property
    def by_name(self) -> Mapping[str, Param]:
        return MappingProxyType({one.name: one for one in self.params})


FACTS: Final[Shape] = _Facts()


@dataclass(slots=True)
class Asked:
    """What the form says. `version` is the one that was read, 0 of a new rule."""

    facts: dict[str, Any] = field(default_factory=dict)
    root: Group = field(default_factory=Group)
    effects: list[Ask] = field(default_factory=list)
    since: str = ""
    until: str = ""
    weekdays: list[int] = field(default_factory=list)
    hours: tuple[str, str] = ("", "")
    limit: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    description: str = ""
    priority: str = "100"
    group: str = ""
    version: int = 0
    days: int = DAYS[0]
    json: str = ""
    done: Done = field(default_factory=Done)

    # ------------------------------------------------------------ from what is stored, from the form

    @classmethod
    def of_definition(cls, data: Mapping[str, Any], **known: Any) -> Asked:
        """Of JSON that can be parsed. Raises ConditionInvalid."""
        told = dump_definition(parse_definition(dict(data), stored=True))
        hours = told.get("hours")
        limit = {name: str(value) for name, value in told.get("limit", {}).items()}
        effects = [
            Ask(one["effect"], {name: value for name, value in one.items() if name != "effect"})
            for one in told["effects"]
        ]
        return cls(
            {"kinds": told["on"], **({"where": told["where"]} if "where" in told else {})},
            draft.from_data(told["if"]) if "if" in told else Group(),
            effects,
            told.get("since", ""),
            told.get("until", ""),
            told.get("weekdays", []),
            (str(hours[0]), str(hours[1])) if hours else ("", ""),
            limit,
            **known,
        )

    @classmethod
    def of_rule(cls, row: RuleRow) -> Asked:
        return cls.of_definition(
            row.definition,
            name=row.name,
            description=row.description,
            priority=str(row.priority),
            group=row.group,
            version=row.version,
        )

    @classmethod
    def from_form(cls, form: QueryDict, brand: Brand) -> Asked:
        picking, days = form.get("picking", ""), form.get("days", "")
        return cls(
            values_of(FACTS, form, brand, FACTS_ID),
            draft_of(form, brand),
            _effects(form, brand),
            form.get("since", "").strip()[:20],
            form.get("until", "").strip()[:20],
            sorted({int(day) for day in form.getlist("weekdays") if day in {*"0123456"}}),
            (form.get("from_hour", "").strip()[:9], form.get("to_hour", "").strip()[:9]),
            {name: form.get(f"limit_{name}", "").strip()[:20] for name in ("per", "times", "units")},
            form.get("name", "").strip()[:200],
            form.get("description", "").strip()[:1_000],
            form.get("priority", "").strip()[:20],
            form.get("group", "").strip()[:200],
            number_of(form, "version"),
            int(days) if days in {str(one) for one in DAYS} else DAYS[0],
            form.get("json", ""),
            Done(picking=picking if draft.is_id(picking) else ""),
        )

    # ------------------------------------------------------------ what it says

    def definition(self) -> dict[str, Any]:
        """The JSON that the form says, right or wrong."""
        told: dict[str, Any] = {"version": VERSION, "on": self.facts.get("kinds") or []}
        if where := self.facts.get("where"):
            told["where"] = where
        if self.root.parts:
            told["if"] = draft.to_data(self.root)
        return (
            told | self.schedule() | self.limited() | {"effects": [self.effect(one) for one in self.effects]}
        )

    def schedule(self) -> dict[str, Any]:
        told: dict[str, Any] = {name: day for name in ("since", "until") if (day := getattr(self, name))}
        if self.weekdays:
            told["weekdays"] = self.weekdays
        if any(self.hours):
            told["hours"] = [whole(hour) for hour in self.hours]
        return told

    def limited(self) -> dict[str, Any]:
        given = {name: whole(self.limit.get(name, "")) for name in ("times", "units") if self.limit.get(name)}
        return {"limit": {"per": self.limit.get("per") or "ever", **given}} if given else {}

    @staticmethod
    def effect(ask: Ask) -> dict[str, Any]:
        return {"effect": ask.leaf, **ask.values}

    # ------------------------------------------------------------ what the buttons do

    def act(self, action: str) -> None:
        """Do what a button says. What makes no sense any more changes nothing."""
        verb, _space, rest = action.partition(" ")
        place, _space, argument = rest.partition(" ")
        if verb == "effect" and place in EFFECTS and len(self.effects) < MOST_EFFECTS:
            self.effects.append(Ask(place, dict(STARTS.get(place, {}))))
            self.done = Done(focus=f"e.{len(self.effects) - 1}")
        elif verb in {"row", "unrow"} and place == FACTS_ID:
            draft.change_rows(self.facts, argument, adding=verb == "row")
        elif found := _EFFECT_ID.fullmatch(place):
            self._act_on_effect(verb, int(found.group(1)), argument)
        elif action and not action.startswith(("draw", "try")):
            self.done = draft.act(self.root, action, start_of)

    def _act_on_effect(self, verb: str, number: int, argument: str) -> None:
        if number >= len(self.effects):
            return
        if verb == "drop":
            del self.effects[number]
        elif verb in {"row", "unrow"}:
            ask = self.effects[number]
            lists = rows_of(ask.leaf)
            draft.change_rows(ask.values, argument, adding=verb == "row", lists={*lists, "where"})


def rows_of(effect: str) -> frozenset[str]:
    """The parameters of a kind of effect that are lists of rows."""
    kind = EFFECTS.get(effect)
    params = kind.params if kind else ()
    return frozenset(one.name for one in params if one.type in {ParamType.WHERE, ParamType.STEPS})


def number_of(form: Mapping[str, Any], name: str) -> int:
    """A number of a hidden field; 0 where it is none."""
    text = str(form.get(name) or "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _effects(form: QueryDict, brand: Brand) -> list[Ask]:
    found: list[Ask] = []
    while (name := form.get(f"e.{len(found)}:effect")) is not None and len(found) < MOST_EFFECTS:
        kind = EFFECTS.get(name)
        values = {} if kind is None else values_of(kind, form, brand, f"e.{len(found)}", LINES)
        found.append(
            Ask(name[:60], {one: value for one, value in values.items() if _counts(name, one, values)})
        )
    return found


def _counts(effect: str, param: str, values: Mapping[str, Any]) -> bool:
    needed = ONLY_WITH.get((effect, param))
    return needed is None or values.get(needed[0]) in needed[1]
