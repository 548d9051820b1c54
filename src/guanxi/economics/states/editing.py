"""Changes to a list of rules, as pages offer them: a rule set, moved, taken away. Pure; rules are JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from guanxi.economics.states.contracts import State

Rules = list[dict[str, Any]]
# Where a new rule goes: the gravest first, the widest last.
ORDER: Final = (
    State.DETRACTOR,
    State.ADVOCATE,
    State.CHURNED,
    State.AT_RISK,
    State.LOYAL,
    State.NEW,
    State.ACTIVE,
)


def with_rule(rules: Sequence[Mapping[str, Any]], state: State, condition: Mapping[str, Any]) -> Rules:
    """The rules with this condition for the state: in the place of the one it has, else in its own."""
    new = {"state": state.value, "condition": dict(condition)}
    kept = [dict(rule) for rule in rules]
    for place, rule in enumerate(kept):
        if rule["state"] == state:
            return [*kept[:place], new, *kept[place + 1 :]]
    rank = ORDER.index(state)
    place = next((at for at, rule in enumerate(kept) if ORDER.index(State(rule["state"])) > rank), len(kept))
    return [*kept[:place], new, *kept[place:]]


def moved(rules: Sequence[Mapping[str, Any]], state: State, by: int) -> Rules:
    """The rules with that of the state `by` places further on, -1 being one to the front."""
    kept = [dict(rule) for rule in rules]
    at = next((place for place, rule in enumerate(kept) if rule["state"] == state), None)
    if at is None:
        return kept
    rule = kept.pop(at)
    kept.insert(max(0, min(len(kept), at + by)), rule)
    return kept


def without(rules: Sequence[Mapping[str, Any]], state: State) -> Rules:
    return [dict(rule) for rule in rules if rule["state"] != state]
