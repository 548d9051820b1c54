"""From the values of a question to the fields that show them: one control per parameter, by its type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.utils.translation import gettext as _

from guanxi.kernel.channels import CHANNELS
from guanxi.kernel.conditions import LEAVES, BrandRow, Choice, Op, Param, ParamType, Tongue
from guanxi.platform.language import spoken
from guanxi.segments.console.offers import offered
from guanxi.segments.console.reading import Shape, is_money
from guanxi.touchpoints.conditions import phrases
from guanxi.touchpoints.conditions.fields import Comparable, comparable
from guanxi.touchpoints.kinds import KINDS

TICKED_AT_MOST: Final = 60  # choices; above, one types the first letters
MOST_SELECTED: Final = 1_000


@dataclass(frozen=True, slots=True)
class Item:
    """One choice as shown."""

    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Control:
    """A field, or several that belong together. `kind` says how it is drawn, `name` what its inputs are named
    after, `error` what is wrong with it; `missing` softens that for what nobody has filled in yet."""

    kind: str
    name: str
    label: str
    value: str = ""
    items: Sequence[Item] = ()
    chosen: Sequence[Item] = ()
    rows: Sequence[Row] = ()
    unit: str = ""
    first: str = ""
    last: str = ""
    error: str = ""
    missing: bool = False
    add: str = ""  # the action that adds a row
    pattern: str = ""

    @property
    def wide(self) -> bool:
        return self.kind in {"choices", "where", "steps", "lines"}

    @property
    def summary(self) -> str:
        return _(", ").join(item.label for item in self.chosen)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a list: a comparison (field, operator, value) or a step (kinds, comparisons)."""

    name: str
    fields: Sequence[Control]
    remove: str
    label: str = ""
    where: Control | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong inside one question: at which path, in words; `missing` where nothing was given."""

    path: str = ""
    text: str = ""
    missing: bool = False

    def at(self, path: str, *, whole: bool = True) -> str:
        """The text where the fault lies at `path` or, with `whole`, inside it."""
        inside = self.path.startswith((f"{path}.", f"{path}["))
        return self.text if self.path == path or (whole and inside) else ""


NO_FAULT: Final = Fault()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a control stands: the parameter of a question, the name of its inputs, its path in the JSON."""

    kind: Shape
    param: Param
    name: str
    fault: Fault
    path: str

    @classmethod
    def of(cls, kind: Shape, param: Param, node_id: str, fault: Fault) -> Place:
        return cls(kind, param, f"{node_id}:{param.name}", fault, param.name)

    @property
    def error(self) -> str:
        """What is wrong with the whole of it; rows of lists say it themselves."""
        rows = self.param.type in {ParamType.WHERE, ParamType.STEPS}
        return self.fault.at(self.path, whole=not rows)


@dataclass(frozen=True, slots=True)
class Builder:
    """Makes the controls of questions for one brand and reader."""

    brand: BrandRow
    tongue: Tongue
    symbol: str
    kept: dict[tuple[str, str], Sequence[Choice]] = field(default_factory=dict)
    fields: Mapping[str, Comparable] | None = None  # that comparisons are of, where not of facts

    def controls(self, node_id: str, leaf: str, values: Mapping[str, Any], fault: Fault) -> list[Control]:
        return self.controls_of(LEAVES[leaf], node_id, values, fault)

    def controls_of(
        self, kind: Shape, node_id: str, values: Mapping[str, Any], fault: Fault
    ) -> list[Control]:
        money = is_money(kind, str(values.get("of") or values.get("field") or ""), self.brand)
        return [
            self._control(Place.of(kind, one, node_id, fault), values, money=money) for one in kind.params
        ]

    def _control(self, place: Place, values: Mapping[str, Any], *, money: bool) -> Control:
        param, value = place.param, values.get(place.param.name)
        match param.type:
            case ParamType.WINDOW:
                made = self._window(place, value)
            case ParamType.WHERE:
                made = self._where(place, value, _texts(values.get("kinds")))
            case ParamType.STEPS:
                made = self._steps(place, value)
            case ParamType.BOOLEAN:
                chosen = param.default if value is None else value
                items = (Item("yes", _("Yes"), chosen is True), Item("no", _("No"), chosen is False))
                made = Control("choice", place.name, "", items=items)
            case ParamType.DATE:
                made = Control("date", place.name, "", text_of(value))
            case ParamType.FEN if money:
                made = Control("text", place.name, "", money_text(value), unit=self.symbol, pattern="decimal")
            case ParamType.CHOICES | ParamType.TEXTS | ParamType.INTEGERS:
                made = self._many(place.name, value or [], self._choices(place))
            case _:
                made = self._one(place, value)
        label, error = self.tongue.label(param.label_zh, param.label_en), place.error
        return replace(made, label=label, error=error, missing=bool(error) and place.fault.missing)

    def _choices(self, place: Place) -> Sequence[Choice]:
        key = (place.kind.name, place.param.name)
        if key not in self.kept:
            self.kept[key] = offered(place.kind.name, place.param, self.brand)
        return self.kept[key]

    def _items(self, choices: Sequence[Choice], chosen: Sequence[str] = ()) -> list[Item]:
        return [
            Item(one.value, self.tongue.label(one.label_zh, one.label_en), one.value in chosen)
            for one in choices
        ]

    def _one(self, place: Place, value: Any) -> Control:
        """A single value: chosen from all there are, else typed, with those the brand has now to help."""
        param, choices = place.param, self._choices(place)
        current = text_of(param.default if value is None else value)
        numeric = param.type in {ParamType.INTEGER, ParamType.FEN, ParamType.NUMBER}
        if not choices or (param.type is ParamType.TEXT and not param.required):
            pattern = ("decimal" if param.type is ParamType.NUMBER else "numeric") if numeric else ""
            return Control("text", place.name, "", current, pattern=pattern, items=self._items(choices))
        items = self._items(choices, [current])
        if current and not any(item.chosen for item in items):
            items.append(Item(current, current, True))
        if not current or not (param.required or param.default):
            items.insert(0, Item("", _("Choose one") if param.required else _("Any"), not current))
        return Control("choice", place.name, "", items=items)

    def _many(self, name: str, value: Any, choices: Sequence[Choice]) -> Control:
        values = [text_of(one) for one in value] if isinstance(value, list) else [text_of(value)]
        if not choices:
            return Control("lines", name, "", _(", ").join(values))
        items = self._items(choices, values)
        known = {item.value: item.label for item in items}
        chosen = [Item(one, known.get(one, one), True) for one in values[:MOST_SELECTED]]
        if len(items) > TICKED_AT_MOST:
            return Control("typed", name, "", items=items, chosen=chosen)
        items += [Item(one, one, True) for one in values if one not in known]
        return Control("choices", name, "", items=items, chosen=chosen)

    # ---------------------------------------------------------------- windows

    def _window(self, place: Place, value: Any) -> Control:
        form, inner = next(iter(value.items())) if isinstance(value, dict) and value else ("", None)
        shown = inner if form == "calendar" else form
        items = [Item(one, text, one == shown) for one, text in window_labels().items()]
        if not place.param.required or not shown:
            words = _("Choose a time") if place.param.required else _("at any time")
            items.insert(0, Item("", words, not shown))
        counted, dated = form in {"days", "older_than_days"}, form in {"since", "before", "between"}
        days = inner if isinstance(inner, list) else [inner, None]
        return Control(
            "window",
            place.name,
            "",
            text_of(inner) if counted else "",
            items=items,
            first=text_of(days[0]) if dated else "",
            last=text_of(days[1]) if form == "between" else "",
            unit="days" if counted else form,
        )

    # ---------------------------------------------------------------- comparisons and steps

    def _where(self, place: Place, value: Any, kinds: Sequence[str]) -> Control:
        known = comparable(kinds) if self.fields is None else self.fields
        node_id, words = _action(place.name)
        rows = []
        for number, row in enumerate(value if isinstance(value, list) else []):
            remove = f"unrow {node_id} {words} {number}"
            made = self._comparison(f"{place.name}:{number}", row, known)
            rows.append(Row(made[0].name, made, remove, error=place.fault.at(f"{place.path}[{number}]")))
        return Control("where", place.name, "", rows=rows, add=f"row {node_id} {words}")

    def _comparison(
        self, name: str, row: Mapping[str, Any], known: Mapping[str, Comparable]
    ) -> tuple[Control, ...]:
        """The three controls of a comparison: field, operator, value."""
        chosen, op, value = str(row.get("field", "")), str(row.get("op", "eq")), row.get("value")
        fields = [Item(one, field_label(one, self.tongue), one == chosen) for one in known]
        if chosen not in known:
            fields.insert(0, Item(chosen, chosen or _("Choose one"), True))
        spec = known.get(chosen)
        operators = [
            Item(one.value, operator_label(one), one.value == op)
            for one in Op
            if spec is None or one in spec.operators
        ]
        return (
            Control("choice", f"{name}:field", _("Field"), items=fields),
            Control("choice", f"{name}:op", _("Comparison"), items=operators),
            self._operand(f"{name}:value", spec, op, value),
        )

    def _operand(self, name: str, spec: Comparable | None, op: str, value: Any) -> Control:
        label = _("Value")
        if spec is not None and spec.type is bool:
            both = (Item("yes", _("Yes"), value is True), Item("no", _("No"), value is False))
            return Control("choice", name, label, items=(Item("", _("Choose one"), value is None), *both))
        channel = spec is not None and spec.name == "channel"
        if channel and op in {"eq", "ne"}:
            items = [Item(one, spoken(text), one == value) for one, text in CHANNELS.items()]
            if value not in CHANNELS:
                items.insert(0, Item(text_of(value), text_of(value) or _("Choose one"), True))
            return Control("choice", name, label, items=items)
        money = spec is not None and spec.name.endswith("_fen")
        shown = money_text if money else text_of
        text = _(", ").join(shown(one) for one in value) if isinstance(value, list) else shown(value)
        pattern = "decimal" if money else ("numeric" if spec is not None and spec.type is int else "")
        return Control("text", name, label, text, unit=self.symbol if money else "", pattern=pattern)

    def _steps(self, place: Place, value: Any) -> Control:
        node_id, words = _action(place.name)
        rows = []
        for number, step in enumerate(value if isinstance(value, list) else []):
            inside = replace(place, name=f"{place.name}:{number}", path=f"{place.path}[{number}]")
            kinds = _texts(step.get("kinds"))
            where = replace(inside, name=f"{inside.name}:where", path=f"{inside.path}.where")
            remove, label = f"unrow {node_id} {words} {number}", _("Step %(n)s") % {"n": number + 1}
            rows.append(
                Row(
                    inside.name,
                    (self._kinds(inside, kinds),),
                    remove,
                    label,
                    self._where(where, step.get("where"), kinds),
                )
            )
        return Control("steps", place.name, "", rows=rows, add=f"row {node_id} {words}")

    def _kinds(self, place: Place, kinds: Sequence[str]) -> Control:
        choices = [Choice(kind.name, kind.label_zh, kind.label_en) for kind in KINDS]
        made = self._many(f"{place.name}:kinds", list(kinds), choices)
        return replace(made, label=_("What they did"), error=place.fault.at(f"{place.path}.kinds"))


def _texts(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _action(name: str) -> tuple[str, str]:
    """`r.0:steps:1:where` → the node, and the words an action names the list by."""
    node_id, _colon, path = name.partition(":")
    return node_id, path.replace(":", " ")


def window_labels() -> dict[str, str]:
    return {
        "days": _("in the last … days"),
        "older_than_days": _("more than … days ago"),
        "since": _("since a day"),
        "before": _("before a day"),
        "between": _("between two days"),
        "today": _("today"),
        "yesterday": _("yesterday"),
        "this_month": _("this month"),
        "last_month": _("last month"),
        "this_year": _("this year"),
        "last_year": _("last year"),
    }


def operator_label(op: Op) -> str:
    return {
        Op.EQ: _("is"),
        Op.NE: _("is not"),
        Op.LT: _("is below"),
        Op.LE: _("is at most"),
        Op.GT: _("is above"),
        Op.GE: _("is at least"),
        Op.AMONG: _("is one of"),
        Op.CONTAINS: _("contains"),
    }[op]


def field_label(name: str, tongue: Tongue) -> str:
    """What a field of facts is called; its own name where it has no other."""
    known = phrases.FIELDS.get(name) or phrases.FIELDS.get(f"items.{name}")
    return tongue.label(*known) if known else name


def text_of(value: Any) -> str:
    """A JSON value as its field shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def money_text(value: Any) -> str:
    """Minor units in whole ones: 1250 → "12.50"; what was no amount, as it was typed."""
    if type(value) is not int:
        return text_of(value)
    whole, rest = divmod(abs(value), 100)
    return f"{'-' if value < 0 else ''}{whole}" + (f".{rest:02d}" if rest else "")
