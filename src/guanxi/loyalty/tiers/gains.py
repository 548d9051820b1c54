"""What counts towards tiers: the facts and the units of some customers, from the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import connection

from guanxi.kernel.conditions import BrandRow, Moment
from guanxi.loyalty.ledger.contracts import Kind as MoveKind
from guanxi.loyalty.ledger.contracts import Place
from guanxi.loyalty.tiers import memberships
from guanxi.loyalty.tiers.contracts import Gain, Kind, Measure, Programme, Refunds
from guanxi.loyalty.tiers.memberships import Told
from guanxi.platform.bulk import among
from guanxi.touchpoints.conditions.matching import Fact
from guanxi.touchpoints.conditions.reading import facts_of

PAID: Final = "order.paid"
REFUNDED: Final = "order.refunded"
LARGEST_FEN: Final = 10**15  # as conditions believe no more
# The lots that were issued to a customer's wallets, each less what was taken back of it. Units that come back
# after they were paid with, or that another customer gave, were not earned.
_EARNED: Final = f"""
SELECT s.customer_id, x.code, p.occurred_ms, l.units - coalesce((SELECT sum(c.units) FROM loyalty_move c
  WHERE c.origin_id = l.origin_id AND c.kind = {int(MoveKind.CLAW)}), 0)
FROM customers_subject s CROSS JOIN loyalty_account a JOIN loyalty_asset x ON x.id = a.asset_id
JOIN loyalty_lot l ON l.account_id = a.id JOIN loyalty_move m ON m.id = l.id
JOIN loyalty_posting p ON p.id = m.posting_id JOIN loyalty_account f ON f.id = m.source_id
WHERE {{customers}} AND s.brand_id + 0 = %s AND a.subject_id = s.id AND a.subject_id > 0
  AND a.place = '{Place.WALLET}' AND x.brand_id = %s AND x.code IN ({{assets}})
  AND m.kind <> {int(MoveKind.RETURN)} AND f.place <> '{Place.WALLET}'
"""


@dataclass(slots=True)
class Counted:
    """Of one customer: gains by measure, and what was told of memberships."""

    gains: dict[Measure, list[Gain]] = field(default_factory=lambda: defaultdict(list))
    told: list[Told] = field(default_factory=list)


def kinds_of(programme: Programme) -> frozenset[str]:
    """The kinds of facts that may change somebody's tier."""
    kinds = {kind for measure in programme.measures for kind in measure.kinds}
    if any(measure.kind is Kind.SPEND for measure in programme.measures):
        kinds |= {PAID, REFUNDED}
    if programme.plans:
        kinds |= memberships.KINDS
    return frozenset(kinds)


def assets_of(programme: Programme) -> frozenset[str]:
    return frozenset(measure.asset for measure in programme.measures if measure.kind is Kind.ASSET)


def counted(
    brand: BrandRow, programme: Programme, customer_ids: Sequence[int], moment: Moment
) -> dict[int, Counted]:
    """What counts for each of at most 1,000 customers, in two questions; who has nothing is left out."""
    found: dict[int, Counted] = defaultdict(Counted)
    if not customer_ids:
        return found
    kinds = kinds_of(programme)
    if kinds:
        named = REFUNDED in kinds or bool(programme.plans)
        facts = facts_of(brand, customer_ids, kinds, moment, with_payload=named, with_source=named)
        for customer_id, mine in facts:
            _count(programme, mine, found[customer_id])
    if assets := assets_of(programme):
        _earned(brand, programme, assets, customer_ids, found)
    return found


def _count(programme: Programme, facts: Sequence[Fact], into: Counted) -> None:
    spent: list[Gain] | None = None
    for measure in programme.measures:
        if measure.kind is Kind.SPEND:
            spent = net_spend(facts, programme.refunds) if spent is None else spent
            into.gains[measure] = spent
        elif measure.kind is Kind.FACTS:
            into.gains[measure] = [Gain(fact.occurred_ms, 1) for fact in facts if fact.kind in measure.kinds]
    if programme.plans:
        into.told = [
            Told(
                fact.occurred_ms,
                fact.kind,
                str(fact.fields().get("plan", "")),
                "\0".join(order) if (order := order_of(fact)) else "",
            )
            for fact in facts
            if fact.kind in memberships.KINDS
        ]


def order_of(fact: Fact) -> tuple[str, str] | None:
    """The source and the number of its order; None where it names none."""
    number = fact.fields().get("order")
    return (fact.source or "", number) if isinstance(number, str) and number else None


def net_spend(facts: Iterable[Fact], refunds: Refunds) -> list[Gain]:
    """What was paid, less refunds: of an order that is known never more than was paid for it. Taken back, a
    refund counts against the last payments of its order, at their time; one that names no order that we know
    counts from its own day."""
    money = [
        fact
        for fact in facts
        if fact.kind in (PAID, REFUNDED)
        and fact.amount_fen is not None
        and 0 <= fact.amount_fen <= LARGEST_FEN
    ]
    if all(fact.kind == PAID for fact in money):  # of most: no order is asked for
        return [Gain(fact.occurred_ms, fact.amount_fen or 0) for fact in money if fact.amount_fen]
    paid: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    back: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    gains: list[Gain] = []
    for fact in money:
        fen = fact.amount_fen or 0
        if order := order_of(fact):
            (paid if fact.kind == PAID else back)[order].append(fact)
        else:
            gains.append(Gain(fact.occurred_ms, fen if fact.kind == PAID else -fen))
    for order in paid.keys() | back.keys():
        gains += _net(paid.get(order, []), back.get(order, []), refunds)
    return gains


def _net(paid: Sequence[Fact], back: Sequence[Fact], refunds: Refunds) -> list[Gain]:
    if not paid:
        return [Gain(fact.occurred_ms, -(fact.amount_fen or 0)) for fact in back]
    left = [[fact.occurred_ms, fact.amount_fen or 0] for fact in paid]
    rest = min(sum(fact.amount_fen or 0 for fact in back), sum(fen for _at, fen in left))
    if refunds is Refunds.TAKE_BACK:
        for payment in reversed(left):
            taken = min(rest, payment[1])
            payment[1], rest = payment[1] - taken, rest - taken
        return [Gain(at_ms, fen) for at_ms, fen in left if fen]
    gains = [Gain(at_ms, fen) for at_ms, fen in left if fen]
    for fact in back:
        taken = min(rest, fact.amount_fen or 0)
        gains, rest = [*gains, Gain(fact.occurred_ms, -taken)], rest - taken
    return gains


def _earned(
    brand: BrandRow,
    programme: Programme,
    assets: Iterable[str],
    customer_ids: Sequence[int],
    into: Mapping[int, Counted],
) -> None:
    condition, parameter = among("s.customer_id", customer_ids)
    codes = sorted(assets)
    sql = _EARNED.format(customers=condition, assets=", ".join(["%s"] * len(codes)))
    with connection.cursor() as cursor:
        cursor.execute(sql, [parameter, brand.pk, brand.pk, *codes])
        rows = cursor.fetchall()
    for customer_id, code, at_ms, units in rows:
        if units > 0:
            for measure in programme.measures:
                if measure.asset == code:
                    into[customer_id].gains[measure].append(Gain(at_ms, int(units)))
