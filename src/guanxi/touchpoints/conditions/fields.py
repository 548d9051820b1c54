"""Which fields of facts a condition may compare, and how. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from guanxi.kernel.conditions.leaves import Comparison, Fault
from guanxi.kernel.conditions.predicates import Op
from guanxi.kernel.wording import say
from guanxi.touchpoints.conditions.matching import ITEMS, operators_for
from guanxi.touchpoints.kinds import ITEM_FIELDS, KINDS, FieldType

PYTHON_TYPES = {
    FieldType.TEXT: str,
    FieldType.WORDS: str,
    FieldType.INTEGER: int,
    FieldType.FEN: int,
    FieldType.MS: int,
    FieldType.BOOLEAN: bool,
}
TYPE_NAMES = {str: say("text"), int: say("a whole number"), bool: say("true or false")}


@dataclass(frozen=True, slots=True)
class Comparable:
    """A field that conditions may compare. `type` is what values are written as."""

    name: str
    type: type
    doc: str
    operators: frozenset[Op]


def comparable(kinds: Sequence[str]) -> dict[str, Comparable]:
    """The fields that facts of any of the kinds may have, by name."""
    found: dict[str, Comparable] = {}

    def add(name: str, kind: type | None, doc: str) -> None:
        if kind is not None:
            found.setdefault(name, Comparable(name, kind, doc, operators_for(name, kind)))

    add("channel", str, "where it happened: tmall, jd, store …")
    add("source", str, "the name of the source it was recorded from")
    add("amount_fen", int, "the amount")
    add("quantity", int, "the pieces")
    for kind in filter(None, map(KINDS.get, kinds)):
        for field in kind.fields:
            if field.type is FieldType.ITEMS:
                for part in ITEM_FIELDS.values():
                    if PYTHON_TYPES.get(part.type) is str:
                        add(ITEMS + part.name, str, part.doc)
            elif field.personal is None:
                add(field.name, PYTHON_TYPES.get(field.type), field.doc)
    return found


def check_kinds(kinds: Sequence[str], path: str) -> Fault | None:
    for number, kind in enumerate(kinds):
        if kind not in KINDS:
            return Fault(f"{path}[{number}]", say("one of %(names)s", names=", ".join(KINDS.names())), kind)
    return None


def check_where(where: Sequence[Comparison], kinds: Sequence[str], path: str) -> Fault | None:
    """What is wrong with the first comparison that cannot be made of facts of these kinds."""
    known = comparable(kinds)
    for number, one in enumerate(where):
        place = f"{path}[{number}]"
        field = known.get(one.field)
        if field is None:
            return Fault(f"{place}.field", say("one of %(names)s", names=", ".join(known)), one.field)
        if one.op not in field.operators:
            names = ", ".join(sorted(field.operators))
            return Fault(f"{place}.op", say("one of %(names)s", names=names), one.op.value)
        values = one.value if isinstance(one.value, tuple) else (one.value,)
        if any(type(value) is not field.type for value in values):
            return Fault(f"{place}.value", TYPE_NAMES[field.type], values)
    return None
