"""What a leaf comes to: comparisons of features. Two-valued: what compares with an unknown is false, and a
negation is the complement of that, so `not` always means everybody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from guanxi.kernel.conditions.features import Feature, Value


class Op(StrEnum):
    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    AMONG = "among"
    CONTAINS = "contains"


@dataclass(frozen=True, slots=True)
class Compare:
    """`feature op value`, or `feature op value × times`. AMONG takes a tuple, CONTAINS a text."""

    feature: Feature
    op: Op
    value: Any
    times: Feature | None = None


@dataclass(frozen=True, slots=True)
class Known:
    feature: Feature


@dataclass(frozen=True, slots=True)
class Every:
    parts: tuple[Predicate, ...] = ()


@dataclass(frozen=True, slots=True)
class Some:
    parts: tuple[Predicate, ...] = ()


@dataclass(frozen=True, slots=True)
class Never:
    """The complement of its part."""

    part: Predicate


Predicate = Compare | Known | Every | Some | Never

ALWAYS = Every()
IMPOSSIBLE = Some()


def between(feature: Feature, least: int | None, most: int | None) -> Predicate:
    """Both bounds included; a bound that is None is none. Without any, whether the feature is known."""
    parts: list[Predicate] = []
    if least is not None:
        parts.append(Compare(feature, Op.GE, least))
    if most is not None:
        parts.append(Compare(feature, Op.LE, most))
    return every(parts) if parts else Known(feature)


def every(parts: list[Predicate]) -> Predicate:
    return parts[0] if len(parts) == 1 else Every(tuple(parts))


def some(parts: list[Predicate]) -> Predicate:
    return parts[0] if len(parts) == 1 else Some(tuple(parts))


def features_of(predicate: Predicate) -> Iterator[Feature]:
    """Every feature it asks for, repeated where it is asked twice."""
    match predicate:
        case Compare(feature, _, _, times):
            yield feature
            if times is not None:
                yield times
        case Known(feature):
            yield feature
        case Never(part):
            yield from features_of(part)
        case Every(parts) | Some(parts):
            for part in parts:
                yield from features_of(part)


def holds(predicate: Predicate, values: Mapping[Feature, Value]) -> bool:
    """Whether it holds of a customer's values; a feature that is missing is `absent`."""
    match predicate:
        case Compare():
            return _compares(predicate, values)
        case Known(feature):
            return values.get(feature, feature.absent) is not None
        case Never(part):
            return not holds(part, values)
        case Every(parts):
            return all(holds(part, values) for part in parts)
        case Some(parts):
            return any(holds(part, values) for part in parts)


_OPERATORS: dict[Op, Callable[[Any, Any], bool]] = {
    Op.EQ: eq,
    Op.NE: ne,
    Op.LT: lt,
    Op.LE: le,
    Op.GT: gt,
    Op.GE: ge,
    Op.AMONG: lambda value, among: value in among,
    Op.CONTAINS: lambda value, part: part in value,
}


def _compares(compare: Compare, values: Mapping[Feature, Value]) -> bool:
    value = values.get(compare.feature, compare.feature.absent)
    if value is None:
        return False
    against = compare.value
    if compare.times is not None:
        times = values.get(compare.times, compare.times.absent)
        if not isinstance(times, int):
            return False
        against = against * times
    return bool(_OPERATORS[compare.op](value, against))


def compares(op: Op, value: Any, against: Any) -> bool:
    """One comparison of known values, as `holds` makes it."""
    return bool(_OPERATORS[op](value, against))
