"""Giving and asking, habit and loyalty as Ibis expressions: tables of the lake in, a table out.
docs/guide/standing.md defines each figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import ibis
import ibis.expr.operations as ops

from guanxi.loyalty.standing.contracts import ASK, REPEATS, YEAR
from guanxi.warehouse.payloads import has_text, has_value, whole_number
from guanxi.warehouse.schemas import per_customer

Table = Any  # Ibis has no types that a checker could hold
Value = Any
PAID: Final = "order.paid"


def balances(tables: Mapping[str, Table], until_day: int, days: int) -> Table:
    """A row for each balance of asks less gives in the last `days`, in order: lag, customers, gives, bought
    (gives for a paid order), asks. Of customers who were given or asked anything."""
    facts, links = tables["touchpoints"], tables["subject_map"]
    first = until_day - days + 1
    given = tables["ledger_rewards"]
    given = given.filter(given.local_day.between(first, until_day) & given.subject_id.notnull())
    paid = facts.filter(facts.kind == PAID).select(paid_id="id")
    joined = given.left_join(paid, [("fact_id", "paid_id")])
    gives = joined.select(
        "subject_id", gives=_integer(1), bought=_flag(joined.paid_id.notnull()), asks=_integer(0)
    )
    asked = facts.filter(
        (facts.kind == ASK) & facts.subject_id.notnull() & facts.local_day.between(first, until_day)
    )
    text = ibis.coalesce(asked.payload, ibis.literal(""))
    asked = asked.filter(has_text(text, "campaign") & ~has_value(text, "campaign", ""))
    asks = asked.select("subject_id", gives=_integer(0), bought=_integer(0), asks=_integer(1))
    each = per_customer(ibis.union(gives, asks), links)
    people = each.group_by("customer_id").aggregate(**{name: _total(each[name]) for name in _COUNTS})
    told = people.mutate(lag=people.asks - people.gives)
    rows = told.group_by("lag").aggregate(
        customers=told.count(), **{name: _total(told[name]) for name in _COUNTS}
    )
    return rows.order_by("lag")


_COUNTS: Final = ("gives", "bought", "asks")


def standings(tables: Mapping[str, Table], until_day: int, acts: Sequence[str]) -> Table:
    """A row for each standing of the customers who bought in the last 365 days, in order: repeats (1: on
    three days or more), turns (1: did something that no purchase asks for), customers, orders, revenue_fen
    (gross), priced (orders of which the discount is known) and full (of these, those without one)."""
    facts, links = tables["touchpoints"], tables["subject_map"]
    known = facts.filter(
        facts.subject_id.notnull() & facts.local_day.between(until_day - YEAR + 1, until_day)
    )
    paid = known.filter(known.kind == PAID)
    cut = whole_number(ibis.coalesce(paid.payload, ibis.literal("")), "discount_fen")
    orders = paid.select(
        "subject_id",
        "local_day",
        "amount_fen",
        priced=_flag(cut.notnull()),
        full=_flag(ibis.coalesce(cut, _integer(1)) == 0),
    )
    mapped = per_customer(orders, links)
    by_day = mapped.group_by(["customer_id", "local_day"]).aggregate(
        orders=mapped.count(),
        revenue_fen=_total(mapped.amount_fen),
        priced=_total(mapped.priced),
        full=_total(mapped.full),
    )
    people = by_day.group_by("customer_id").aggregate(
        days=by_day.count(),
        **{name: _total(by_day[name]) for name in ("orders", "revenue_fen", "priced", "full")},
    )
    acted = per_customer(known.filter(known.kind.isin(list(acts))).select("subject_id"), links).distinct()
    acted = acted.select(actor="customer_id")
    placed = people.left_join(acted, [("customer_id", "actor")])
    told = placed.select(
        "orders",
        "revenue_fen",
        "priced",
        "full",
        repeats=_flag(placed.days >= REPEATS),
        turns=_flag(placed.actor.notnull()),
    )
    keys = ["repeats", "turns"]
    sums = {name: _total(told[name]) for name in ("orders", "revenue_fen", "priced", "full")}
    return told.group_by(keys).aggregate(customers=told.count(), **sums).order_by(keys)


def _flag(condition: Value) -> Value:
    return ibis.ifelse(condition, _integer(1), _integer(0))


def _integer(number: int) -> Value:
    return ibis.literal(number, "int64")


def _total(value: Value) -> Value:
    """A sum as a 64-bit integer, 0 over nothing."""
    return ibis.coalesce(ops.Cast(value.sum(), ibis.dtype("int64")).to_expr(), _integer(0))
