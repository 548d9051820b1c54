"""The editor's page: the draft of a rule as fields, what is wrong with each, and what the rule says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson
from django.utils.translation import gettext as _

from guanxi.customers.tag_dictionary import Origin, dictionary
from guanxi.kernel.conditions import Choice, ConditionInvalid, Tongue
from guanxi.kernel.errors import GuanxiError, Invalid
from guanxi.kernel.money import symbol
from guanxi.loyalty.console.rules_draft import FACTS, FACTS_ID, LINES, ONLY_WITH, Asked
from guanxi.loyalty.ledger import assets
from guanxi.loyalty.rules import queries
from guanxi.loyalty.rules.contracts import (
    EFFECTS,
    MOST_EFFECTS,
    MOST_PRIORITY,
    Definition,
    EffectType,
    Period,
)
from guanxi.loyalty.rules.parsing import parse_definition
from guanxi.loyalty.rules.sentences import sentence, weekday_names
from guanxi.loyalty.rules.services import checked
from guanxi.platform.language import speaking, tongue
from guanxi.platform.models import Brand
from guanxi.segments.console import builder
from guanxi.segments.console.builder import NodeView, said_fault
from guanxi.segments.console.controls import NO_FAULT, Builder, Control, Fault, Item
from guanxi.segments.console.draft import Ask
from guanxi.segments.console.labels import OTHER_LANGUAGE
from guanxi.segments.console.offers import OfferGroup

TIME, LIMIT, PRIORITY = "time", "limit", "priority"
# Rarely needed: behind a fold, which opens itself where one of them is set.
FOLDED: Final = frozenset(
    {"most", "expire_days", "expire_end", "expire_after", "wait_days", "wait_after", "source", "on_refund"}
)
# Parameters that say more of another one.
FOLLOWS: Final = {"expire_after": "expire_end", "wait_after": "wait_days"}
_SOMETHING: Final[Mapping[str, Any]] = {
    "on": ["order.paid"],
    "effects": [{"effect": "give", "asset": "points", "units": 1}],
}


@dataclass(frozen=True, slots=True)
class Judged:
    """A draft that was read: the definition where nothing is wrong with it, else what is, by part: "f" the
    facts, "r.0" a question of the condition, "e.1" an effect, "time", "limit", "priority"."""

    definition: Definition | None
    faults: Mapping[str, Fault]
    condition: builder.Judged
    problem: GuanxiError | None

    @property
    def incomplete(self) -> int:
        return len(self.faults) + len(self.condition.faults)


@dataclass(frozen=True, slots=True)
class EffectView:
    """An effect as the page draws it: `main` fields, and those behind the fold."""

    id: str
    name: str
    title: str
    doc: str
    main: Sequence[Control]
    folded: Sequence[Control]
    is_open: bool
    error: str

    @property
    def key(self) -> str:
        return self.id.replace(".", "-")


@dataclass(frozen=True, slots=True)
class Page:
    asked: Asked
    judged: Judged
    tree: NodeView
    groups: Sequence[OfferGroup]
    facts: Sequence[Control]
    effects: Sequence[EffectView]
    kinds: Sequence[tuple[str, str, str]]  # of effects to add: name, label, what it does
    periods: Sequence[Item]
    weekdays: Sequence[Item]
    stacks: Sequence[str]  # names of groups of rules
    faults: Mapping[str, Fault]
    sentence: str
    other_sentence: str
    other_language: str
    other_label: str
    json: str
    json_error: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.asked.root.parts

    @property
    def may_add(self) -> bool:
        return len(self.effects) < MOST_EFFECTS


def judge(brand: Brand, asked: Asked) -> Judged:
    """Parse each part by itself, so that everything that is wrong is said at once; then the whole."""
    faults = {name: fault for name, told in _parts(asked).items() if (fault := _fault(name, told))}
    if not asked.priority.isdecimal() or int(asked.priority[:6]) > MOST_PRIORITY:
        text = _("A whole number from 0 to %(most)s.") % {"most": MOST_PRIORITY}
        faults[PRIORITY] = Fault(PRIORITY, text)
    condition = builder.judge(brand, asked.root)
    if faults or condition.condition is None:
        return Judged(None, faults, condition, condition.problem)
    try:
        return Judged(checked(brand.pk, asked.definition()), {}, condition, None)
    except GuanxiError as error:
        return Judged(None, {}, condition, speaking(error))


def _parts(asked: Asked) -> dict[str, dict[str, Any]]:
    """Each part of the draft in a definition that is right but for it."""
    facts = {"on": asked.facts.get("kinds") or [], "where": asked.facts.get("where")}
    return {
        FACTS_ID: {**_SOMETHING, **facts},
        TIME: {**_SOMETHING, **asked.schedule()},
        LIMIT: {**_SOMETHING, **asked.limited()},
        **{
            f"e.{number}": {**_SOMETHING, "effects": [asked.effect(one)]}
            for number, one in enumerate(asked.effects)
        },
    }


def _fault(part: str, told: Mapping[str, Any]) -> Fault | None:
    try:
        parse_definition(dict(told))
    except ConditionInvalid as error:
        fault = said_fault(error)
        path = fault.path.removeprefix("effects[0].").removeprefix("limit.")
        if part == FACTS_ID and path.startswith("on"):
            path = f"kinds{path[2:]}"
        return Fault(path, fault.text, fault.missing)
    return None


def page(brand: Brand, asked: Asked, json_error: str = "") -> Page:
    judged, speaking_in = judge(brand, asked), tongue(currency=brand.currency)
    shown = builder.page(brand, builder.Asked(asked.root, done=asked.done))
    faults = judged.faults
    said = _said_both_ways(brand, judged.definition)
    mine, other = said if speaking_in.is_chinese else said[::-1]
    make = _Controls(brand, speaking_in, asked.facts.get("kinds") or [])
    data = orjson.dumps(asked.definition(), option=orjson.OPT_INDENT_2, default=str).decode()
    period = asked.limit.get("per") or Period.EVER.value
    return Page(
        asked,
        judged,
        shown.tree,
        shown.groups,
        make.facts(asked, faults.get(FACTS_ID, NO_FAULT)),
        [
            make.effect(number, one, faults.get(f"e.{number}", NO_FAULT))
            for number, one in enumerate(asked.effects)
        ],
        [(kind.name, speaking_in.label(kind.label_zh, kind.label_en), kind.doc) for kind in EFFECTS],
        [Item(one, label, one == period) for one, label in period_labels().items()],
        [Item(str(day), name, day in asked.weekdays) for day, name in enumerate(weekday_names(speaking_in))],
        [one.name for one in queries.groups(brand.pk)],
        faults,
        mine,
        other,
        *OTHER_LANGUAGE[speaking_in.is_chinese],
        asked.json if json_error else data,
        json_error,
    )


def period_labels() -> dict[str, str]:
    return {
        Period.EVER.value: _("ever"),
        Period.DAY.value: _("in a day"),
        Period.WEEK.value: _("in a week"),
        Period.MONTH.value: _("in a month"),
        Period.YEAR.value: _("in a year"),
    }


def _said_both_ways(brand: Brand, definition: Definition | None) -> tuple[str, str]:
    if definition is None:
        return "", ""
    zh, en = (sentence(definition, tongue(one, brand.currency)) for one in ("zh-hans", "en"))
    return zh, en


def from_json(asked: Asked) -> str:
    """Take the draft from the JSON that was typed; why not, where that cannot be read."""
    try:
        data = orjson.loads(asked.json)
        parse_definition(data)
    except orjson.JSONDecodeError as error:
        return _("This is not JSON: %(why)s.") % {"why": str(error).split("\n", maxsplit=1)[0][:120]}
    except Invalid as error:
        return str(speaking(error).message)
    told = Asked.of_definition(data)
    for name in ("facts", "root", "effects", "since", "until", "weekdays", "hours", "limit"):
        setattr(asked, name, getattr(told, name))
    return ""


class _Controls:
    """Makes the fields of a rule for one brand and reader."""

    def __init__(self, brand: Brand, speaking_in: Tongue, kinds: Sequence[str]) -> None:
        sign = symbol(brand.currency).strip()
        self._tongue = speaking_in
        self._facts = Builder(brand, speaking_in, sign)
        self._effects = Builder(brand, speaking_in, sign, self._known(brand), LINES)

    def _known(self, brand: Brand) -> dict[tuple[str, str], Sequence[Choice]]:
        """What effects can name: assets, tags that rules may set, groups of rules."""
        named = {
            "asset": [
                Choice(one.code, one.called(chinese=True), one.called(chinese=False))
                for one in assets.assets(brand.pk)
            ],
            "tag": [
                Choice(one.name, one.label or one.name, one.label or one.name)
                for one in dictionary(brand.pk)
                if one.origin == Origin.RULE and not one.archived
            ],
            "group": [Choice(one.name, one.name, one.name) for one in queries.groups(brand.pk)],
        }
        return {
            (kind.name, param.name): found
            for kind in EFFECTS
            for param in kind.params
            if (found := named.get(param.name)) and param.choices is None
        }

    def facts(self, asked: Asked, fault: Fault) -> list[Control]:
        return self._facts.controls_of(FACTS, FACTS_ID, asked.facts, fault)

    def effect(self, number: int, ask: Ask, fault: Fault) -> EffectView:
        kind, place = EFFECTS.get(ask.leaf), f"e.{number}"
        if kind is None:
            return EffectView(place, ask.leaf, ask.leaf, "", (), (), False, fault.text)
        made = self._effects.controls_of(kind, place, ask.values, fault)
        pairs = [
            (param.name, _unset(control))
            for param, control in zip(kind.params, made, strict=True)
            if _is_shown(kind, param.name, ask.values) or control.error
        ]
        folded = [control for name, control in pairs if name in FOLDED]
        given = {name for name, value in ask.values.items() if value != kind.by_name[name].default}
        return EffectView(
            place,
            kind.name,
            self._tongue.label(kind.label_zh, kind.label_en),
            kind.doc,
            [control for name, control in pairs if name not in FOLDED],
            folded,
            bool(given & FOLDED) or any(control.error for control in folded),
            "" if any(control.error or _has_row_error(control) for control in made) else fault.text,
        )


def _unset(control: Control) -> Control:
    """A choice that may be left open says so with a dash."""
    if control.kind != "choice" or not control.items or control.items[0].value:
        return control
    return replace(control, items=[replace(control.items[0], label="—"), *control.items[1:]])


def _has_row_error(control: Control) -> bool:
    return any(row.error for row in control.rows)


def _is_shown(kind: EffectType, param: str, values: Mapping[str, Any]) -> bool:
    """Whether a field says something as things stand."""
    if (before := FOLLOWS.get(param)) is not None:
        return (
            before in values or values.get(param, kind.by_name[param].default) != kind.by_name[param].default
        )
    needed = ONLY_WITH.get((kind.name, param))
    if needed is None:
        return True
    default = kind.by_name[needed[0]].default
    return values.get(needed[0], default) in needed[1]
