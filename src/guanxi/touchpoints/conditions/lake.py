"""The same figures in Ibis, which knows no engine.

A few figures are aggregated by subject and then by customer, which maps fewest rows; many are aggregated by
customer at once, since adding them twice is dearer than mapping each fact (DuckDB, 12 million facts: 4
figures 1.7 against 1.8 s of processor time, 16 figures 3.9 against 2.7 s).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

from guanxi.kernel.clock import to_datetime
from guanxi.kernel.conditions.features import Moment, column
from guanxi.kernel.conditions.leaves import Comparison
from guanxi.kernel.conditions.predicates import Op
from guanxi.kernel.conditions.windows import BEGINNING_MS, Bounds, Window
from guanxi.touchpoints.conditions.keys import LARGEST, REFUNDED, Aggregate, FactsKey, Of
from guanxi.touchpoints.conditions.matching import COLUMNS, ITEMS, has_type_of, kind_of_value
from guanxi.touchpoints.kinds import ITEM_FIELDS
from guanxi.warehouse import payloads
from guanxi.warehouse import queries as warehouse
from guanxi.warehouse.comparisons import compared, earliest

Table = Any  # Ibis has no types that a checker could hold
Value = Any
WIDE = 5  # figures
ALL_OF_IT = Window()  # this very object: what was filtered before is not asked again
_REDUCED = {Aggregate.COUNT: "sum", Aggregate.SUM: "sum", Aggregate.MIN: "min", Aggregate.MAX: "max"}


def aggregates(
    keys: Sequence[FactsKey], tables: Mapping[str, Table], moment: Moment, *, with_changes: bool = True
) -> Table:
    """A row for each customer with such facts: customer_id, f0 … and, unless it is not wanted, changes_ms.
    All keys are of the same kinds."""
    after_ms = min(key.window.bounds(moment).after_ms for key in keys)
    facts = of_kinds(tables["touchpoints"], keys[0].kinds, moment, after_ms)
    if not with_changes:
        facts, keys = _only_counted(facts, keys, moment)
    wide = len(keys) >= WIDE
    rows = warehouse.per_customer(facts, tables["subject_map"]) if wide else facts
    figures = {column(place): _aggregate(rows, key, moment) for place, key in enumerate(keys)}
    if with_changes:
        figures["changes_ms"] = _changes(rows, [key.window for key in keys], moment)
    if wide:
        return rows.group_by("customer_id").aggregate(**figures)
    return _mapped(rows.group_by("subject_id").aggregate(**figures), keys, tables["subject_map"])


def _mapped(by_subject: Table, keys: Sequence[FactsKey], subject_map: Table) -> Table:
    """The figures of subjects as those of their customers."""
    rows = warehouse.per_customer(by_subject, subject_map)
    figures = {
        column(place): _narrow(getattr(rows[column(place)], _REDUCED[key.aggregate])())
        for place, key in enumerate(keys)
    }
    if "changes_ms" in by_subject.columns:
        figures["changes_ms"] = rows.changes_ms.min()
    return rows.group_by("customer_id").aggregate(**figures)


def _only_counted(facts: Table, keys: Sequence[FactsKey], moment: Moment) -> tuple[Table, Sequence[FactsKey]]:
    """The facts that can count at all, and the keys without what is thereby asked already."""
    shared = [one for one in keys[0].where if all(one in key.where for key in keys)]
    facts = facts.filter(facts.occurred_ms <= max(key.window.bounds(moment).until_ms for key in keys))
    if shared:
        facts = facts.filter(*matching(facts, shared))
    left = [replace(key, where=tuple(one for one in key.where if one not in shared)) for key in keys]
    same = len({key.window for key in keys}) == 1
    return facts, [replace(key, window=ALL_OF_IT) for key in left] if same else left


def of_kinds(touchpoints: Table, kinds: Sequence[str], moment: Moment, after_ms: int) -> Table:
    """Facts with a subject, also those later than the moment. Whole months are skipped where nothing of them
    can count."""
    facts = touchpoints.filter(touchpoints.kind.isin(list(kinds)), touchpoints.subject_id.notnull())
    if after_ms > BEGINNING_MS:
        first = to_datetime(max(after_ms, 0), moment.zone)
        month = first.year * 12 + first.month - 2  # one to spare, whatever the zone of the lake
        facts = facts.filter(facts.occurred_ms > after_ms)
        if after_ms > 0:
            facts = facts.filter(facts.local_month >= month)
    return facts if moment.up_to is None else facts.filter(facts.id <= moment.up_to)


def within(facts: Table, bounds: Bounds) -> list[Value]:
    conditions = [facts.occurred_ms <= bounds.until_ms]
    if bounds.after_ms > BEGINNING_MS:
        conditions.append(facts.occurred_ms > bounds.after_ms)
    return conditions


def matching(facts: Table, where: Sequence[Comparison]) -> list[Value]:
    return [_comparison(facts, one) for one in where]


def both(conditions: Sequence[Value]) -> Value:
    return reduce(lambda one, other: one & other, conditions)


def _aggregate(facts: Table, key: FactsKey, moment: Moment) -> Value:
    import ibis  # noqa: PLC0415 - half a second that only the lake needs

    conditions = matching(facts, key.where)
    if key.window is not ALL_OF_IT:
        conditions += within(facts, key.window.bounds(moment))
    value = _value(facts, key.of)
    if key.aggregate is Aggregate.COUNT:
        conditions += [value.notnull()] if value is not None else []
        if not conditions:
            return facts.count()
        # In DuckDB a little faster than a count with a filter.
        return ibis.ifelse(both(conditions), ibis.literal(1, "int8"), ibis.null("int8")).count()
    counted = both(conditions) if conditions else None
    value = facts.occurred_ms if value is None else value
    if key.aggregate is Aggregate.SUM:
        return _narrow(value.sum(where=counted))
    return value.min(where=counted) if key.aggregate is Aggregate.MIN else value.max(where=counted)


def _value(facts: Table, of: Of) -> Value | None:
    """What is aggregated; None for the time, which every fact has."""
    import ibis  # noqa: PLC0415 - half a second that only the lake needs

    if of is Of.OCCURRED_MS:
        return None
    value = facts.quantity if of is Of.QUANTITY else facts.amount_fen
    value = ibis.ifelse(value.between(-LARGEST, LARGEST), value, ibis.null("int64"))
    return ibis.ifelse(facts.kind == REFUNDED, -value, value) if of is Of.NET_FEN else value


def _changes(facts: Table, windows: Sequence[Window], moment: Moment) -> Value:
    """When the first of a group's facts passes a bound that moves with time: each passes that of the shortest
    window it is still in, or, where it lies ahead, begins to count. Calendars turn for all."""
    import ibis  # noqa: PLC0415 - half a second that only the lake needs

    now_ms, at_ms = moment.as_of_ms, facts.occurred_ms
    lengths = sorted({window.rolling_ms for window in windows if window.rolling_ms is not None})
    passes = [(at_ms > now_ms, at_ms)]
    passes += [(at_ms > now_ms - length, at_ms + length) for length in lengths]
    first_ms = ibis.cases(*passes, else_=ibis.null("int64")).min()
    turns = [at for at in (window.moves_ms(moment) for window in windows) if at is not None]
    return earliest([first_ms, ibis.literal(min(turns), "int64")]) if turns else first_ms


def _narrow(value: Value) -> Value:
    """DuckDB sums 64 bits in 128, which is slow to add and compare; Ibis would leave a plain cast out."""
    import ibis  # noqa: PLC0415 - half a second that only the lake needs
    import ibis.expr.operations as ops  # noqa: PLC0415

    return ops.Cast(value, ibis.dtype("int64")).to_expr()


def _comparison(facts: Table, one: Comparison) -> Value:
    """Whether a fact is what the comparison asks for; never NULL."""
    import ibis  # noqa: PLC0415 - half a second that only the lake needs

    if not has_type_of(one):
        return ibis.literal(False)
    if one.field in COLUMNS:
        value = facts[one.field]
        answer = compared(value.nullif("") if COLUMNS[one.field] is str else value, one.op, one.value)
    elif one.field.startswith(ITEMS):
        name = one.field.removeprefix(ITEMS)
        answer = _text(facts.payload, name, one) & payloads.has_items(facts.payload)
    elif kind_of_value(one) is str:
        answer = _text(facts.payload, one.field, one)
    elif kind_of_value(one) is bool:
        wanted = one.value if one.op is Op.EQ else not one.value
        answer = payloads.has_value(facts.payload, one.field, wanted)
    else:
        answer = compared(payloads.whole_number(facts.payload, one.field), one.op, one.value)
    if one.field in ITEM_FIELDS and one.field not in COLUMNS:
        answer = answer & ~payloads.has_items(facts.payload)
    return ibis.coalesce(answer, ibis.literal(False))


def _text(payload: Value, name: str, one: Comparison) -> Value:
    match one.op:
        case Op.EQ:
            return payloads.has_value(payload, name, one.value)
        case Op.AMONG:
            found = [payloads.has_value(payload, name, value) for value in one.value]
            return reduce(lambda first, other: first | other, found)
        case Op.CONTAINS:
            return payloads.contains(payload, name, one.value)
        case _:
            return payloads.has_text(payload, name) & ~payloads.has_value(payload, name, one.value)
