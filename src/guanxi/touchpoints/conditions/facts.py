"""The source of counts, sums, and first and last times of facts.

From the database a customer's facts are read once and gone through once, whatever is asked; from the lake
each set of kinds is one pass, aggregated by subject before it is mapped to customers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from guanxi.kernel.conditions.features import (
    BrandRow,
    Feature,
    Moment,
    Source,
    Value,
    Values,
    earliest,
)
from guanxi.touchpoints.conditions import lake
from guanxi.touchpoints.conditions.keys import FACTS, LARGEST, REFUNDED, Aggregate, FactsKey, Of
from guanxi.touchpoints.conditions.matching import Fact, Test, needs_payload, test_of
from guanxi.touchpoints.conditions.reading import facts_of, known_by, latest


class Facts(Source):
    name = FACTS

    def now(
        self, brand: BrandRow, features: Sequence[Feature], customer_ids: Sequence[int], moment: Moment
    ) -> dict[int, Values]:
        plan = _Plan(features, moment)
        found = facts_of(
            brand,
            customer_ids,
            plan.kinds,
            moment,
            after_ms=plan.after_ms,
            with_payload=plan.needs_payload,
            with_source=plan.needs_source,
        )
        return {customer_id: plan.values(facts) for customer_id, facts in found}

    def each(
        self, brand: BrandRow, features: Sequence[Feature], asked: Sequence[tuple[int, Moment]]
    ) -> list[Mapping[Feature, Value]]:
        plans = {moment: _Plan(features, moment) for _customer, moment in asked}
        some = next(iter(plans.values()))
        known = dict(
            facts_of(
                brand,
                sorted({number for number, _moment in asked}),
                some.kinds,
                latest(at for _customer, at in asked),
                after_ms=min(plan.after_ms for plan in plans.values()),
                with_payload=some.needs_payload,
                with_source=some.needs_source,
            )
        )
        return [plans[at].values(known_by(known.get(number, ()), at)).values for number, at in asked]

    def parts(self, features: Sequence[Feature]) -> list[Sequence[Feature]]:
        groups: dict[tuple[str, ...], list[Feature]] = defaultdict(list)
        for feature in features:
            groups[key_of(feature).kinds].append(feature)
        return list(groups.values())

    def table(
        self, brand: BrandRow, features: Sequence[Feature], tables: Mapping[str, Any], moment: Moment
    ) -> Any:
        return lake.aggregates([key_of(feature) for feature in features], tables, moment)

    def values_table(
        self, brand: BrandRow, features: Sequence[Feature], tables: Mapping[str, Any], moment: Moment
    ) -> Any:
        return lake.aggregates([key_of(feature) for feature in features], tables, moment, with_changes=False)

    def topics(self, feature: Feature) -> Collection[str]:
        return {f"kind:{kind}" for kind in key_of(feature).kinds}

    def facts(
        self, brand: BrandRow, feature: Feature, customer_id: int, moment: Moment, limit: int
    ) -> Sequence[int]:
        key = key_of(feature)
        bounds, test = key.window.bounds(moment), test_of(key.where)
        for _customer, facts in facts_of(
            brand,
            [customer_id],
            key.kinds,
            moment,
            after_ms=bounds.after_ms,
            with_payload=needs_payload(key.where),
            with_source=True,
        ):
            counted = [
                fact.id
                for fact in reversed(facts)
                if bounds.hold(fact.occurred_ms) and (test is None or test(fact))
            ]
            return counted[:limit]
        return ()


def key_of(feature: Feature) -> FactsKey:
    assert isinstance(feature.key, FactsKey)
    return feature.key


class _Slot(NamedTuple):
    """Where a fact is added, if it lies within the bounds."""

    place: int
    after_ms: int
    until_ms: int
    aggregate: Aggregate
    of: Of


class _Plan:
    """What is done with each fact of a kind, worked out once for all customers."""

    def __init__(self, features: Sequence[Feature], moment: Moment) -> None:
        keys = [key_of(feature) for feature in features]
        self._features = features
        self._now_ms = moment.as_of_ms
        self._empty = [feature.absent for feature in features]
        self._slots: dict[str, dict[Test | None, list[_Slot]]] = {}
        self._lengths: dict[str, list[int]] = {}
        self.kinds = sorted({kind for key in keys for kind in key.kinds})
        # Facts up to here neither count nor will pass a bound of a window.
        self.after_ms = min(key.window.bounds(moment).after_ms for key in keys)
        self.needs_payload = any(needs_payload(key.where) for key in keys)
        self.needs_source = any(one.field == "source" for key in keys for one in key.where)
        self.turns_ms = earliest(*(key.window.moves_ms(moment) for key in keys))
        tests = {key.where: test_of(key.where) for key in keys}
        for place, key in enumerate(keys):
            bounds = key.window.bounds(moment)
            slot = _Slot(place, bounds.after_ms, bounds.until_ms, key.aggregate, key.of)
            for kind in key.kinds:
                self._slots.setdefault(kind, {}).setdefault(tests[key.where], []).append(slot)
                if (length := key.window.rolling_ms) is not None:
                    lengths = self._lengths.setdefault(kind, [])
                    lengths[:] = sorted({*lengths, length})

    def values(self, facts: list[Fact]) -> Values:
        """One customer's figures, from all facts of the kinds, the oldest first."""
        found: list[Any] = list(self._empty)
        changes_ms = self.turns_ms
        for fact in facts:
            if fact.occurred_ms > self._now_ms:
                changes_ms = earliest(changes_ms, fact.occurred_ms)
                break
            changes_ms = earliest(changes_ms, self._passes_ms(fact))
            for test, slots in self._slots[fact.kind].items():
                if test is None or test(fact):
                    for slot in slots:
                        if slot.after_ms < fact.occurred_ms <= slot.until_ms:
                            _add(found, slot, fact)
        return Values(dict(zip(self._features, found, strict=True)), changes_ms)

    def _passes_ms(self, fact: Fact) -> int | None:
        """When the fact passes the bound of the shortest rolling window it is still in."""
        for length in self._lengths.get(fact.kind, ()):
            if fact.occurred_ms + length > self._now_ms:
                return fact.occurred_ms + length
        return None


def _add(found: list[Any], slot: _Slot, fact: Fact) -> None:
    value = _value(slot.of, fact)
    if value is None:
        return
    present = found[slot.place]
    if slot.aggregate is Aggregate.COUNT:
        found[slot.place] = present + 1
    elif slot.aggregate is Aggregate.SUM:
        found[slot.place] = present + value
    elif slot.aggregate is Aggregate.MIN:
        found[slot.place] = value if present is None else min(present, value)
    else:
        found[slot.place] = value if present is None else max(present, value)


def _value(of: Of, fact: Fact) -> int | None:
    if of is Of.OCCURRED_MS:
        return fact.occurred_ms
    value = fact.quantity if of is Of.QUANTITY else fact.amount_fen
    if value is None or abs(value) > LARGEST:
        return None
    return -value if of is Of.NET_FEN and fact.kind == REFUNDED else value
