"""Rules and states as the API and the command line show them."""

from __future__ import annotations

from typing import Any

from guanxi.economics.states import queries, rules
from guanxi.economics.states.contracts import CHINESE, LABELS, NOT_KNOWN, Previewed, RuleSet, State
from guanxi.kernel.conditions import BrandRow, dump
from guanxi.kernel.wording import Wording
from guanxi.platform.language import spoken
from guanxi.segments.definitions import Resolver


def ruled(brand: BrandRow, chosen: RuleSet) -> list[dict[str, Any]]:
    """The rules in order, each with its condition as a sentence in both languages."""
    resolver = Resolver(brand.pk, {})
    found = []
    for rule in chosen.rules:
        zh, en = queries.said(brand, rule.condition, resolver)
        found.append(
            {
                "state": rule.state.value,
                "condition": dump(rule.condition),
                "sentence_zh": zh,
                "sentence_en": en,
            }
        )
    return found


def notes(chosen: RuleSet) -> dict[State, Wording]:
    """What is to be said of states that have no rule because nothing is known."""
    known = {rule.state for rule in chosen.rules}
    return {state: text for state, text in NOT_KNOWN.items() if state not in known}


def everything(brand: BrandRow) -> dict[str, Any]:
    """Rules, counts and what was chosen before. Times are UTC milliseconds."""
    chosen, standing = rules.of(brand.pk), queries.standing(brand.pk)
    said = notes(chosen)
    return {
        "version": chosen.version,
        "actor": chosen.actor or None,
        "chosen_ms": chosen.at_ms or None,
        "rules": ruled(brand, chosen),
        "refreshed_ms": standing.refreshed_ms or None,
        "refreshed_version": standing.rules_version,
        "states": [
            {
                "state": state.value,
                "label_zh": CHINESE[state],
                "label_en": str(LABELS[state]),
                "customers": None if state in said else count,
                "note": spoken(said[state]) if state in said else None,
            }
            for state, count in standing.counts.items()
        ],
        "history": [
            {"version": version, "actor": actor, "at_ms": at_ms}
            for version, actor, at_ms in rules.history(brand.pk)
        ],
    }


def previewed(found: Previewed) -> dict[str, Any]:
    """How many would be where, and who would move."""
    return {
        "states": [
            {"state": state.value, "now": found.now[state], "then": found.then[state]} for state in State
        ],
        "changed": found.changed,
        "moves": [
            {"from": before.value, "to": after.value, "customers": customers}
            for before, after, customers in found.moves
        ],
    }
