"""Rules at work: in the transaction that records facts, each fact's effects are decided and booked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Final
from zoneinfo import ZoneInfo

from guanxi.kernel.clock import now_ms
from guanxi.kernel.collecting import without_collecting
from guanxi.kernel.conditions import BrandRow
from guanxi.loyalty.ledger.contracts import Outcome, Posting, State
from guanxi.loyalty.ledger.posting import LARGEST_BATCH, post
from guanxi.loyalty.rules import acting, decks, missing, orders, refunds, using
from guanxi.loyalty.rules.booking import posting_of
from guanxi.loyalty.rules.contracts import GIVE, MULTIPLY, Due, Given, Missed
from guanxi.loyalty.rules.engine import Deck
from guanxi.loyalty.rules.facts import Fact
from guanxi.loyalty.rules.seeing import conditions_of, facts_of
from guanxi.platform.bulk import WORTH_COPYING
from guanxi.platform.models import Brand
from guanxi.touchpoints.contracts import Mode
from guanxi.touchpoints.hooks import AFTER_RECORD, AfterRecord, RecordedBatch

ACTOR: Final = "rules"


def register() -> None:
    AFTER_RECORD.register(AfterRecord("rules", apply))


def apply(batch: RecordedBatch) -> None:
    """Book what the brand's active rules give for new facts, and take back what their refunds undo. Where
    there are neither it costs one question."""
    kinds = {fact.kind for fact in batch.facts}
    rows = decks.rows_of(batch.brand_id)
    settles = orders.REFUNDED in kinds or orders.RECEIVED in kinds
    if not rows and not settles:
        return
    brand = Brand.objects.get(pk=batch.brand_id)
    deck = decks.deck_of(rows, ZoneInfo(brand.timezone))
    if rows and not kinds.isdisjoint(deck.kinds | orders.KINDS):
        with without_collecting() if len(batch.facts) >= WORTH_COPYING else nullcontext():
            _apply(brand, deck, batch)
    elif settles:
        facts = facts_of(batch, orders.KINDS)
        orders.note(brand.pk, batch.source_id, facts)
        refunds.settle(brand.pk, batch.source_id, deck.local, facts)


def _apply(brand: BrandRow, deck: Deck, batch: RecordedBatch) -> None:
    facts = facts_of(batch, deck.kinds | orders.KINDS)
    uses = using.load(brand.pk, deck, facts)
    holding = conditions_of(brand, deck, facts)
    given: list[tuple[Fact, Given]] = []
    for fact, holds in zip(facts, holding, strict=True):
        given += [(fact, one) for one in deck.decide(fact, holds, uses)]
    orders.note(brand.pk, batch.source_id, facts)
    book(brand, deck, given, live=batch.mode is Mode.LIVE)
    refunds.settle(brand.pk, batch.source_id, deck.local, facts)


def book(brand: BrandRow, deck: Deck, given: Sequence[tuple[Fact, Given]], *, live: bool) -> None:
    """Carry out effects. Those that the ledger or their room refuses are kept as missed."""
    moving = [(fact, one) for fact, one in given if one.effect.name in (GIVE, MULTIPLY)]
    at_ms = now_ms()
    postings = [posting_of(fact, one, deck.local, at_ms) for fact, one in moving]
    missed: list[tuple[Fact, Missed]] = []
    refused: set[tuple[int, int]] = set()
    for start in range(0, len(postings), LARGEST_BATCH):
        part = postings[start : start + LARGEST_BATCH]
        for (fact, one), outcome in zip(moving[start:], _posted(brand.pk, part), strict=False):
            if outcome.state is State.REFUSED:
                refused.add((fact.id, one.rule.id))
                missed.append((fact, Missed(one, fact.id, fact.subject_id, outcome.code, outcome.message)))
    using.keep(deck, [(fact, one) for fact, one in given if (fact.id, one.rule.id) not in refused])
    missed += _act(brand.pk, given, live=live)
    missing.keep(brand.pk, missed)


def _act(brand_id: int, given: Sequence[tuple[Fact, Given]], *, live: bool) -> list[tuple[Fact, Missed]]:
    """Carry out what moves no units; those that could not be."""
    others = {
        key_of(fact, one): (fact, one) for fact, one in given if one.effect.name not in (GIVE, MULTIPLY)
    }
    if not others:
        return []
    units: dict[tuple[int, int], int] = defaultdict(int)
    for fact, one in given:
        units[fact.id, one.rule.id] += one.units
    dues = [Due(one.effect, fact, units[fact.id, one.rule.id], key) for key, (fact, one) in others.items()]
    return [
        (due.fact, Missed(others[due.key][1], due.fact.id, due.fact.subject_id, code, message))
        for due, code, message in acting.carry_out(brand_id, dues, live=live)
    ]


def _posted(brand_id: int, postings: Sequence[Posting]) -> list[Outcome]:
    return post(brand_id, postings, actor=ACTOR)


def key_of(fact: Fact, given: Given) -> str:
    """The key of an effect: for one rule and one fact there is one, whatever the version."""
    return f"rule:{given.rule.id}:{fact.id}:{given.place}"
