"""Whether a fact is what a comparison asks for, decided on the fact itself. `lake.py` says the same in Ibis.
Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any, NamedTuple, Protocol

import orjson

from guanxi.kernel.conditions.leaves import Comparison
from guanxi.kernel.conditions.predicates import OPERATORS, Op
from guanxi.touchpoints.kinds import ITEM_FIELDS

ITEMS = "items."
NAME = re.compile(r"[a-z][a-z0-9_]{0,60}")
LARGEST_NUMBER = 10**18  # of a payload: longer ones are not compared, in the lake neither
COLUMNS: dict[str, type] = {"channel": str, "source": str, "amount_fen": int, "quantity": int}


class Fact(NamedTuple):
    """A fact as conditions see it; what is empty is None."""

    id: int
    customer_id: int
    kind: str
    occurred_ms: int
    amount_fen: int | None
    quantity: int | None
    channel: str | None
    source: str | None
    payload: str

    def fields(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = orjson.loads(self.payload) if self.payload else {}
        return found


class Compared(Protocol):
    """What comparisons can be made of: a payload, and attributes named as `COLUMNS`."""

    def fields(self) -> Mapping[str, Any]: ...


Test = Callable[[Compared], bool]


def needs_payload(where: Sequence[Comparison]) -> bool:
    return any(one.field not in COLUMNS for one in where)


def test_of(where: Sequence[Comparison]) -> Test | None:
    """Whether all of the comparisons hold; None where there are none."""
    tests = [_test(one) for one in where]
    if not tests:
        return None
    return reduce(_both, tests)


def _both(one: Test, other: Test) -> Test:
    return lambda fact: one(fact) and other(fact)


def _test(one: Comparison) -> Test:
    operator, value, name = OPERATORS[one.op], one.value, one.field
    if not has_type_of(one):
        return lambda fact: False
    if name in COLUMNS:

        def by_column(fact: Compared) -> bool:
            found = getattr(fact, name)
            return found is not None and bool(operator(found, value))

        return by_column
    wanted = kind_of_value(one)

    def matches(found: Any) -> bool:
        if type(found) is not wanted or (isinstance(found, int) and abs(found) >= LARGEST_NUMBER):
            return False
        return bool(operator(found, value))

    if name.startswith(ITEMS):
        part = name.removeprefix(ITEMS)
        return lambda fact: any(matches(item.get(part)) for item in fact.fields().get("items", ()))
    if name in ITEM_FIELDS:  # by name alone the lake cannot tell it from that of an item
        return lambda fact: "items" not in (fields := fact.fields()) and matches(fields.get(name))
    return lambda fact: matches(fact.fields().get(name))


def kind_of_value(one: Comparison) -> type:
    """The type of what is compared: of lists the first's."""
    return type(one.value[0]) if isinstance(one.value, tuple) else type(one.value)


_FITTING: dict[type, frozenset[Op]] = {
    str: frozenset({Op.EQ, Op.NE, Op.AMONG, Op.CONTAINS}),
    int: frozenset({Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE, Op.AMONG}),
    bool: frozenset({Op.EQ, Op.NE}),
}
OF_ITEMS = frozenset({Op.EQ, Op.AMONG, Op.CONTAINS})


def operators_for(name: str, kind: type) -> frozenset[Op]:
    """Which comparisons a field of that type takes. Texts have no order: engines would sort them apart."""
    return OF_ITEMS if name.startswith(ITEMS) else _FITTING.get(kind, frozenset())


def has_type_of(one: Comparison) -> bool:
    """Whether the comparison can be made at all; one that cannot holds of no fact."""
    kind = kind_of_value(one)
    values = one.value if isinstance(one.value, tuple) else (one.value,)
    if any(type(value) is not kind for value in values) or one.op not in operators_for(one.field, kind):
        return False
    if one.field in COLUMNS:
        return COLUMNS[one.field] is kind
    if one.field.startswith(ITEMS):
        return kind is str and NAME.fullmatch(one.field.removeprefix(ITEMS)) is not None
    return NAME.fullmatch(one.field) is not None
