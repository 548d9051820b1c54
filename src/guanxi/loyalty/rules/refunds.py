"""What a refund takes back: what the order earned, and what it was paid with (docs/guide/ledger.md)."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from django.db import connection

from guanxi.kernel.clock import DAY_MS
from guanxi.loyalty.ledger.contracts import ClawBack, GiveBack, Kind, Posting, State, Step
from guanxi.loyalty.ledger.posting import LARGEST_BATCH, post
from guanxi.loyalty.ledger.ripening import ripen
from guanxi.loyalty.rules import orders, using
from guanxi.loyalty.rules.booking import ripens_ms
from guanxi.loyalty.rules.contracts import GIVE, MULTIPLY, OnRefund, Rule
from guanxi.loyalty.rules.decks import definitions_at
from guanxi.loyalty.rules.facts import Fact
from guanxi.loyalty.rules.offers import units_of
from guanxi.loyalty.rules.orders import Order
from guanxi.loyalty.rules.periods import Local, number
from guanxi.loyalty.rules.seeing import facts_from
from guanxi.platform.bulk import among
from guanxi.touchpoints.conditions.matching import test_of
from guanxi.touchpoints.history import some_of

_logger = logging.getLogger(__name__)
ACTOR: Final = "rules"
GRACE_MS: Final = 30 * DAY_MS  # what comes back to a customer lives so long at the least
_SHARED: Final = frozenset({"points", "credit"})  # kinds of assets that can be halved
_GONE: Final = ", ".join(str(int(kind)) for kind in (Kind.VOID, Kind.LAPSE, Kind.LET_GO, Kind.CLAW))
_EARNED: Final = f"""
SELECT m.id, p.key, p.rule, p.fact_id, m.units, x.kind, a.subject_id, p.occurred_ms,
  coalesce((SELECT sum(b.units) FROM loyalty_move b WHERE b.origin_id = m.id AND b.kind IN ({_GONE})), 0)
  + coalesce((SELECT sum(q.units - b.units) FROM loyalty_move b JOIN loyalty_move q ON q.id = b.pending_id
  WHERE b.origin_id = m.id AND b.kind = {int(Kind.POST)}), 0)
FROM loyalty_posting p JOIN loyalty_move m ON m.posting_id = p.id JOIN loyalty_asset x ON x.id = m.asset_id
JOIN loyalty_account a ON a.id = m.target_id
WHERE {{facts}} AND p.brand_id = %s AND p.rule <> '' AND m.origin_id IS NULL
  AND m.kind IN ({int(Kind.DIRECT)}, {int(Kind.PENDING)})
ORDER BY m.id
"""
_SPENT: Final = f"""
SELECT s.key, m.id, coalesce((SELECT sum(f.units) FROM loyalty_move f WHERE coalesce(f.origin_id, f.id) = m.id
  AND f.kind IN ({int(Kind.DIRECT)}, {int(Kind.POST)})), 0), coalesce((SELECT sum(b.units)
  FROM loyalty_move b WHERE b.origin_id = m.id AND b.kind = {int(Kind.RETURN)}), 0)
FROM loyalty_orderspend s JOIN loyalty_move m ON m.id = s.move_id WHERE {{keys}} ORDER BY m.id
"""


class Earned(NamedTuple):
    """A move that a rule made for a fact of an order. `gone` of its units are gone again."""

    move_id: int
    key: str
    rule: tuple[int, int]
    fact_id: int
    units: int
    asset_kind: str
    subject_id: int
    occurred_ms: int
    gone: int

    @property
    def place(self) -> int:
        return int(self.key.rpartition(":")[2])


def settle(brand_id: int, source_id: int, local: Local, facts: Sequence[Fact]) -> None:
    """Take back and give back what the orders of these facts owe after their refunds, whichever came first,
    and set the date of what waits for a receipt. In the transaction of the facts and the brand's turn, so
    that what is gone already is known exactly."""
    told = orders.by_key(brand_id, source_id, facts)
    known = orders.of_keys(told)
    paid_alone = {key for key, some in told.items() if all(fact.kind == orders.PAID for fact in some)}
    known = {
        key: order
        for key, order in known.items()
        if order.refunded_fen or order.received_ms is not None or key not in paid_alone
    }
    if not known:
        return
    earned = _earned(brand_id, [fact for order in known.values() for fact in order.facts])
    rules = definitions_at({one.rule for some in earned.values() for one in some})
    sources = _facts(brand_id, rules, earned)
    spent = _spent(known)
    postings: list[Posting] = []
    uses: dict[tuple[int, int, int], list[int]] = defaultdict(lambda: [0, 0])
    for key, order in known.items():
        mine = [one for fact in order.facts for one in earned.get(fact, ())]
        _receive(brand_id, mine, rules, sources, order.received_ms)
        if not order.refunded_fen:
            continue
        cause = told[key][-1]
        for one in mine:
            units = _owed(one, order, rules.get(one.rule), sources.get(one.fact_id)) - one.gone
            if units > 0:
                postings.append(_posting(cause, one.move_id, ClawBack(one.move_id, units), one))
                _release(uses, one, units, rules.get(one.rule), local)
        for move_id, units, returned in spent.get(key, ()):
            if (more := order.back(units) - returned) > 0:
                postings.append(_posting(cause, move_id, GiveBack(move_id, more, GRACE_MS)))
    _post(brand_id, postings)
    using.add({key: (times, units) for key, (times, units) in uses.items()})


def _post(brand_id: int, postings: Sequence[Posting]) -> None:
    """What the ledger refuses (units that are set aside and not spent yet, a wallet that is full) never
    undoes the refund: the order's next fact asks again, since what is owed is computed anew."""
    for start in range(0, len(postings), LARGEST_BATCH):
        for outcome in post(brand_id, postings[start : start + LARGEST_BATCH], actor=ACTOR):
            if outcome.state is State.REFUSED:
                _logger.warning("a refund was not settled: %s", outcome.code)


def _posting(cause: Fact, move_id: int, step: Step, earned: Earned | None = None) -> Posting:
    rule = "" if earned is None else f"{earned.rule[0]}:{earned.rule[1]}"
    key = f"refund:{cause.id}:{move_id}"
    return Posting(key, "order.refunded", [step], cause.occurred_ms, cause.id, rule)


def _owed(one: Earned, order: Order, rule: Rule | None, fact: Fact | None) -> int:
    """How much of what was earned is to be gone after all refunds of the order."""
    mode = _mode(one, rule)
    if mode is OnRefund.SHARE or order.is_refunded:
        return order.back(one.units)
    if mode is OnRefund.FIRST:
        return one.units
    return 0 if rule is None or fact is None or _is_met(one, order, rule, fact) else one.units


def _mode(one: Earned, rule: Rule | None) -> OnRefund:
    said = rule.definition.effects[one.place].values.get("on_refund") if rule else None
    if said:
        return OnRefund(said)
    return OnRefund.SHARE if one.asset_kind in _SHARED else OnRefund.UNMET


def _is_met(one: Earned, order: Order, rule: Rule, fact: Fact) -> bool:
    """Whether the rule would still give it for what is left of the payment."""
    paid = fact.amount_fen or 0
    left = replace(fact, amount_fen=max(0, paid - order.back(paid)))
    test = test_of(rule.definition.where)
    if test is not None and not test(left):
        return False
    effect = rule.definition.effects[one.place]
    if effect.name != GIVE or effect["lines"]:
        return True
    return units_of(effect, left) >= one.units or units_of(effect, left) == units_of(effect, fact)


def _release(
    uses: dict[tuple[int, int, int], list[int]], one: Earned, units: int, rule: Rule | None, local: Local
) -> None:
    """A use of a limit comes back with the whole of what it gave; units as they come back."""
    if rule is None or rule.definition.limit is None:
        return
    period = number(local(one.occurred_ms)[0], rule.definition.limit.per)
    use = uses[one.rule[0], one.subject_id, period]
    is_first = one.place == min(
        place for place, effect in enumerate(rule.definition.effects) if effect.name in (GIVE, MULTIPLY)
    )
    use[0] -= is_first and one.gone + units >= one.units
    use[1] -= units


def _receive(
    brand_id: int,
    mine: Sequence[Earned],
    rules: Mapping[tuple[int, int], Rule],
    sources: Mapping[int, Fact],
    received_ms: int | None,
) -> None:
    """Units that wait for the receipt come so many days after the last that was told."""
    if received_ms is None:
        return
    dates: dict[int, list[int]] = defaultdict(list)
    for one in mine:
        rule, fact = rules.get(one.rule), sources.get(one.fact_id)
        if rule is None or fact is None:
            continue
        effect = rule.definition.effects[one.place]
        if effect["wait_after"] == "receipt":
            at_ms = ripens_ms(effect, fact, received_ms)
            if at_ms is not None:
                dates[at_ms].append(one.move_id)
    for at_ms, moves in dates.items():
        ripen(brand_id, moves, at_ms)
        ripen(brand_id, moves, at_ms, later=True)  # the date so far was a guess


def _earned(brand_id: int, fact_ids: Collection[int]) -> dict[int, list[Earned]]:
    """fact → what rules gave for it."""
    where, these = among("p.fact_id", sorted(fact_ids))
    found: dict[int, list[Earned]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_EARNED.format(facts=where), [these, brand_id])
        for move_id, key, rule, fact_id, units, kind, subject_id, occurred_ms, gone in cursor.fetchall():
            number_of, _colon, version = rule.partition(":")
            told = ((int(number_of), int(version)), fact_id, units, kind, subject_id, occurred_ms, int(gone))
            found[fact_id].append(Earned(move_id, key, *told))
    return found


def _spent(known: Mapping[int, Order]) -> dict[int, list[tuple[int, int, int]]]:
    """key → moves by which the order was paid for: the move, its units, what of them came back."""
    where, these = among("s.key", sorted(known))
    found: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_SPENT.format(keys=where), [these])
        for key, move_id, units, returned in cursor.fetchall():
            found[key].append((move_id, int(units), int(returned)))
    return found


def _facts(
    brand_id: int, rules: Mapping[tuple[int, int], Rule], earned: Mapping[int, Sequence[Earned]]
) -> dict[int, Fact]:
    """The payments that rules are asked about again: where something cannot be halved, or waits."""
    wanted = [
        fact
        for fact, some in earned.items()
        if any(
            _mode(one, rules.get(one.rule)) is OnRefund.UNMET
            or (one.rule in rules and rules[one.rule].definition.effects[one.place]["wait_days"] is not None)
            for one in some
        )
    ]
    return {fact.id: fact for fact in facts_from(brand_id, some_of(brand_id, wanted))}
