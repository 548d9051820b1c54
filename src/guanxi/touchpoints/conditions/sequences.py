"""The source of sequences: did facts match some steps, one after the other?

Both ways look from the end: at each fact, when are the steps from this one on done at the earliest, by facts
that come after? That is the least over what follows, so the lake needs one window function a step, and the
database one pass backwards. Facts of the same millisecond are in the order they were recorded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from guanxi.kernel.clock import DAY_MS
from guanxi.kernel.conditions.features import (
    BrandRow,
    Feature,
    Moment,
    Source,
    Value,
    Values,
    earliest,
)
from guanxi.kernel.conditions.leaves import Step
from guanxi.touchpoints.conditions import lake
from guanxi.touchpoints.conditions.keys import SEQUENCE, SequenceKey
from guanxi.touchpoints.conditions.matching import Fact, Test, needs_payload, test_of
from guanxi.touchpoints.conditions.reading import facts_of, known_by, latest
from guanxi.warehouse import comparisons
from guanxi.warehouse import queries as warehouse

FAR_MS = 1 << 62


class Sequences(Source):
    name = SEQUENCE

    def now(
        self, brand: BrandRow, features: Sequence[Feature], customer_ids: Sequence[int], moment: Moment
    ) -> dict[int, Values]:
        runs = [(feature, _Run(key_of(feature), moment)) for feature in features]
        keys = [key_of(feature) for feature in features]
        found: dict[int, Values] = {}
        for customer_id, facts in _facts(brand, keys, customer_ids, moment):
            past = [fact for fact in facts if fact.occurred_ms <= moment.as_of_ms]
            changes_ms = facts[len(past)].occurred_ms if len(past) < len(facts) else None
            values = {}
            for feature, run in runs:
                values[feature] = bool(run.starts(past))
                changes_ms = earliest(changes_ms, run.changes_ms(past))
            found[customer_id] = Values(values, changes_ms)
        return found

    def each(
        self, brand: BrandRow, features: Sequence[Feature], asked: Sequence[tuple[int, Moment]]
    ) -> list[Mapping[Feature, Value]]:
        keys = [key_of(feature) for feature in features]
        customers, moments = sorted({number for number, _at in asked}), {at for _number, at in asked}
        runs = {at: [_Run(key, at) for key in keys] for at in moments}
        after_ms = min(key.window.bounds(at).after_ms for key in keys for at in moments)
        known = dict(_facts(brand, keys, customers, latest(moments), after_ms))
        answers: list[Mapping[Feature, Value]] = []
        for number, at in asked:
            facts = known_by(known.get(number, ()), at)
            past = [fact for fact in facts if fact.occurred_ms <= at.as_of_ms]
            pairs = zip(features, runs[at], strict=True)
            answers.append({feature: bool(run.starts(past)) for feature, run in pairs})
        return answers

    def parts(self, features: Sequence[Feature]) -> list[Sequence[Feature]]:
        return [[feature] for feature in features]

    def table(
        self, brand: BrandRow, features: Sequence[Feature], tables: Mapping[str, Any], moment: Moment
    ) -> Any:
        return _table(key_of(features[0]), tables, moment)

    def topics(self, feature: Feature) -> Collection[str]:
        return {f"kind:{kind}" for kind in _kinds(key_of(feature))}

    def facts(
        self, brand: BrandRow, feature: Feature, customer_id: int, moment: Moment, limit: int
    ) -> Sequence[int]:
        """The facts with which such a sequence began."""
        run = _Run(key_of(feature), moment)
        for _customer, facts in _facts(brand, [key_of(feature)], [customer_id], moment):
            past = [fact for fact in facts if fact.occurred_ms <= moment.as_of_ms]
            return [fact.id for fact in reversed(run.starts(past))][:limit]
        return ()


def key_of(feature: Feature) -> SequenceKey:
    assert isinstance(feature.key, SequenceKey)
    return feature.key


def _kinds(key: SequenceKey) -> list[str]:
    return sorted({*key.without, *(kind for step in key.steps for kind in step.kinds)})


def _facts(
    brand: BrandRow,
    keys: Sequence[SequenceKey],
    customer_ids: Sequence[int],
    moment: Moment,
    after_ms: int | None = None,
) -> Iterator[tuple[int, list[Fact]]]:
    where = [one for key in keys for step in key.steps for one in step.where]
    return facts_of(
        brand,
        customer_ids,
        sorted({kind for key in keys for kind in _kinds(key)}),
        moment,
        after_ms=min(key.window.bounds(moment).after_ms for key in keys) if after_ms is None else after_ms,
        with_payload=needs_payload(where),
        with_source=any(one.field == "source" for one in where),
    )


class _Run:
    """One sequence, looked for in a customer's facts."""

    def __init__(self, key: SequenceKey, moment: Moment) -> None:
        self._key = key
        self._bounds = key.window.bounds(moment)
        self._within_ms = key.within_days * DAY_MS
        self._tests: list[Test | None] = [test_of(step.where) for step in key.steps]
        self._turns_ms = key.window.moves_ms(moment)
        self._as_of_ms = moment.as_of_ms
        self._kinds = frozenset(_kinds(key))

    def starts(self, facts: Sequence[Fact]) -> list[Fact]:
        """The facts that begin such a sequence, the oldest first. `facts` are in order of time."""
        last = len(self._key.steps) - 1
        done = [FAR_MS] * (last + 1)  # when the steps from each on are done by facts that come after
        spoilt_ms = FAR_MS
        found = []
        for fact in reversed(facts):
            matched = [self._matches(number, fact) for number in range(last + 1)]
            end_ms = fact.occurred_ms + self._within_ms
            if matched[0] and self._bounds.hold(fact.occurred_ms) and done[1] <= end_ms < spoilt_ms:
                found.append(fact)
            for number in range(1, last + 1):  # each from what followed, so the later steps after
                if matched[number]:
                    after_ms = fact.occurred_ms if number == last else done[number + 1]
                    done[number] = min(done[number], after_ms)
            if fact.kind in self._key.without:
                spoilt_ms = fact.occurred_ms
        return found[::-1]

    def changes_ms(self, facts: Sequence[Fact]) -> int | None:
        """When a fact that may begin one leaves a window that rolls, or the calendar turns."""
        mine = any(fact.kind in self._kinds for fact in facts)
        length = self._key.window.rolling_ms
        if length is None:
            return self._turns_ms if mine else None
        after_ms = self._as_of_ms - length
        kinds = self._key.steps[0].kinds
        firsts = (fact.occurred_ms for fact in facts if fact.kind in kinds and fact.occurred_ms > after_ms)
        oldest_ms = next(firsts, None)
        return None if oldest_ms is None else oldest_ms + length

    def _matches(self, number: int, fact: Fact) -> bool:
        test = self._tests[number]
        return fact.kind in self._key.steps[number].kinds and (test is None or test(fact))


def _table(key: SequenceKey, tables: Mapping[str, Any], moment: Moment) -> Any:
    import ibis  # noqa: PLC0415 - half a second that only the lake needs

    last = len(key.steps) - 1
    facts = lake.of_kinds(tables["touchpoints"], _kinds(key), moment, key.window.bounds(moment).after_ms)
    is_past = facts.occurred_ms <= moment.as_of_ms
    rows = facts.select(
        "subject_id",
        "id",
        "kind",
        "occurred_ms",
        **{f"m{number}": is_past & _matching(facts, step) for number, step in enumerate(key.steps)},
        spoils=is_past & facts.kind.isin(list(key.without)) if key.without else ibis.literal(False),
    )
    rows = warehouse.per_customer(rows, tables["subject_map"])
    following = ibis.window(group_by="customer_id", order_by=["occurred_ms", "id"], rows=(1, None))
    unknown = ibis.null("int64")
    for number in range(last, 0, -1):
        done_ms = rows.occurred_ms if number == last else rows[f"d{number + 1}"]
        rows = rows.mutate(**{f"e{number}": ibis.ifelse(rows[f"m{number}"], done_ms, unknown)})
        rows = rows.mutate(**{f"d{number}": rows[f"e{number}"].min().over(following)})
    rows = rows.mutate(spoilt_at=ibis.ifelse(rows.spoils, rows.occurred_ms, unknown))
    rows = rows.mutate(spoilt_ms=rows.spoilt_at.min().over(following))
    return _people(rows, key, moment)


def _people(rows: Any, key: SequenceKey, moment: Moment) -> Any:
    """Customers, whether any of their facts begins such a sequence, and when that changes."""
    import ibis  # noqa: PLC0415 - half a second that only the lake needs

    end_ms = rows.occurred_ms + key.within_days * DAY_MS
    is_whole = ibis.coalesce(rows.d1 <= end_ms, ibis.literal(False))
    is_clean = ibis.coalesce(rows.spoilt_ms > end_ms, ibis.literal(True))
    begins = lake.both([rows.m0, *lake.within(rows, key.window.bounds(moment)), is_whole, is_clean])
    moments = [rows.occurred_ms.min(where=rows.occurred_ms > moment.as_of_ms)]
    length = key.window.rolling_ms
    if length is not None:
        first = (rows.occurred_ms > moment.as_of_ms - length) & (rows.occurred_ms <= moment.as_of_ms)
        first = first & rows.kind.isin(list(key.steps[0].kinds))
        moments.append(rows.occurred_ms.min(where=first) + length)
    people = rows.group_by("customer_id").aggregate(
        begun=rows.count(where=begins), **{f"moment_{number}": at for number, at in enumerate(moments)}
    )
    turns_ms = key.window.moves_ms(moment)
    changes = [people[f"moment_{number}"] for number in range(len(moments))]
    changes += [] if turns_ms is None else [ibis.literal(turns_ms, "int64")]
    return people.select("customer_id", f0=people.begun > 0, changes_ms=comparisons.earliest(changes))


def _matching(facts: Any, step: Step) -> Any:
    return lake.both([facts.kind.isin(list(step.kinds)), *lake.matching(facts, step.where)])
