"""The builder's page: the draft as nodes with their controls, what is wrong with it, and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from django.http import QueryDict
from django.utils.translation import gettext as _

from guanxi.kernel.conditions import LEAVES, Condition, ConditionInvalid, dump, loads, parse
from guanxi.kernel.errors import GuanxiError
from guanxi.kernel.money import symbol
from guanxi.kernel.wording import say
from guanxi.platform.language import speaking, spoken, tongue
from guanxi.platform.models import Brand
from guanxi.segments.console import draft
from guanxi.segments.console.controls import NO_FAULT, Builder, Control, Fault, Item
from guanxi.segments.console.draft import MODES, ROOT, Ask, Done, Group, Node, child_id
from guanxi.segments.console.labels import OTHER_LANGUAGE
from guanxi.segments.console.offers import OfferGroup, offer_groups, start_of
from guanxi.segments.console.reading import draft_of
from guanxi.segments.definitions import resolve
from guanxi.segments.queries import said_both_ways

NAME_CHARS: Final = 80


@dataclass(frozen=True, slots=True)
class NodeView:
    """A group or a question as the page draws it."""

    id: str
    is_group: bool
    leaf: str = ""
    title: str = ""
    denied: bool = False
    modes: Sequence[Item] = ()
    between: str = ""  # the word that stands between the parts
    parts: Sequence[NodeView] = ()
    controls: Sequence[Control] = ()
    error: str = ""
    missing: bool = False
    focus: bool = False
    picking: bool = False
    is_root: bool = False
    is_first: bool = False
    is_last: bool = False

    @property
    def key(self) -> str:
        """For ids of elements, which style sheets and labels can name."""
        return self.id.replace(".", "-")


@dataclass(slots=True)
class Asked:
    """What the form says. `version` is the one that was read; 0 for a new segment."""

    root: Group
    name: str = ""
    description: str = ""
    version: int = 0
    json: str = ""
    done: Done = field(default_factory=Done)

    @classmethod
    def from_form(cls, form: QueryDict, brand: Brand) -> Asked:
        version, picking = form.get("version", ""), form.get("picking", "")
        return cls(
            draft_of(form, brand),
            form.get("name", "").strip()[:200],
            form.get("description", "").strip()[:1_000],
            int(version) if version.isdecimal() and len(version) < 10 else 0,
            form.get("json", ""),
            Done(picking=picking if draft.is_id(picking) else ""),
        )

    def act(self, action: str) -> None:
        """Do what a button says."""
        if action and not action.startswith("draw"):
            self.done = draft.act(self.root, action, start_of)


@dataclass(frozen=True, slots=True)
class Judged:
    """A draft that was read: the condition where nothing is wrong with it, else what is."""

    condition: Condition | None
    faults: dict[str, Fault]
    problem: GuanxiError | None

    @property
    def incomplete(self) -> int:
        return len(self.faults)


def judge(brand: Brand, root: Group, own_id: int | None = None) -> Judged:
    """Parse each question by itself, so that everything that is wrong is said at once; then the whole."""
    faults = {node_id: fault for node_id, ask in draft.asks(root) if (fault := fault_of(ask)) is not None}
    if faults:
        return Judged(None, faults, None)
    try:
        condition = parse(draft.to_data(root))
        resolve(brand.pk, condition, own_id)
    except GuanxiError as error:
        return Judged(None, {}, speaking(error))
    return Judged(condition, {}, None)


def fault_of(ask: Ask) -> Fault | None:
    try:
        parse({"leaf": ask.leaf, **ask.values})
    except ConditionInvalid as error:
        return said_fault(error)
    return None


def said_fault(error: ConditionInvalid) -> Fault:
    """What could not be read, in the reader's language."""
    expected, found = error.data.get("expected"), error.data.get("found")
    if expected is None:
        return Fault("", spoken(error.message))
    missing = str(found) in {"nothing", "[]", '""'}
    text = (
        say("Expected: %(expected)s.", expected=expected)
        if missing
        else say("Expected %(expected)s, found %(found)s.", expected=expected, found=found)
    )
    return Fault(str(error.data.get("path", "")), spoken(text), missing)


@dataclass(frozen=True, slots=True)
class Page:
    """What the page shows. `saved_name` is the segment's name as stored, nothing for a new one."""

    asked: Asked
    tree: NodeView
    groups: Sequence[OfferGroup]
    judged: Judged
    sentence: str
    other_sentence: str
    other_language: str
    other_label: str
    json: str
    json_error: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.asked.root.parts


def page(brand: Brand, asked: Asked, own_id: int | None = None, json_error: str = "") -> Page:
    judged = judge(brand, asked.root, own_id)
    speaking_in = tongue(currency=brand.currency)
    builder = Builder(brand, speaking_in, symbol(brand.currency).strip())
    tree = _Views(builder, judged.faults, asked.done).view(asked.root, ROOT)
    groups = offer_groups(speaking_in) if asked.done.picking else []
    said = said_both_ways(brand, judged.condition) if judged.condition is not None else ("", "")
    mine, other = said if speaking_in.is_chinese else said[::-1]
    data = orjson.dumps(draft.to_data(asked.root), option=orjson.OPT_INDENT_2, default=str).decode()
    return Page(
        asked,
        tree,
        groups,
        judged,
        mine,
        other,
        *OTHER_LANGUAGE[speaking_in.is_chinese],
        asked.json if json_error else data,
        json_error,
    )


def from_json(asked: Asked) -> str:
    """Take the draft from the JSON that was typed; why not, where that cannot be read."""
    try:
        condition = loads(asked.json)
    except GuanxiError as error:
        return str(speaking(error))
    asked.root = of_condition(condition)
    return ""


def of_condition(condition: Condition) -> Group:
    return draft.from_data(dump(condition))


class _Views:
    def __init__(self, builder: Builder, faults: dict[str, Fault], done: Done) -> None:
        self._builder = builder
        self._faults = faults
        self._done = done

    def view(self, node: Node, node_id: str, place: int = 0, siblings: int = 1) -> NodeView:
        given: dict[str, Any] = {
            "focus": self._done.focus == node_id,
            "is_root": node_id == ROOT,
            "is_first": place == 0,
            "is_last": place == siblings - 1,
        }
        if isinstance(node, Group):
            return self._group(node, node_id, given)
        kind = LEAVES[node.leaf]
        fault = self._faults.get(node_id, NO_FAULT)
        return NodeView(
            node_id,
            False,
            node.leaf,
            self._builder.tongue.label(kind.label_zh, kind.label_en),
            node.denied,
            controls=self._builder.controls(node_id, node.leaf, node.values, fault),
            error="" if fault.path else fault.text,
            **given,
        )

    def _group(self, group: Group, node_id: str, given: dict[str, Any]) -> NodeView:
        count = len(group.parts)
        return NodeView(
            node_id,
            True,
            modes=[Item(mode, mode_label(mode), mode == group.mode) for mode in MODES],
            between=_("and") if group.mode in {"all", "not_all"} else _("or"),
            parts=[
                self.view(part, child_id(node_id, number), number, count)
                for number, part in enumerate(group.parts)
            ],
            picking=self._done.picking == node_id,
            **given,
        )


def mode_label(mode: str) -> str:
    return {
        "all": _("all of these hold"),
        "any": _("at least one of these holds"),
        "none": _("none of these holds"),
        "not_all": _("not all of these hold"),
    }[mode]
