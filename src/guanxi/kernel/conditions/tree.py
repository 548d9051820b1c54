"""A condition as a tree: all of, any of, not, and leaves. Immutable and hashable, so equal parts are one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; without parts, everybody."""

    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds; without parts, nobody."""

    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition


@dataclass(frozen=True, slots=True)
class Leaf:
    """A question that a room answers. `values` are (parameter, value) in the order of the leaf's type, every
    parameter with one: its default, else None, where the author gave none."""

    name: str
    values: tuple[tuple[str, Any], ...] = ()

    def __getitem__(self, parameter: str) -> Any:
        for name, value in self.values:
            if name == parameter:
                return value
        raise KeyError(parameter)


Condition = All | AnyOf | Not | Leaf

EVERYBODY = All()
NOBODY = AnyOf()


def leaves_of(condition: Condition) -> Iterator[Leaf]:
    """Every leaf, in the order it is written."""
    match condition:
        case Leaf():
            yield condition
        case Not(part):
            yield from leaves_of(part)
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves_of(part)


def replaced(condition: Condition, replace: Callable[[Leaf], Condition]) -> Condition:
    """The same tree with what `replace` answers in place of each leaf."""
    match condition:
        case Leaf():
            return replace(condition)
        case Not(part):
            return Not(replaced(part, replace))
        case All(parts):
            return All(tuple(replaced(part, replace) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(replaced(part, replace) for part in parts))
