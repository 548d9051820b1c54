"""What became of a loop's cycles as Ibis expressions that know no engine: tables of the lake in, a table out.

Days are local days since 1970-01-01, months year * 12 + month - 1. docs/guide/loops.md defines each figure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import ibis
import ibis.expr.operations as ops

from guanxi.loops.contracts import COLUMNS, Loop, Station, Turn, Where
from guanxi.warehouse.comparisons import compared
from guanxi.warehouse.payloads import has_value, text_in, whole_number
from guanxi.warehouse.schemas import per_customer

Table = Any  # Ibis has no types that a checker could hold
Value = Any
Tables = Mapping[str, Any]

BEFORE: Final = -(2**31)  # a day before all others
# The places of one customer's day: an output that may not be of the day of input, input, action, output.
LATER, INPUT, ACTION, OUTPUT = range(4)


def last_day(touchpoints: Table, today: int) -> Table:
    """One row: last_day, the last local day with a fact, none after today; NULL without any."""
    known = touchpoints.filter(touchpoints.local_day <= today)
    return known.aggregate(last_day=known.local_day.max())


def cycles(loop: Loop, tables: Tables, until_day: int) -> Table:
    """A row for each cycle: customer_id, entry_day, entry_month, action_day, action_month (NULL: it did not
    act), cost_fen, unpriced (actions whose cost is not known), output_day, output_month (of its first output;
    NULL: it did not produce), outputs, revenue_fen."""
    entries, placed = _placed(loop, tables, until_day)
    acts = placed.filter((placed.place == ACTION) & (placed.local_day <= placed.entry + loop.act_days))
    acted = acts.group_by(["customer_id", "entry"]).aggregate(
        action_day=acts.local_day.min(),
        action_month=acts.local_month.min(),
        cost_fen=_total(acts.amount_fen),
        unpriced=_total(acts.unknown),
    )
    begun = entries.left_join(acted, [("customer_id", "customer_id"), ("entry_day", "entry")]).select(
        "customer_id",
        "entry_day",
        "entry_month",
        "action_day",
        "action_month",
        cost_fen=_or_none(acted.cost_fen),
        unpriced=_or_none(acted.unpriced),
    )
    outs = placed.filter(placed.place.isin([LATER, OUTPUT]))
    met = outs.select(
        who="customer_id",
        begun="entry",
        day="local_day",
        month="local_month",
        amount_fen="amount_fen",
        number="number",
    )
    met = met.join(begun, [("who", "customer_id"), ("begun", "entry_day")])
    since = ibis.coalesce(met.action_day, met.entry_day)
    met = met.filter((met.day >= since) & (met.day <= since + loop.return_days))
    made = met.group_by(["who", "begun"]).aggregate(
        output_day=met.day.min(),
        output_month=met.month.min(),
        outputs=_total(met.number),
        revenue_fen=_total(met.amount_fen),
    )
    return begun.left_join(made, [("customer_id", "who"), ("entry_day", "begun")]).select(
        *begun.columns,
        "output_day",
        "output_month",
        outputs=_or_none(made.outputs),
        revenue_fen=_or_none(made.revenue_fen),
    )


def cycle_months(loop: Loop, tables: Tables, until_day: int) -> Table:
    """A row for each month of entry and whether its window has passed, in order: entry_month, closed (1 or
    0), entered, acted, produced (of those that acted), alone (produced without an action), outputs,
    revenue_fen, cost_fen, unpriced (of those that acted), alone_fen."""
    rows = cycles(loop, tables, until_day)
    acted, produced = rows.action_day.notnull(), rows.output_day.notnull()
    nothing = _integer(0)
    counted = rows.select(
        "entry_month",
        closed=_flag(rows.entry_day + loop.window_days <= until_day),
        acted=_flag(acted),
        produced=_flag(acted & produced),
        alone=_flag(~acted & produced),
        outputs=ibis.ifelse(acted, rows.outputs, nothing),
        revenue_fen=ibis.ifelse(acted, rows.revenue_fen, nothing),
        cost_fen=rows.cost_fen,
        unpriced=rows.unpriced,
        alone_fen=ibis.ifelse(acted, nothing, rows.revenue_fen),
    )
    keys = ["entry_month", "closed"]
    sums = {name: _total(counted[name]) for name in counted.columns if name not in keys}
    return counted.group_by(keys).aggregate(entered=counted.count(), **sums).order_by(keys)


def cycle_times(loop: Loop, tables: Tables, until_day: int) -> Table:
    """How many days cycles whose window has passed took from input to the first output, counted, in order:
    entry_month, acted (1 or 0), days, cycles."""
    rows = cycles(loop, tables, until_day)
    rows = rows.filter(rows.output_day.notnull() & (rows.entry_day + loop.window_days <= until_day))
    took = rows.select(
        "entry_month",
        acted=_flag(rows.action_day.notnull()),
        days=(rows.output_day - rows.entry_day).cast("int64"),
    )
    keys = ["entry_month", "acted", "days"]
    return took.group_by(keys).aggregate(cycles=took.count()).order_by(keys)


def cycle_turns(loop: Loop, tables: Tables, until_day: int) -> Table:
    """What happened in each month, whenever the cycle began, in order: turn (entered, acted, produced),
    local_month, cycles, customers. An output without an action is none of the loop's."""
    rows = cycles(loop, tables, until_day)
    parts = []
    for turn, month in _MONTHS.items():
        mine = rows.filter(_did(rows, turn)).select("customer_id", local_month=month)
        people = mine.group_by(["local_month", "customer_id"]).aggregate(cycles=mine.count())
        months = people.group_by("local_month").aggregate(
            cycles=_total(people.cycles), customers=people.count()
        )
        parts.append(months.select("local_month", "cycles", "customers", turn=ibis.literal(turn.value)))
    return ibis.union(*parts).order_by(["turn", "local_month"])


def cycle_people(
    loop: Loop, tables: Tables, until_day: int, turn: Turn, month: int, *, by_entry: bool, limit: int
) -> Table:
    """The cycles behind a number, the last first: customer_id, entry_day, action_day, output_day, cost_fen,
    revenue_fen. Of a month of entry with `by_entry`, else of the month in which it happened."""
    rows = cycles(loop, tables, until_day)
    column = "entry_month" if by_entry else _MONTHS[turn]
    rows = rows.filter((rows[column] == month) & _did(rows, turn, until_day - loop.window_days))
    told = rows.select("customer_id", "entry_day", "action_day", "output_day", "cost_fen", "revenue_fen")
    return told.order_by([ibis.desc("entry_day"), "customer_id"]).limit(limit)


_MONTHS: Final = {
    Turn.ENTERED: "entry_month",
    Turn.ACTED: "action_month",
    Turn.PRODUCED: "output_month",
}


def _did(rows: Table, turn: Turn, closed_day: int = 0) -> Value:
    """Whether a cycle is one of those; OPEN: its window has not passed by that day, and it has not produced
    after an action."""
    acted, produced = rows.action_day.notnull(), rows.output_day.notnull()
    return {
        Turn.ENTERED: rows.entry_day.notnull(),
        Turn.ACTED: acted,
        Turn.PRODUCED: acted & produced,
        Turn.ALONE: ~acted & produced,
        Turn.OPEN: rows.entry_day > closed_day,
    }[turn]


def _placed(loop: Loop, tables: Tables, until_day: int) -> tuple[Table, Table]:
    """The days of input (customer_id, entry_day, entry_month), and each day of action or output with the last
    day of input before it (`entry`)."""
    inputs = _events(loop.input, tables, until_day)
    entries = inputs.group_by(["customer_id", "local_day"]).aggregate(local_month=inputs.local_month.min())
    zero = _integer(0)
    days = entries.select(
        "customer_id",
        "local_day",
        "local_month",
        anchor=entries.local_day,
        place=_integer(INPUT),
        amount_fen=zero,
        number=zero,
        unknown=zero,
    )
    outputs = _daily(_events(loop.output, tables, until_day), OUTPUT if loop.same_day else LATER)
    every = ibis.union(days, _actions(loop, tables, until_day), outputs)
    key = every.anchor.cast("int64") * 4 + every.place
    begins = ibis.ifelse(every.place == INPUT, every.local_day, ibis.literal(BEFORE, "int32"))
    window = ibis.window(group_by="customer_id", order_by="key", preceding=None, following=0)
    ordered = every.mutate(key=key, begins=begins)
    placed = ordered.mutate(entry=ordered.begins.max().over(window))
    placed = placed.filter((placed.place != INPUT) & (placed.entry > BEFORE))
    return entries.rename(entry_day="local_day", entry_month="local_month"), placed


def _actions(loop: Loop, tables: Tables, until_day: int) -> Table:
    events = _events(loop.action, tables, until_day)
    if loop.action.rows is None:
        return _daily(events, ACTION)
    # What is for a fact is for the day and the customer of that fact, if it is an input.
    facts = _facts(loop.input, tables, until_day)
    causes = per_customer(facts.select("subject_id", cause="id", day="local_day"), tables["subject_map"])
    causes = causes.select("cause", "day", root="customer_id")
    joined = events.left_join(causes, [("fact_id", "cause")])
    joined = joined.filter(joined.fact_id.isnull() | joined.cause.notnull())
    dated = joined.select(
        "local_day",
        "local_month",
        "amount_fen",
        customer_id=ibis.coalesce(joined.root, joined.customer_id),
        doer=ibis.coalesce(joined.root, joined.customer_id),
        anchor=ibis.coalesce(joined.day, joined.local_day),
    )
    return _daily(dated, ACTION)


def _daily(events: Table, place: int) -> Table:
    """The events of a customer's day as one, on the day they count from (`anchor`); `number` are those of
    different customers."""
    if "anchor" not in events.columns:
        events = events.mutate(anchor=events.local_day)
    keys = ["customer_id", "doer", "anchor"]
    each = events.group_by(keys).aggregate(
        local_day=events.local_day.min(),
        local_month=events.local_month.min(),
        amount_fen=_total(events.amount_fen),
        unknown=_total(_flag(events.amount_fen.isnull())),
    )
    days = each.group_by(["customer_id", "anchor"]).aggregate(
        local_day=each.local_day.min(),
        local_month=each.local_month.min(),
        amount_fen=_total(each.amount_fen),
        unknown=_total(each.unknown),
        number=each.count(),
    )
    return days.select(
        "customer_id",
        "local_day",
        "local_month",
        "anchor",
        place=_integer(place),
        amount_fen=days.amount_fen,
        number=days.number,
        unknown=days.unknown,
    )


def _events(station: Station, tables: Tables, until_day: int) -> Table:
    """What happened at a station: customer_id (who it counts for), doer (who did it), local_day, local_month,
    amount_fen, fact_id."""
    if station.rows is not None:
        rows = station.rows(tables)
        rows = rows.filter(rows.subject_id.notnull() & (rows.local_day <= until_day))
        told = per_customer(
            rows.select("subject_id", "local_day", "local_month", "amount_fen", "fact_id"),
            tables["subject_map"],
        )
        return told.mutate(doer=told.customer_id)
    facts = _facts(station, tables, until_day)
    columns = ["local_day", "local_month", "amount_fen"]
    told = per_customer(
        facts.select("subject_id", "cause_id", *columns, fact_id=facts.id), tables["subject_map"]
    )
    told = told.mutate(doer=told.customer_id)
    if not station.cause:
        return told.select("customer_id", "doer", "fact_id", *columns)
    caused = told.filter(told.cause_id.notnull())
    caused = caused.select("doer", "fact_id", *columns, subject_id=caused.cause_id)
    return per_customer(caused, tables["subject_map"])


def _facts(station: Station, tables: Tables, until_day: int) -> Table:
    """The facts of a station: id, subject_id, cause_id, local_day, local_month, amount_fen (net)."""
    log = tables["touchpoints"]
    facts = log.filter(
        log.kind.isin(list(station.kinds)) & log.subject_id.notnull() & (log.local_day <= until_day)
    )
    for one in station.where:
        facts = facts.filter(_passes(facts, one))
    text = ibis.coalesce(facts.payload, ibis.literal(""))
    caused = whole_number(text, station.cause) if station.cause else ibis.null("int64")
    facts = facts.mutate(cause_id=caused)
    if station.given_back:
        facts = _net(facts, log, station.given_back, until_day)
    return facts.select("id", "subject_id", "cause_id", "local_day", "local_month", "amount_fen")


def _net(facts: Table, log: Table, given_back: str, until_day: int) -> Table:
    """The facts without those of orders that went back in full; of another that something went back of, the
    first has what is left of the whole order."""
    backs = log.filter((log.kind == given_back) & (log.local_day <= until_day))
    backs = backs.select("source", "amount_fen", ref=text_in(backs.payload, "order"))
    backs = backs.filter(backs.ref != "")
    back = backs.group_by(["source", "ref"]).aggregate(back_fen=_total(backs.amount_fen))
    back = back.filter(back.back_fen > 0)
    named = facts.mutate(ref=text_in(facts.payload, "order"))
    named_alone = named.filter(named.ref != "")
    paid = named_alone.group_by(["source", "ref"]).aggregate(
        paid_fen=_total(named_alone.amount_fen), first_id=named_alone.id.min()
    )
    orders = paid.join(back, ["source", "ref"]).select(
        "first_id", its_source="source", its_ref="ref", left_fen=paid.paid_fen - back.back_fen
    )
    joined = named.left_join(orders, [("source", "its_source"), ("ref", "its_ref")])
    kept = joined.filter(joined.left_fen.isnull() | (joined.left_fen > 0))
    of_order = ibis.ifelse(kept.id == kept.first_id, kept.left_fen, _integer(0))
    return kept.mutate(amount_fen=ibis.ifelse(kept.left_fen.isnull(), kept.amount_fen, of_order))


def _passes(facts: Table, where: Where) -> Value:
    if where.field in COLUMNS:
        passed = compared(facts[where.field], where.op, where.value)
    else:
        passed = has_value(facts.payload, where.field, str(where.value))
    return ibis.coalesce(passed, ibis.literal(False))


def _flag(condition: Value) -> Value:
    return ibis.ifelse(condition, _integer(1), _integer(0))


def _or_none(value: Value) -> Value:
    return ibis.coalesce(value, _integer(0))


def _integer(number: int) -> Value:
    return ibis.literal(number, "int64")


def _total(value: Value) -> Value:
    """A sum as a 64-bit integer, 0 over nothing."""
    return ibis.coalesce(ops.Cast(value.sum(), ibis.dtype("int64")).to_expr(), _integer(0))
