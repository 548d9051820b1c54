"""Reads of states: of one customer and why, of many, how many there are, and what other rules would make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from guanxi.customers.lookup import root_of
from guanxi.economics.models import StateProgress
from guanxi.economics.states import keeping, rules
from guanxi.economics.states.contracts import Kept, Previewed, Rule, RuleSet, Standing, State
from guanxi.kernel.clock import now_ms
from guanxi.kernel.conditions import BrandRow, Condition, ConditionInvalid, Moment, sentence
from guanxi.kernel.errors import NotFound
from guanxi.kernel.wording import say
from guanxi.platform.language import tongue
from guanxi.segments.definitions import Resolver, readable


@dataclass(frozen=True, slots=True)
class Profile:
    """A customer's state, since when, and the rule that says so, as a sentence in both languages (empty where
    no rule does, or it cannot be read any more)."""

    customer_id: int
    kept: Kept | None
    rules_version: int
    sentence_zh: str = ""
    sentence_en: str = ""


def standing(brand_id: int) -> Standing:
    """How many customers are in each state; all seven and NONE, in their order."""
    row = StateProgress.objects.filter(pk=brand_id).first()
    if row is None:
        return Standing(dict.fromkeys(State, 0))
    counts = {state: int(row.counts.get(state, 0)) for state in State}
    return Standing(counts, row.refreshed_ms, row.rules_version)


def begun_ms(brand_id: int) -> int:
    """When every customer had a state for the first time; 0: never yet."""
    return StateProgress.objects.filter(pk=brand_id).values_list("first_ms", flat=True).first() or 0


def states_of(brand_id: int, customer_ids: Collection[int]) -> dict[int, Kept]:
    """The states of customers, those of whom one is kept; one question for any number."""
    return keeping.kept(brand_id, customer_ids)


def profile(brand: BrandRow, customer_id: int) -> Profile:
    """A customer's state and why. Raises NotFound where the brand never had the customer."""
    root = root_of(brand.pk, customer_id)
    if root is None:
        raise NotFound(say("There is no customer %(id)s.", id=customer_id))
    kept = keeping.kept(brand.pk, [root]).get(root)
    version = standing(brand.pk).rules_version
    chosen = rules.at_version(brand.pk, version)
    rule = _rule_of(chosen, kept.state) if chosen and kept else None
    return Profile(root, kept, version, *(said(brand, rule.condition) if rule else ("", "")))


def _rule_of(chosen: RuleSet, state: State) -> Rule | None:
    return next((rule for rule in chosen.rules if rule.state is state), None)


def said(brand: BrandRow, condition: Condition, resolver: Resolver | None = None) -> tuple[str, str]:
    """A condition as a sentence in Chinese and in English; empty where it cannot be read any more."""
    try:
        shown = readable(brand.pk, condition, resolver)
        both = [sentence(shown, tongue(language, brand.currency)) for language in ("zh-hans", "en")]
    except ConditionInvalid:
        return "", ""
    return both[0], both[1]


def preview(brand: BrandRow, given: Any) -> Previewed:
    """What other rules would make of everybody, as of the lake; nothing is changed.

    Raises as `rules.checked`.
    """
    import numpy as np  # noqa: PLC0415 - which start-up need not

    from guanxi.economics.states import refreshing  # noqa: PLC0415

    chosen = RuleSet(rules.checked(brand.pk, given))
    moment = Moment(now_ms(), ZoneInfo(brand.timezone))
    ids, codes = refreshing.found(brand, chosen, moment)
    known, known_codes = refreshing.known_states(brand)
    _both, here, there = np.intersect1d(ids, known, assume_unique=True, return_indices=True)
    size = len(refreshing.CODES)
    pairs = Counter((known_codes[there] * size + codes[here]).tolist())
    moves = [
        (refreshing.CODES[pair // size], refreshing.CODES[pair % size], count)
        for pair, count in pairs.most_common()
        if pair // size != pair % size
    ]
    then = Counter(codes.tolist())
    return Previewed(
        standing(brand.pk).counts,
        {state: then[place] for place, state in enumerate(refreshing.CODES)},
        moves,
    )
