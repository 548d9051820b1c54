"""From the builder's form to a draft. Text that is no number stays text: the parser then says what it
expected, and the field still holds what was typed. Pure but for the vocabulary and its choices.

Fields are named by the node's place and the parameter: `r.0:mode`, `r.1:leaf`, `r.1:within:days`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple, Protocol

from django.http import QueryDict

from guanxi.kernel.conditions import LEAVES, Op, Param, ParamType
from guanxi.kernel.conditions.parsing import MAX_DEPTH
from guanxi.kernel.conditions.windows import Calendar
from guanxi.segments import computed
from guanxi.segments.console.draft import MAX_PARTS, MODES, ROOT, Ask, Group, Node, child_id
from guanxi.segments.console.offers import offered
from guanxi.touchpoints.conditions.fields import Comparable, comparable
from guanxi.touchpoints.conditions.keys import Of

_LIST: Final = re.compile(r"[\n,，、;；]+")
_WHOLE: Final = re.compile(r"-?\d{1,15}")
_AMOUNT: Final = re.compile(r"-?\d{1,15}(\.\d{1,2})?")
_ROWS: Final = 30


class Shape(Protocol):
    """What has parameters that a form asks for: a leaf, an effect of a rule."""

    @property
    def name(self) -> str: ...
    @property
    def params(self) -> Sequence[Param]: ...
    @property
    def by_name(self) -> Mapping[str, Param]: ...


def draft_of(form: QueryDict, brand: Any) -> Group:
    """The draft that the form holds; an empty group where it holds none."""
    root = _node(form, brand, ROOT, 0)
    return root if isinstance(root, Group) else Group()


def _node(form: QueryDict, brand: Any, node_id: str, depth: int) -> Node | None:
    mode = form.get(f"{node_id}:mode")
    if mode in MODES:
        parts: list[Node] = []
        while depth <= MAX_DEPTH + 1 and len(parts) < MAX_PARTS:
            part = _node(form, brand, child_id(node_id, len(parts)), depth + 1)
            if part is None:
                break
            parts.append(part)
        return Group(mode, parts)
    kind = LEAVES.get(form.get(f"{node_id}:leaf") or "")
    if kind is None:
        return None
    return Ask(kind.name, values_of(kind, form, brand, node_id), f"{node_id}:not" in form)


def values_of(
    kind: Shape, form: QueryDict, brand: Any, prefix: str, fields: Mapping[str, Comparable] | None = None
) -> dict[str, Any]:
    """The question's parameters as JSON; what was left empty is left out. Comparisons are of `fields`, by
    default of those that facts of the chosen kinds have."""
    found: dict[str, Any] = {}
    money = is_money(kind, form.get(f"{prefix}:of") or form.get(f"{prefix}:field") or "", brand)
    for param in kind.params:
        kinds = found.get("kinds") or []
        known = comparable(kinds) if fields is None else fields
        value = _value(Field(kind.name, param, brand), form, f"{prefix}:{param.name}", known, money=money)
        if value is not None:
            found[param.name] = value
    return found


def is_money(kind: Shape, chosen: str, brand: Any) -> bool:
    """Whether the amounts of a question are money, typed in whole units, or pieces and numbers. `chosen` is
    what is added up, or the computed field that is compared."""
    if kind.name == computed.COMPUTED:
        spec = next((one.spec for one in computed.fields(brand.pk) if one.name == chosen), {})
        return spec.get("aggregate") != "count" and str(spec.get("of", Of.AMOUNT_FEN)).endswith("_fen")
    param = kind.by_name.get("of")
    of = chosen or str(param.default if param else "")
    return not of or of.endswith("_fen")


class Field(NamedTuple):
    """A parameter of a leaf in a brand: what its choices depend on."""

    leaf: str
    param: Param
    brand: Any


def _value(field: Field, form: QueryDict, name: str, known: Mapping[str, Comparable], *, money: bool) -> Any:
    text = (form.get(name) or "").strip()
    found: Any
    match field.param.type:
        case ParamType.WINDOW:
            found = _window(form, name)
        case ParamType.WHERE:
            found = _where(form, name, known)
        case ParamType.STEPS:
            found = _steps(form, name)
        case ParamType.CHOICES | ParamType.TEXTS | ParamType.INTEGERS:
            found = _many(field, form, name)
        case ParamType.FEN if money:
            found = fen(text)
        case ParamType.INTEGER | ParamType.FEN:
            found = _known(field, text)
        case ParamType.BOOLEAN:
            found = {"yes": True, "no": False}.get(text)
        case _:
            found = text or None
    return found


def whole(text: str) -> int | str | None:
    """A whole number, else the text itself; nothing where nothing was typed."""
    plain = text.replace(" ", "").replace(",", "").replace("，", "")
    return int(plain) if _WHOLE.fullmatch(plain) else text or None


def fen(text: str) -> int | str | None:
    """Money as people type it, in minor units: "12.5" is 1250."""
    plain = text.replace(" ", "").replace(",", "").replace("，", "").lstrip("¥￥")
    if not _AMOUNT.fullmatch(plain):
        return text or None
    return int(Decimal(plain) * 100)


def listed(text: str) -> list[str]:
    """What was typed with commas or on lines of its own."""
    return [word.strip() for word in _LIST.split(text) if word.strip()]


def _many(field: Field, form: QueryDict, name: str) -> list[Any] | None:
    words = [*form.getlist(name), *listed(form.get(f"{name}:more") or "")]
    values = dict.fromkeys(_known(field, word) for word in words if word)
    return list(values) or None


def _known(field: Field, word: str) -> int | str | None:
    """The value of a choice that was typed by its label; numbers as numbers."""
    if not word:
        return None
    numeric = field.param.type in {ParamType.INTEGER, ParamType.FEN, ParamType.INTEGERS}
    if not (numeric and _WHOLE.fullmatch(word)):
        choices = offered(field.leaf, field.param, field.brand)
        known = {label: one.value for one in choices for label in (one.label_zh, one.label_en)}
        word = known.get(word, word)
    return whole(word) if numeric else word


def _window(form: QueryDict, name: str) -> dict[str, Any] | None:
    chosen = form.get(f"{name}:form") or ""
    if chosen in {"days", "older_than_days"}:
        return {chosen: whole((form.get(f"{name}:days") or "").strip())}
    if chosen in {"since", "before"}:
        return {chosen: form.get(f"{name}:first") or None}
    if chosen == "between":
        return {chosen: [form.get(f"{name}:first") or None, form.get(f"{name}:last") or None]}
    return {"calendar": chosen} if chosen in list(Calendar) else None


def _where(form: QueryDict, name: str, known: Mapping[str, Comparable]) -> list[dict[str, Any]] | None:
    rows: list[dict[str, Any]] = []
    while f"{name}:{len(rows)}:field" in form and len(rows) < _ROWS:
        rows.append(_comparison(form, f"{name}:{len(rows)}", known))
    return rows or None


def _comparison(form: QueryDict, name: str, known: Mapping[str, Comparable]) -> dict[str, Any]:
    """A row; an operator that the field does not have becomes the first that it has."""
    chosen = form.get(f"{name}:field") or ""
    op = form.get(f"{name}:op") or Op.EQ.value
    text = (form.get(f"{name}:value") or "").strip()
    field = known.get(chosen)
    if field is None:
        return {"field": chosen, "op": op, "value": text or None}
    if op not in field.operators:
        op = next(one.value for one in Op if one in field.operators)
    if op == Op.AMONG:
        return {"field": chosen, "op": op, "value": [_scalar(field, word) for word in listed(text)] or None}
    return {"field": chosen, "op": op, "value": _scalar(field, text)}


def _scalar(field: Comparable, text: str) -> Any:
    if field.type is bool:
        return {"yes": True, "no": False}.get(text)
    if field.type is int:
        return fen(text) if field.name.endswith("_fen") else whole(text)
    return text or None


def _steps(form: QueryDict, name: str) -> list[dict[str, Any]] | None:
    steps: list[dict[str, Any]] = []
    while f"{name}:{len(steps)}:is" in form and len(steps) < _ROWS:
        place = f"{name}:{len(steps)}"
        kinds = [word for word in form.getlist(f"{place}:kinds") if word]
        where = _where(form, f"{place}:where", comparable(kinds))
        steps.append({"kinds": kinds, **({"where": where} if where else {})})
    return steps or None
