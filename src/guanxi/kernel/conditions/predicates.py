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


Test = Callable[[Mapping[Feature, Value]], bool]
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


OPERATORS: dict[Op, Callable[[Any, Any], bool]] = {
    Op.EQ: eq,
    Op.NE: ne,
    Op.LT: lt,
    Op.LE: le,
    Op.GT: gt,
    Op.GE: ge,
    Op.AMONG: lambda value, among: value in among,
    Op.CONTAINS: lambda value, part: part in value,
}


def holds(predicate: Predicate, values: Mapping[Feature, Value]) -> bool:
    """Whether it holds of a customer's values; a feature that is missing is `absent`."""
    return test_of(predicate)(values)


def test_of(predicate: Predicate) -> Test:
    """`holds` as a function of the values, put together once for many customers."""
    match predicate:
        case Compare():
            return _comparing(predicate)
        case Known(feature):
            return lambda values: values.get(feature, feature.absent) is not None
        case Never(part):
            denied = test_of(part)
            return lambda values: not denied(values)
        case Every(parts):
            every_test = [test_of(part) for part in parts]
            return lambda values: all(test(values) for test in every_test)
        case Some(parts):
            some_test = [test_of(part) for part in parts]
            return lambda values: any(test(values) for test in some_test)


def _comparing(compare: Compare) -> Test:
    feature, operator, value, times = compare.feature, OPERATORS[compare.op], compare.value, compare.times

    def simple(values: Mapping[Feature, Value]) -> bool:
        found = values.get(feature, feature.absent)
        return found is not None and bool(operator(found, value))

    def multiplied(values: Mapping[Feature, Value]) -> bool:
        assert times is not None
        found, factor = values.get(feature, feature.absent), values.get(times, times.absent)
        if found is None or not isinstance(factor, int):
            return False
        return bool(operator(found, value * factor))

    return simple if times is None else multiplied
