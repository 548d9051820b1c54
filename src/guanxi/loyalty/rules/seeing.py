"""Facts as rules see them, with whose they are, and which rules' conditions hold."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from guanxi.customers.lookup import customer_ids_of
from guanxi.kernel.conditions import BrandRow, Moment
from guanxi.loyalty.rules.engine import Deck
from guanxi.loyalty.rules.facts import Fact
from guanxi.segments.definitions import resolve
from guanxi.segments.evaluating import evaluate_each
from guanxi.touchpoints.history import PastFact
from guanxi.touchpoints.hooks import RecordedBatch
from guanxi.touchpoints.queries import source_name


def facts_of(batch: RecordedBatch, kinds: frozenset[str]) -> list[Fact]:
    """The facts of these kinds, each with the customer it is of today, in the order recorded."""
    mine = [
        PastFact(fact.id, batch.source_id, fact.kind, fact.channel, *fact[4:])
        for fact in batch.facts
        if fact.kind in kinds
    ]
    return facts_from(batch.brand_id, mine)


def facts_from(brand_id: int, rows: Sequence[PastFact]) -> list[Fact]:
    """Rows of the log as rules see them."""
    customers = customer_ids_of(brand_id, {row.subject_id for row in rows if row.subject_id})
    sources = {number: source_name(number) for number in {row.source_id for row in rows}}
    return [
        Fact(
            row.id,
            row.subject_id or 0,
            customers.get(row.subject_id or 0, 0),
            row.kind,
            row.occurred_ms,
            row.amount_fen,
            row.quantity,
            row.channel or None,
            sources[row.source_id],
            row.payload,
        )
        for row in rows
    ]


def conditions_of(brand: BrandRow, deck: Deck, facts: Sequence[Fact]) -> list[frozenset[int]]:
    """For each fact, the rules whose condition holds of its customer at that moment, of those that ask."""
    nothing: frozenset[int] = frozenset()
    found = [nothing] * len(facts)
    if not deck.conditional:
        return found
    places = [place for place, fact in enumerate(facts) if deck.asking(fact)]
    if not places:
        return found
    conditions = {
        number: resolve(brand.pk, rule.definition.condition)
        for number, rule in deck.conditional.items()
        if rule.definition.condition is not None
    }
    zone = ZoneInfo(brand.timezone)
    asked = [
        (facts[place].customer_id, Moment(facts[place].occurred_ms, zone, facts[place].id or None))
        for place in places
    ]
    for place, holds in zip(places, evaluate_each(brand, conditions, asked), strict=True):
        found[place] = holds
    return found
