"""The facts of some customers from the database, as conditions need them, in one query."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from operator import attrgetter

from django.db import connection

from guanxi.kernel.conditions.features import BrandRow, Moment
from guanxi.kernel.conditions.windows import BEGINNING_MS
from guanxi.platform.bulk import among
from guanxi.touchpoints.conditions.matching import Fact
from guanxi.touchpoints.models import Source

# The brand is compared in a form that no index answers, else SQLite reads all of the brand's subjects.
_FACTS = """
SELECT t.id, s.customer_id, t.kind, t.occurred_ms, t.amount_fen, t.quantity, nullif(t.channel, ''),
  t.source_id, {payload}
FROM customers_subject s CROSS JOIN touchpoints_touchpoint t
WHERE {customers} AND s.brand_id + 0 = %s AND t.subject_id = s.id AND t.kind IN ({kinds}){further}
"""


def facts_of(
    brand: BrandRow,
    customer_ids: Sequence[int],
    kinds: Collection[str],
    moment: Moment,
    *,
    after_ms: int = BEGINNING_MS,
    with_payload: bool = False,
    with_source: bool = False,
) -> Iterator[tuple[int, list[Fact]]]:
    """Customers with their facts of the kinds, the oldest first, also those later than the moment; who has
    none is left out."""
    condition, parameter = among("s.customer_id", customer_ids)
    further, parameters = "", [parameter, brand.pk, *kinds]
    if after_ms > BEGINNING_MS:
        further += " AND t.occurred_ms > %s"
        parameters.append(max(after_ms, -(1 << 62)))
    if moment.up_to is not None:
        further += " AND t.id <= %s"
        parameters.append(moment.up_to)
    statement = _FACTS.format(
        payload="t.payload" if with_payload else "''",
        customers=condition,
        kinds=", ".join(["%s"] * len(kinds)),
        further=further,
    )
    names = dict(Source.objects.filter(brand_id=brand.pk).values_list("pk", "name")) if with_source else {}
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        facts = [Fact._make((*row[:7], names.get(row[7]), row[8])) for row in cursor.fetchall()]
    facts.sort(key=_PLACE)
    for customer_id, group in groupby(facts, attrgetter("customer_id")):
        yield customer_id, list(group)


_PLACE = attrgetter("customer_id", "occurred_ms", "id")


def latest(moments: Iterable[Moment]) -> Moment:
    """A moment at which every fact is read that counts at any of some moments."""
    every = list(moments)
    bounds = [moment.up_to for moment in every]
    up_to = None if None in bounds else max(bound for bound in bounds if bound is not None)
    return replace(every[0], as_of_ms=max(moment.as_of_ms for moment in every), up_to=up_to)


def known_by(facts: Sequence[Fact], moment: Moment) -> list[Fact]:
    """Those of the facts that were recorded by the moment."""
    return [fact for fact in facts if moment.up_to is None or fact.id <= moment.up_to]
