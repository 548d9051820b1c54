"""The leaf `loyalty.reciprocity`: whether a customer was asked more often than given, in some days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from django.db import connection

from guanxi.kernel.clock import DAY_MS
from guanxi.kernel.conditions import (
    LEAVES,
    SOURCES,
    BrandRow,
    Compare,
    Feature,
    Leaf,
    LeafType,
    Moment,
    Op,
    Param,
    ParamType,
    Source,
    Tongue,
    Values,
    ValueType,
)
from guanxi.kernel.conditions.features import column, earliest
from guanxi.kernel.conditions.windows import Window
from guanxi.loyalty.ledger.contracts import Kind, Place
from guanxi.loyalty.standing.contracts import ASK, OF_CAMPAIGNS
from guanxi.platform.bulk import among
from guanxi.touchpoints.conditions.keys import FACTS, count

SOURCE: Final = "reciprocity"
MOST_DAYS: Final = 3_650
# What is given counts while anything of it is neither taken back nor let go, as in the lake.
_GIVEN: Final = f"""
    SELECT c.customer_id, p.fact_id, p.occurred_ms FROM customers_subject c
    JOIN loyalty_account t ON t.subject_id = c.id JOIN loyalty_move o ON o.target_id = t.id
    JOIN loyalty_account s ON s.id = o.source_id
    JOIN loyalty_posting p ON p.id = o.posting_id
    WHERE {{whose}} AND c.brand_id = %s AND t.brand_id = %s AND t.place = '{Place.WALLET}'
    AND o.origin_id IS NULL AND o.kind IN ({int(Kind.DIRECT)}, {int(Kind.PENDING)})
    AND s.place IN ('{Place.ISSUED}', '{Place.STOCK}', '{Place.BUDGET}')
    AND (SELECT sum(CASE WHEN m.kind IN ({int(Kind.DIRECT)}, {int(Kind.POST)}) THEN m.units
        WHEN m.kind = {int(Kind.PENDING)} AND r.id IS NULL THEN m.units
        WHEN m.kind = {int(Kind.CLAW)} THEN -m.units ELSE 0 END)
        FROM loyalty_move m LEFT JOIN loyalty_move r ON r.pending_id = m.id
        WHERE m.id = o.id OR m.origin_id = o.id) > 0"""


class ReciprocitySource(Source):
    """Asks less gives of a number of days (the key), both counted from the same moment."""

    name = SOURCE

    def now(
        self, brand: BrandRow, features: Sequence[Feature], customer_ids: Sequence[int], moment: Moment
    ) -> Mapping[int, Values]:
        asks = {one: _asks(_days(one)) for one in features}
        asked = SOURCES[FACTS].now(brand, list(set(asks.values())), customer_ids, moment)
        given = _given(brand.pk, customer_ids, moment)
        found = {}
        for customer in customer_ids:
            known, moments = asked.get(customer, Values()), given.get(customer, [])
            values: dict[Feature, int] = {}
            changes = known.changes_ms
            for one, ask in asks.items():
                span = _days(one) * DAY_MS
                inside = [at for at in moments if moment.as_of_ms - span < at <= moment.as_of_ms]
                values[one] = int(known.values.get(ask) or 0) - len(inside)
                later = (at if at > moment.as_of_ms else at + span for at in moments)
                changes = earliest(changes, *(at for at in later if at > moment.as_of_ms))
            found[customer] = Values(values, changes)
        return found

    def table(
        self, brand: BrandRow, features: Sequence[Feature], tables: Mapping[str, Any], moment: Moment
    ) -> Any:
        import ibis  # noqa: PLC0415 - half a second that start-up need not

        from guanxi.warehouse.comparisons import earliest as least  # noqa: PLC0415
        from guanxi.warehouse.queries import per_customer  # noqa: PLC0415

        asks = [_asks(_days(one)) for one in features]
        names = [column(place) for place in range(len(features))]
        asked = SOURCES[FACTS].table(brand, asks, tables, moment)
        zero = ibis.literal(0, "int64")
        asked = asked.select(
            "customer_id", "changes_ms", **{name: ibis.coalesce(asked[name], zero) for name in names}
        )
        rows = tables["ledger_rewards"]
        if moment.up_to is not None:
            rows = rows.filter(rows.fact_id.isnull() | (rows.fact_id <= moment.up_to))
        given = per_customer(rows.select("subject_id", "occurred_ms"), tables["subject_map"])
        counts, ends = {}, []
        for name, one in zip(names, features, strict=True):
            span, at = _days(one) * DAY_MS, given.occurred_ms
            inside = (at > moment.as_of_ms - span) & (at <= moment.as_of_ms)
            counts[name] = ibis.ifelse(inside, ibis.literal(-1, "int64"), zero)
            ends.append(ibis.ifelse(inside, at + span, ibis.null("int64")))
        ends.append(ibis.ifelse(given.occurred_ms > moment.as_of_ms, given.occurred_ms, ibis.null("int64")))
        gives = given.select("customer_id", changes_ms=least(ends), **counts)
        both = ibis.union(asked.select("customer_id", "changes_ms", *names), gives)
        sums = {name: both[name].sum().cast("int64") for name in names}
        return both.group_by("customer_id").aggregate(**sums, changes_ms=both.changes_ms.min())

    def topics(self, feature: Feature) -> Collection[str]:
        return {f"kind:{ASK}", SOURCE}


def _days(feature: Feature) -> int:
    return int(str(feature.key))


def _asks(days: int) -> Feature:
    return count((ASK,), Window(days=days), (OF_CAMPAIGNS,))


def _given(brand_id: int, customer_ids: Sequence[int], moment: Moment) -> dict[int, list[int]]:
    """customer → when they were given something."""
    where, these = among("c.customer_id", sorted(customer_ids))
    found: dict[int, list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_GIVEN.format(whose=where), [these, brand_id, brand_id])
        for customer, fact, at_ms in cursor.fetchall():
            if moment.up_to is None or fact is None or fact <= moment.up_to:
                found[customer].append(at_ms)
    return found


def _predicate(leaf: Leaf) -> Compare:
    return Compare(Feature(SOURCE, leaf["days"], ValueType.INTEGER, 0), Op.GT, leaf["more_than"])


def _sentence(leaf: Leaf, tongue: Tongue) -> str:
    return tongue.say(
        "was asked more often than given in the last %(days)s days, by more than %(n)s",
        days=leaf["days"],
        n=leaf["more_than"],
    )


def _denial(leaf: Leaf, tongue: Tongue) -> str:
    return tongue.say(
        "was not asked more often than given in the last %(days)s days by more than %(n)s",
        days=leaf["days"],
        n=leaf["more_than"],
    )


LEAF: Final = LeafType(
    "loyalty.reciprocity",
    "给予落后于索取",
    "Gives lag asks",
    "value",
    "Whether messages of campaigns that the customer was sent outnumber what they were given (units of any "
    "asset, for whatever reason) by more than `more_than`, within the last `days` days of 24 hours.",
    (
        Param(
            "more_than",
            ParamType.INTEGER,
            "超过（次）",
            "By more than",
            "how many",
            default=0,
            least=0,
            most=1_000,
        ),
        Param(
            "days",
            ParamType.INTEGER,
            "最近（天）",
            "In days",
            "days of 24 hours",
            default=90,
            least=1,
            most=MOST_DAYS,
        ),
    ),
    _sentence,
    _predicate,
    denial=_denial,
)


def register() -> None:
    SOURCES.register(ReciprocitySource())
    LEAVES.register(LEAF)
