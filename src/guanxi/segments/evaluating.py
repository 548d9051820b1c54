"""Conditions for given customers now, from the database. `compiling` answers the same for everybody from the
lake; tests hold both equal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from itertools import islice

from guanxi.customers.lookup import living
from guanxi.kernel.conditions import (
    ENGLISH,
    SOURCES,
    All,
    AnyOf,
    BrandRow,
    Condition,
    Feature,
    Leaf,
    Moment,
    Not,
    Tongue,
    features_of,
    holds,
    predicate_of,
    sentence,
)
from guanxi.kernel.conditions.features import Value, by_source, earliest
from guanxi.kernel.conditions.predicates import test_of
from guanxi.segments.contracts import Evaluated, Explained

CHUNK = 1_000
MOST_FACTS = 20


def evaluate(
    brand: BrandRow, conditions: Mapping[int, Condition], customer_ids: Collection[int], moment: Moment
) -> dict[int, Evaluated]:
    """Which of the conditions hold, for each living customer of the brand among `customer_ids`; the others
    are left out. For 1,000 customers it takes the same few queries as for one."""
    predicates = {key: predicate_of(condition) for key, condition in conditions.items()}
    tests = {key: test_of(predicate) for key, predicate in predicates.items()}
    features = features_of(predicates.values())
    found: dict[int, Evaluated] = {}
    ids = iter(sorted(set(customer_ids)))
    while chunk := list(islice(ids, CHUNK)):
        known = living(brand.pk, chunk)
        values, changes = _values(brand, features, known, moment)
        for customer_id in known:
            mine = values[customer_id]
            found[customer_id] = Evaluated(
                frozenset(key for key, test in tests.items() if test(mine)),
                changes.get(customer_id),
            )
    return found


def evaluate_each(
    brand: BrandRow, conditions: Mapping[int, Condition], asked: Sequence[tuple[int, Moment]]
) -> list[frozenset[int]]:
    """Which of the conditions hold for customers each at a moment of their own, in the order asked: of facts
    of a batch, each with its own past. Nothing holds of who is no living customer of the brand."""
    tests = {key: test_of(predicate_of(condition)) for key, condition in conditions.items()}
    features = features_of(map(predicate_of, conditions.values()))
    found: list[frozenset[int]] = []
    rest = iter(asked)
    while chunk := list(islice(rest, CHUNK)):
        known = set(living(brand.pk, sorted({customer_id for customer_id, _moment in chunk})))
        values: list[dict[Feature, Value]] = [{} for _one in chunk]
        for name, wanted in by_source(features).items():
            for mine, more in zip(values, SOURCES[name].each(brand, wanted, chunk), strict=True):
                mine.update(more)
        for (customer_id, _moment), mine in zip(chunk, values, strict=True):
            holding = (key for key, test in tests.items() if test(mine)) if customer_id in known else ()
            found.append(frozenset(holding))
    return found


def _values(
    brand: BrandRow, features: Collection[Feature], customer_ids: Sequence[int], moment: Moment
) -> tuple[dict[int, dict[Feature, Value]], dict[int, int]]:
    """The customers' features, and when they change, of those whose do."""
    values: dict[int, dict[Feature, Value]] = defaultdict(dict)
    changes: dict[int, int] = {}
    if not customer_ids:
        return values, changes
    for name, wanted in by_source(features).items():
        for customer_id, found in SOURCES[name].now(brand, wanted, customer_ids, moment).items():
            values[customer_id].update(found.values)
            if (first := earliest(changes.get(customer_id), found.changes_ms)) is not None:
                changes[customer_id] = first
    return values, changes


def explain(
    brand: BrandRow, condition: Condition, customer_id: int, moment: Moment, tongue: Tongue = ENGLISH
) -> Explained:
    """Why the condition holds of a customer or does not: each branch with its own answer, and for leaves
    what was compared and the facts behind it."""
    features = features_of([predicate_of(condition)])
    values, _changes = _values(brand, features, [customer_id], moment)
    return _Explaining(brand, customer_id, values[customer_id], moment, tongue).branch(condition, "")


class _Explaining:
    def __init__(
        self,
        brand: BrandRow,
        customer_id: int,
        values: Mapping[Feature, Value],
        moment: Moment,
        tongue: Tongue,
    ) -> None:
        self._brand = brand
        self._customer_id = customer_id
        self._values = values
        self._moment = moment
        self._tongue = tongue

    def branch(self, condition: Condition, path: str) -> Explained:
        dot = f"{path}." if path else ""
        true = holds(predicate_of(condition), self._values)
        said = sentence(condition, self._tongue)
        match condition:
            case Leaf():
                return self._leaf(condition, path, true, said)
            case Not(part):
                return Explained("not", true, said, path, (self.branch(part, f"{dot}not"),))
            case All(parts):
                return Explained("all", true, said, path, self._branches(parts, f"{dot}all"))
            case AnyOf(parts):
                return Explained("any", true, said, path, self._branches(parts, f"{dot}any"))

    def _branches(self, parts: Sequence[Condition], path: str) -> tuple[Explained, ...]:
        return tuple(self.branch(part, f"{path}[{number}]") for number, part in enumerate(parts))

    def _leaf(self, leaf: Leaf, path: str, true: bool, said: str) -> Explained:
        features = features_of([predicate_of(leaf)])
        values = {feature: self._values.get(feature, feature.absent) for feature in features}
        facts: dict[int, None] = {}
        for feature in features:
            source = SOURCES[feature.source]
            facts |= dict.fromkeys(
                source.facts(self._brand, feature, self._customer_id, self._moment, MOST_FACTS)
            )
        return Explained("leaf", true, said, path, (), values, tuple(facts)[:MOST_FACTS])
