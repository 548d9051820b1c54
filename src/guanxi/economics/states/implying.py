"""Whether a condition can only hold where another holds: how a rule is found that can never be reached.

What is found is certain; what needs more than comparing bounds is not found, and then the preview shows an
empty state instead. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from guanxi.kernel.conditions import All, AnyOf, Condition, Leaf, Not
from guanxi.kernel.conditions.windows import EVER

_LEAST: Final = ("at_least", "at_least_days")
_MOST: Final = ("at_most", "at_most_days")
COUNTING: Final = "behaviour.did"


def implies(one: Condition, other: Condition) -> bool:
    """Whether whoever `one` holds of, `other` holds of too."""
    if one == other or is_always(other) or is_never(one):
        return True
    if isinstance(other, All):
        return all(implies(one, part) for part in other.parts)
    if isinstance(one, AnyOf):
        return all(implies(part, other) for part in one.parts)
    by_parts = isinstance(one, All) and any(implies(part, other) for part in one.parts)
    return by_parts or _implies_some(one, other)


def _implies_some(one: Condition, other: Condition) -> bool:
    match one, other:
        case _, AnyOf(parts):
            return any(implies(one, part) for part in parts)
        case Not(part), Not(denied):
            return implies(denied, part)
        case Leaf(), Leaf():
            return _narrower(one, other)
    return False


def is_always(condition: Condition) -> bool:
    """Whether it holds of everybody, by its form alone."""
    match condition:
        case All(parts):
            return all(map(is_always, parts))
        case AnyOf(parts):
            return any(map(is_always, parts))
        case Not(part):
            return is_never(part)
    return False


def is_never(condition: Condition) -> bool:
    """Whether it holds of nobody, by its form alone."""
    match condition:
        case All(parts):
            return any(map(is_never, parts))
        case AnyOf(parts):
            return all(map(is_never, parts))
        case Not(part):
            return is_always(part)
    return False


def _narrower(one: Leaf, other: Leaf) -> bool:
    """Leaves of one kind that differ in bounds alone, the first within those of the second."""
    if one.name != other.name:
        return False
    here, there = _values(one), _values(other)
    bounds = {*_LEAST, *_MOST}
    if not bounds & here.keys():
        return False
    if any(here[name] != there[name] for name in here if name not in bounds):
        return False
    if all(there.get(name) is None for name in bounds):
        return True  # whoever is compared is known
    return all(_within(name, here.get(name), there.get(name)) for name in bounds)


def _within(bound: str, here: Any, there: Any) -> bool:
    if there is None:
        return True
    if here is None:
        return False
    return bool(here >= there) if bound in _LEAST else bool(here <= there)


def _values(leaf: Leaf) -> Mapping[str, Any]:
    """The leaf's parameters, said in one way: "did it" is "did it at least once"."""
    values = dict(leaf.values)
    if "within" in values and values["within"] is None:
        values["within"] = EVER
    if leaf.name == COUNTING:
        exactly = values.pop("exactly", None)
        if exactly is not None:
            values["at_least"] = values["at_most"] = exactly
        elif values.get("at_least") is None and values.get("at_most") is None:
            values["at_least"] = 1
    return values
