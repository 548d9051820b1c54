"""Conditions for everybody, from the lake: one Ibis expression for a whole set of them.

Each source computes its features in as few passes as it can, aggregated by subject before they are mapped to
customers; each pass is joined once to the customers, and the conditions are comparisons over that row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

import ibis
import pyarrow as pa

from guanxi.kernel.conditions import (
    SOURCES,
    BrandRow,
    Condition,
    Feature,
    Moment,
    Source,
    features_of,
    holds,
    predicate_of,
)
from guanxi.kernel.conditions.features import by_source, column
from guanxi.kernel.conditions.predicates import Compare, Every, Known, Never, Predicate, Some
from guanxi.warehouse import queries as warehouse
from guanxi.warehouse.comparisons import compared, earliest

DEFAULT_SAMPLE = 20


def expression(brand: BrandRow, conditions: Mapping[int, Condition], moment: Moment) -> Any:
    """A row for each living customer: `customer_id`, a boolean `s<key>` for each condition, and `changes_ms`,
    the earliest moment at which time alone may change one of them (NULL: never)."""
    predicates = {key: predicate_of(condition) for key, condition in conditions.items()}
    row, columns, changes = _features(brand, features_of(predicates.values()), moment)
    return row.select(
        row.customer_id,
        **{f"s{key}": _compiled(predicate, columns) for key, predicate in predicates.items()},
        changes_ms=earliest(changes),
    )


def count(brand: BrandRow, condition: Condition, moment: Moment) -> int:
    """How many living customers the condition holds of, as of the lake."""
    members = _members(brand, condition, moment)
    return int(warehouse.run(brand, members.aggregate(n=members.count()))["n"][0].as_py())


def counted(
    brand: BrandRow, condition: Condition, moment: Moment, size: int = DEFAULT_SAMPLE
) -> tuple[int, list[int]]:
    """How many it holds of, and some of them, those with the smallest ids: in one pass, where two questions
    would be two."""
    members = _members(brand, condition, moment)
    members = members.mutate(n=members.count().over(ibis.window()))
    found = warehouse.run(brand, members.order_by("customer_id").limit(size))
    return (found["n"][0].as_py(), found["customer_id"].to_pylist()) if found.num_rows else (0, [])


def members(brand: BrandRow, condition: Condition, moment: Moment) -> pa.Table:
    """Every customer it holds of: one column, `customer_id`."""
    return warehouse.run(brand, _members(brand, condition, moment))


def first_of(brand: BrandRow, conditions: Sequence[Condition], moment: Moment) -> Any:
    """A row for each living customer: `customer_id`, and `place`, that of the first of the conditions that
    holds (from 0; -1 where none does). All of them are computed together, as in `expression`."""
    predicates = [predicate_of(condition) for condition in conditions]
    row, columns, _changes = _features(brand, features_of(predicates), moment, only=Every())
    place = ibis.literal(-1, "int64")
    for number, predicate in reversed(list(enumerate(predicates))):
        place = ibis.ifelse(_compiled(predicate, columns), ibis.literal(number, "int64"), place)
    return row.select(row.customer_id, place=place)


def _members(brand: BrandRow, condition: Condition, moment: Moment) -> Any:
    predicate = predicate_of(condition)
    row, columns, _changes = _features(brand, features_of([predicate]), moment, only=predicate)
    return row.filter(_compiled(predicate, columns)).select("customer_id")


def _features(
    brand: BrandRow, features: list[Feature], moment: Moment, *, only: Predicate | None = None
) -> tuple[Any, dict[Feature, Any], list[Any]]:
    """Customers joined with every source: the joined table, the column of each feature (`absent` put in) and
    the columns that say when they change. `only`: customers of whom this does not hold may be left out, and
    when it changes is not asked."""
    with_changes = only is None
    tables = warehouse.tables()
    names: dict[Feature, str] = {}
    changes: list[str] = []
    row = None
    for number, (source, part) in enumerate(_parts(features)):
        compute = source.table if with_changes else source.values_table
        table = compute(brand, part, tables, moment)
        mine = {feature: f"v{len(names) + at}" for at, feature in enumerate(part)}
        given = {mine[feature]: table[column(at)] for at, feature in enumerate(part)}
        if with_changes:
            given[f"changes_{number}"] = table.changes_ms
            changes.append(f"changes_{number}")
        if row is None and source.has_everybody:
            row = table.select("customer_id", **given)
        else:
            row = tables["customers"].select("customer_id") if row is None else row
            key = f"customer_{number}"
            given[key] = table.customer_id
            join = row.inner_join if only and _demands(only, part) else row.left_join
            row = join(table.select(**given), [("customer_id", key)])
        names |= mine
    row = tables["customers"].select("customer_id") if row is None else row
    columns = {feature: _present(row[name], feature) for feature, name in names.items()}
    return row, columns, [row[name] for name in changes]


def _demands(predicate: Predicate, part: Sequence[Feature]) -> bool:
    """Whether it can only hold of customers whom the source of these features knows. Then an engine compares
    before it joins, and joins the few that are left."""
    if isinstance(predicate, Every):
        return any(_demands(one, part) for one in predicate.parts)
    asked = features_of([predicate])
    return bool(asked) and set(asked) <= set(part) and not holds(predicate, {})


def _parts(features: list[Feature]) -> list[tuple[Source, Sequence[Feature]]]:
    """What each source computes at once; first one that has everybody, for the others to be joined to."""
    sources = [(SOURCES[name], wanted) for name, wanted in by_source(features).items()]
    sources.sort(key=lambda pair: not pair[0].has_everybody)
    return [(source, part) for source, wanted in sources for part in source.parts(wanted)]


def _present(value: Any, feature: Feature) -> Any:
    return value if feature.absent is None else ibis.coalesce(value, ibis.literal(feature.absent))


def _compiled(predicate: Predicate, columns: Mapping[Feature, Any]) -> Any:
    """A boolean that is never NULL."""
    match predicate:
        case Compare():
            return _comparison(predicate, columns)
        case Known(feature):
            return columns[feature].notnull()
        case Never(part):
            return ~_compiled(part, columns)
        case Every(parts):
            compiled = [_compiled(part, columns) for part in parts]
            return reduce(lambda one, other: one & other, compiled) if compiled else ibis.literal(True)
        case Some(parts):
            compiled = [_compiled(part, columns) for part in parts]
            return reduce(lambda one, other: one | other, compiled) if compiled else ibis.literal(False)


def _comparison(compare: Compare, columns: Mapping[Feature, Any]) -> Any:
    value = columns[compare.feature]
    against = compare.value if compare.times is None else columns[compare.times] * compare.value
    answer = compared(value, compare.op, against)
    unknown = [one for one in (compare.feature, compare.times) if one is not None and one.absent is None]
    return ibis.coalesce(answer, ibis.literal(False)) if unknown else answer
