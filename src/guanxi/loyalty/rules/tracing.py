"""One customer, one fact, and what every rule decides of it: why, branch by branch. Nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import orjson

from guanxi.customers.lookup import roots_of
from guanxi.kernel.clock import now_ms
from guanxi.kernel.conditions import ENGLISH, BrandRow, Moment, Tongue
from guanxi.kernel.conditions.leaves import Comparison
from guanxi.kernel.errors import Invalid, NotFound
from guanxi.kernel.wording import say
from guanxi.loyalty.rules import decks, using
from guanxi.loyalty.rules.contracts import Rule, Step, Why
from guanxi.loyalty.rules.dryrun import NEW, deck_with
from guanxi.loyalty.rules.engine import Deck
from guanxi.loyalty.rules.facts import Fact, Uses
from guanxi.loyalty.rules.periods import Local
from guanxi.loyalty.rules.seeing import conditions_of, facts_from
from guanxi.loyalty.rules.services import checked
from guanxi.segments.contracts import Explained
from guanxi.segments.definitions import resolve
from guanxi.segments.evaluating import explain
from guanxi.touchpoints.conditions.matching import test_of
from guanxi.touchpoints.history import one_of
from guanxi.touchpoints.kinds import KINDS

LARGEST_FEN: Final = 10**12


class Gave(NamedTuple):
    effect: str
    asset: str
    units: int


class TraceStep(NamedTuple):
    """What was decided of one rule. `failed` is the first comparison that does not hold, `explained` the
    condition with its answers, `by` the rule of the group that came before, `used` and `limit` of a rule
    that is limited: times and units in the period, None without such a limit."""

    rule_id: int | None
    version: int
    name: str
    why: Why
    gave: list[Gave]
    by: str
    failed: Comparison | None
    explained: Explained | None
    used: tuple[int, int] | None


class Traced(NamedTuple):
    """`fact_id` is None of a supposed fact."""

    fact_id: int | None
    kind: str
    occurred_ms: int
    amount_fen: int | None
    steps: list[TraceStep]


Draft = tuple[int | None, Mapping[str, Any], int, str]  # rule, definition, priority, group


def trace(
    brand: BrandRow,
    customer_id: int,
    *,
    fact_id: int | None = None,
    supposed: Mapping[str, Any] | None = None,
    draft: Draft | None = None,
    tongue: Tongue = ENGLISH,
) -> Traced:
    """What the active rules, and `draft` among them, decide of a fact of the customer's: a recorded one, or
    one that is `supposed` ({"kind", "amount_fen", "quantity", "channel", "payload", "occurred_ms"}).

    Of a recorded fact limits are asked as they stand now, without what it took itself. Raises NotFound for a
    customer or fact that there is not, Invalid for a fact that cannot be supposed.
    """
    root = roots_of(brand.pk, [customer_id]).get(customer_id)
    if root is None:
        raise NotFound(say("There is no customer %(customer)s.", customer=customer_id), customer=customer_id)
    fact = _recorded(brand, root, fact_id) if fact_id is not None else _supposed(root, supposed or {})
    deck = _deck(brand, draft)
    uses = using.load(brand.pk, deck, [fact])
    taken = using.taken_by(brand.pk, fact.id) if fact_id is not None else {}
    before = {}
    for number in deck.limited:
        times, units = uses.of(deck.use_key(deck.by_id[number], fact))
        before[number] = (times - (number in taken), units - taken.get(number, 0))
    if fact_id is not None:
        uses = Uses({deck.use_key(deck.by_id[number], fact): use for number, use in before.items()})
    steps: list[Step] = []
    (holding,) = conditions_of(brand, deck, [fact])
    deck.decide(fact, holding, uses, steps)
    order = {rule.id: place for place, rule in enumerate(deck.rules)}
    steps.sort(key=lambda step: order[step.rule.id])
    teller = _Teller(brand, deck, fact, tongue)
    told = [teller.told(step, before.get(step.rule.id)) for step in steps]
    return Traced(fact_id, fact.kind, fact.occurred_ms, fact.amount_fen, told)


def _deck(brand: BrandRow, draft: Draft | None) -> Deck:
    if draft is not None:
        rule_id, definition, priority, group = draft
        parsed = checked(brand.pk, definition)
        return deck_with(brand, parsed, rule_id=rule_id, priority=priority, group=group)
    zone = ZoneInfo(brand.timezone)
    return decks.active(brand.pk, zone) or Deck([], Local(zone))


def _recorded(brand: BrandRow, customer_id: int, fact_id: int) -> Fact:
    row = one_of(brand.pk, fact_id)
    fact = facts_from(brand.pk, [row])[0] if row else None
    if fact is None or fact.customer_id != customer_id:
        raise NotFound(say("The customer has no fact %(fact)s.", fact=fact_id), fact=fact_id)
    return fact


def _supposed(customer_id: int, told: Mapping[str, Any]) -> Fact:
    """A fact that is not recorded: it is later than all that is."""
    kind = told.get("kind", "order.paid")
    if kind not in KINDS:
        raise Invalid(say("There is no kind '%(kind)s'.", kind=kind), field="kind")
    for name in ("amount_fen", "quantity", "occurred_ms"):
        value = told.get(name)
        if value is not None and (type(value) is not int or abs(value) > LARGEST_FEN * 1_000):
            raise Invalid(say("%(name)s is a whole number.", name=name), field=name)
    payload = told.get("payload") or {}
    if not isinstance(payload, Mapping):
        raise Invalid(say("The payload is an object."), field="payload")
    at_ms = told.get("occurred_ms")
    return Fact(
        0,
        customer_id,
        customer_id,
        kind,
        now_ms() if at_ms is None else at_ms,
        told.get("amount_fen"),
        told.get("quantity"),
        told.get("channel") or None,
        told.get("source") or None,
        orjson.dumps(dict(payload)).decode(),
    )


class _Teller(NamedTuple):
    brand: BrandRow
    deck: Deck
    fact: Fact
    tongue: Tongue

    def told(self, step: Step, used: tuple[int, int] | None) -> TraceStep:
        rule = step.rule
        gave = [
            Gave(one.effect.name, str(one.effect.values.get("asset", "")), one.units) for one in step.given
        ]
        return TraceStep(
            None if rule.id == NEW else rule.id,
            rule.version,
            rule.name,
            step.why,
            gave,
            step.by.name if step.by else "",
            _failed(rule.definition.where, self.fact) if step.why is Why.WHERE else None,
            self._explained(rule, step.why),
            used,
        )

    def _explained(self, rule: Rule, why: Why) -> Explained | None:
        if rule.definition.condition is None or why in (Why.KIND, Why.TIME, Why.WHERE, Why.NOBODY):
            return None
        condition = resolve(self.brand.pk, rule.definition.condition)
        at = Moment(self.fact.occurred_ms, self.deck.local.zone, self.fact.id or None)
        return explain(self.brand, condition, self.fact.customer_id, at, self.tongue)


def _failed(where: Sequence[Comparison], fact: Fact) -> Comparison | None:
    for one in where:
        test = test_of([one])
        if test is not None and not test(fact):
            return one
    return None
