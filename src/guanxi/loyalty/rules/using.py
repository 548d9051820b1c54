"""How often customers used rules that are limited."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import connection

from guanxi.loyalty.ledger.contracts import Kind
from guanxi.loyalty.rules.contracts import Given
from guanxi.loyalty.rules.engine import Deck
from guanxi.loyalty.rules.facts import Fact, Uses
from guanxi.platform.bulk import among, insert_rows

_COLUMNS = {
    "rule_id": "bigint",
    "subject_id": "bigint",
    "period": "bigint",
    "times": "bigint",
    "units": "bigint",
}
_ADD = """ON CONFLICT (subject_id, rule_id, period) DO UPDATE SET
 times = loyalty_ruleuse.times + excluded.times, units = loyalty_ruleuse.units + excluded.units"""


def load(brand_id: int, deck: Deck, facts: Sequence[Fact]) -> Uses:
    """What the customers of the facts have used so far, all their subjects together."""
    limited = [deck.by_id[number] for number in sorted(deck.limited)]
    kinds = {kind for rule in limited for kind in rule.definition.on}
    customers = sorted({fact.customer_id for fact in facts if fact.kind in kinds and fact.customer_id})
    if not customers:
        return Uses()
    whose, these = among("s.customer_id", customers)
    which, those = among("u.rule_id", [rule.id for rule in limited])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT u.rule_id, s.customer_id, u.period, sum(u.times), sum(u.units)"
            " FROM customers_subject s CROSS JOIN loyalty_ruleuse u"
            f" WHERE {whose} AND s.brand_id + 0 = %s AND u.subject_id = s.id AND {which}"
            " GROUP BY u.rule_id, s.customer_id, u.period",
            [these, brand_id, those],
        )
        return Uses({(row[0], row[1], row[2]): (int(row[3]), int(row[4])) for row in cursor.fetchall()})


def keep(deck: Deck, given: Iterable[tuple[Fact, Given]]) -> None:
    """Count what was given by limited rules: once for a rule and a fact, with all its units."""
    totals: dict[tuple[int, int, int], list[int]] = defaultdict(lambda: [0, 0])
    seen: set[tuple[int, int]] = set()
    for fact, one in given:
        if one.rule.definition.limit is None:
            continue
        rule_id, _customer, period = deck.use_key(one.rule, fact)
        total = totals[rule_id, fact.subject_id, period]
        total[0] += (fact.id, rule_id) not in seen
        total[1] += one.units
        seen.add((fact.id, rule_id))
    add({key: (times, units) for key, (times, units) in totals.items()})


def add(changes: dict[tuple[int, int, int], tuple[int, int]]) -> None:
    """(rule, subject, period) → times and units to add; below zero where a refund gives a use back."""
    rows = [(*key, *change) for key, change in sorted(changes.items())]
    insert_rows("loyalty_ruleuse", _COLUMNS, rows, on_conflict=_ADD)


def taken_by(brand_id: int, fact_id: int) -> dict[int, int]:
    """rule → units, of the rules that gave something for a fact."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.rule, sum(m.units) FROM loyalty_posting p JOIN loyalty_move m ON m.posting_id = p.id"
            " WHERE p.brand_id = %s AND p.fact_id = %s AND p.rule <> '' AND p.reason = 'rule'"
            f" AND m.origin_id IS NULL AND m.kind IN ({int(Kind.DIRECT)}, {int(Kind.PENDING)})"
            " GROUP BY p.rule",
            [brand_id, fact_id],
        )
        return {int(rule.partition(":")[0]): int(units) for rule, units in cursor.fetchall()}
