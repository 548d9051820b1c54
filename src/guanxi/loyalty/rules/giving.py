"""Giving what a rule missed, once there is something to give again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from guanxi.kernel.clock import now_ms
from guanxi.kernel.conditions import BrandRow
from guanxi.loyalty.ledger.contracts import Outcome, State
from guanxi.loyalty.ledger.posting import post
from guanxi.loyalty.rules import acting, decks, refunds, services, using
from guanxi.loyalty.rules.booking import posting_of
from guanxi.loyalty.rules.contracts import GIVE, MULTIPLY, Due, Given, Rule
from guanxi.loyalty.rules.engine import Deck
from guanxi.loyalty.rules.facts import Fact, Uses
from guanxi.loyalty.rules.models import Missed
from guanxi.loyalty.rules.periods import Local
from guanxi.loyalty.rules.seeing import facts_from
from guanxi.platform import audit, jobs
from guanxi.platform.writing import writing
from guanxi.touchpoints.history import some_of

JOB: Final = "rules.missed"
AT_ONCE: Final = 500  # effects of one transaction, and of a request that does not become a job
DONE_BEFORE: Final = "key_conflict"  # the ledger has it, posted in another way


class Counts(NamedTuple):
    """Effects and units that were given, and effects that are missed still."""

    given: int = 0
    units: int = 0
    refused: int = 0


def give(
    brand: BrandRow, rule_id: int, *, actor: object, tell: Callable[[int, int], object] | None = None
) -> Counts:
    """Give what the rule missed, under the keys of then, the oldest first, in transactions of 500: whoever is
    interrupted goes on from there, and nothing is given twice. What is refused once more stays missed; what
    was refunded since is not given. Raises NotFound."""
    services.find(brand.pk, rule_id)
    waiting = Missed.objects.filter(brand_id=brand.pk, rule_id=rule_id, given_ms=0)
    total, seen, after, done = waiting.count(), 0, 0, Counts()
    while True:
        with writing(brand.pk):
            rows = list(waiting.filter(pk__gt=after).order_by("pk")[:AT_ONCE])
            if not rows:
                return done
            part = _Giving(brand, rule_id, rows).run(str(actor))
        done = Counts(*(one + other for one, other in zip(done, part, strict=True)))
        seen, after = seen + len(rows), rows[-1].pk
        if tell is not None:
            tell(seen, max(total, seen))


def want(brand: BrandRow, rule_id: int, *, actor: object) -> Counts | int:
    """Give what was missed, at once where it is little; else the id of the job that does so."""
    services.find(brand.pk, rule_id)
    waiting = Missed.objects.filter(brand_id=brand.pk, rule_id=rule_id, given_ms=0)
    if waiting.count() <= AT_ONCE:
        return give(brand, rule_id, actor=actor)
    return jobs.enqueue(
        JOB,
        brand_id=brand.pk,
        arguments={"rule": rule_id, "actor": str(actor)},
        unique_key=f"{brand.pk}:{rule_id}",
    )


class _Giving:
    """One transaction's part of what was missed."""

    def __init__(self, brand: BrandRow, rule_id: int, rows: Sequence[Missed]) -> None:
        self._brand, self._rule_id, self._rows = brand, rule_id, rows
        self._local = Local(ZoneInfo(brand.timezone))
        self._at_ms = now_ms()
        self._sources: dict[int, int] = {}

    def run(self, actor: str) -> Counts:
        versions = decks.definitions_at({(row.rule_id, row.version) for row in self._rows})
        told = some_of(self._brand.pk, {row.fact_id for row in self._rows})
        self._sources = {row.id: row.source_id for row in told}
        facts = {fact.id: fact for fact in facts_from(self._brand.pk, told) if fact.customer_id}
        asked = [
            (row, facts[row.fact_id], rule)
            for row in self._rows
            if row.fact_id in facts and (rule := versions.get((row.rule_id, row.version))) is not None
        ]
        deck = Deck(_newest(versions.values()), self._local)
        uses = using.load(self._brand.pk, deck, [fact for _row, fact, _rule in asked])
        allowed = [(row, fact, rule) for row, fact, rule in asked if self._is_allowed(deck, uses, rule, fact)]
        done = self._moved(allowed, actor) | self._acted(allowed)
        given = [(fact, _given(row, rule)) for row, fact, rule in allowed if row.pk in done]
        using.keep(deck, given)
        Missed.objects.filter(pk__in=done).update(given_ms=self._at_ms)
        self._settle([fact for fact, _one in given])
        units = sum(one.units for _fact, one in given)
        if done:
            detail = {"given": len(done), "units_count": units}
            audit.record(self._brand.pk, actor, "rule.missed", "rule", self._rule_id, detail=detail)
        return Counts(len(done), units, len(self._rows) - len(done))

    def _is_allowed(self, deck: Deck, uses: Uses, rule: Rule, fact: Fact) -> bool:
        """Whether the customer's limit, used since by other facts, leaves room for it."""
        limit = rule.definition.limit
        if limit is None or limit.times is None:
            return True
        key = deck.use_key(rule, fact)
        if uses.of(key)[0] >= limit.times:
            return False
        uses.take(key, 0)
        return True

    def _moved(self, asked: Sequence[tuple[Missed, Fact, Rule]], actor: str) -> set[int]:
        moving = [one for one in asked if _effect_name(one[0], one[2]) in (GIVE, MULTIPLY)]
        postings = [
            posting_of(fact, _given(row, rule), self._local, self._at_ms) for row, fact, rule in moving
        ]
        outcomes: Iterable[Outcome] = post(self._brand.pk, postings, actor=actor) if postings else ()
        return {
            row.pk
            for (row, _fact, _rule), outcome in zip(moving, outcomes, strict=True)
            if outcome.state is not State.REFUSED or outcome.code == DONE_BEFORE
        }

    def _acted(self, asked: Sequence[tuple[Missed, Fact, Rule]]) -> set[int]:
        dues = {
            row.key: (
                row.pk,
                Due(_given(row, rule).effect, fact, 0, row.key),
            )
            for row, fact, rule in asked
            if _effect_name(row, rule) not in (GIVE, MULTIPLY)
        }
        if not dues:
            return set()
        failed = acting.carry_out(self._brand.pk, [due for _pk, due in dues.values()], live=False)
        return {pk for pk, _due in dues.values()} - {dues[due.key][0] for due, *_why in failed}

    def _settle(self, facts: Sequence[Fact]) -> None:
        """Take back at once what refunds since then would have taken."""
        groups: dict[int, list[Fact]] = defaultdict(list)
        for fact in facts:
            groups[self._sources[fact.id]].append(fact)
        for source, some in groups.items():
            refunds.settle(self._brand.pk, source, self._local, some)


def _newest(versions: Iterable[Rule]) -> list[Rule]:
    newest = max(versions, key=lambda rule: rule.version, default=None)
    return [] if newest is None else [newest]


def _effect_name(row: Missed, rule: Rule) -> str:
    return rule.definition.effects[row.place].name


def _given(row: Missed, rule: Rule) -> Given:
    return Given(rule, row.place, rule.definition.effects[row.place], row.units)
