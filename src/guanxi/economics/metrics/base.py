"""What the metrics are written with: sums that every engine answers alike, and the facts that count."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import ibis
import ibis.expr.operations as ops

from guanxi.warehouse.payloads import text_in

__all__ = [
    "PAID",
    "REFUNDED",
    "Days",
    "Table",
    "Value",
    "count_if",
    "facts_of",
    "integer",
    "known_orders",
    "sum_if",
    "text_in",
    "total",
]

PAID: Final = "order.paid"
REFUNDED: Final = "order.refunded"

Table = Any  # Ibis has no types that a checker could hold
Value = Any


class Days(NamedTuple):
    """A period of local days, both included, in days since 1970-01-01."""

    first: int
    last: int


def total(value: Value) -> Value:
    """A sum as a 64-bit integer, 0 over nothing. DuckDB sums 64 bits in 128, which is slow to add again, so
    the cast is wanted although Ibis takes it for needless and would leave it out."""
    narrow = ops.Cast(value.sum(), ibis.dtype("int64")).to_expr()
    return ibis.coalesce(narrow, integer(0))


def integer(number: int) -> Value:
    return ibis.literal(number, "int64")


def count_if(condition: Value) -> Value:
    return ibis.ifelse(condition, integer(1), ibis.null("int64")).count()


def sum_if(condition: Value, value: Value) -> Value:
    return total(ibis.ifelse(condition, value, ibis.null("int64")))


def facts_of(touchpoints: Table, kinds: list[str], days: Days | None = None) -> Table:
    facts = touchpoints.filter(touchpoints.kind.isin(kinds))
    return facts if days is None else facts.filter(facts.local_day.between(days.first, days.last))


def known_orders(touchpoints: Table, days: Days | None = None) -> Table:
    """Paid orders that have a subject."""
    return facts_of(touchpoints, [PAID], days).filter(ibis._.subject_id.notnull())
