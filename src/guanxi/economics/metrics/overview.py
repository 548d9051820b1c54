"""The figures of the overview, as Ibis expressions that know no engine.

Each function takes unbound tables of the lake (`warehouse.queries.tables()`) and answers an expression; its
columns are documented with it. Definitions for people are in docs/guide/metrics.md.

Rules kept by all: aggregate by subject first, then map to customers; a fact without a subject counts in
orders and money but never as a customer; no zones (local_day and local_month are exported), no division, no
count(distinct); sums are 64-bit integers and never NULL.
"""

from __future__ import annotations

import ibis

from guanxi.economics.metrics.base import (
    PAID,
    REFUNDED,
    Days,
    Table,
    count_if,
    facts_of,
    known_orders,
    sum_if,
    total,
)
from guanxi.warehouse.schemas import per_customer


def totals(touchpoints: Table, days: Days | None = None) -> Table:
    """One row: orders, revenue_fen, refunds, refunds_fen, anonymous_orders, anonymous_revenue_fen, and
    first_day, last_day of the paid orders (NULL without any)."""
    facts = facts_of(touchpoints, [PAID, REFUNDED], days)
    is_order, is_refund = facts.kind == PAID, facts.kind == REFUNDED
    is_anonymous = is_order & facts.subject_id.isnull()
    order_day = ibis.ifelse(is_order, facts.local_day, ibis.null("int32"))
    return facts.aggregate(
        orders=count_if(is_order),
        revenue_fen=sum_if(is_order, facts.amount_fen),
        refunds=count_if(is_refund),
        refunds_fen=sum_if(is_refund, facts.amount_fen),
        anonymous_orders=count_if(is_anonymous),
        anonymous_revenue_fen=sum_if(is_anonymous, facts.amount_fen),
        first_day=order_day.min(),
        last_day=order_day.max(),
    )


def buyers(touchpoints: Table, subject_map: Table, days: Days | None = None) -> Table:
    """One row: buyers (customers with a paid order) and repeat_buyers (with two or more)."""
    paid = known_orders(touchpoints, days)
    by_subject = paid.group_by("subject_id").aggregate(orders=paid.count())
    mapped = per_customer(by_subject, subject_map)
    people = mapped.group_by("customer_id").aggregate(orders=total(mapped.orders))
    return people.aggregate(buyers=people.count(), repeat_buyers=count_if(people.orders >= 2))


def customers(known: Table, until_ms: int | None = None) -> Table:
    """One row: customers, those first seen before `until_ms` where it is given."""
    seen = known if until_ms is None else known.filter(known.first_ms < until_ms)
    return seen.aggregate(customers=seen.count())


def months(touchpoints: Table) -> Table:
    """A row for each month with orders or refunds, in order: local_month, orders, revenue_fen, refunds,
    refunds_fen, anonymous_orders, anonymous_revenue_fen."""
    facts = facts_of(touchpoints, [PAID, REFUNDED])
    is_order, is_refund = facts.kind == PAID, facts.kind == REFUNDED
    is_anonymous = is_order & facts.subject_id.isnull()
    by_month = facts.group_by("local_month").aggregate(
        orders=count_if(is_order),
        revenue_fen=sum_if(is_order, facts.amount_fen),
        refunds=count_if(is_refund),
        refunds_fen=sum_if(is_refund, facts.amount_fen),
        anonymous_orders=count_if(is_anonymous),
        anonymous_revenue_fen=sum_if(is_anonymous, facts.amount_fen),
    )
    return by_month.order_by("local_month")


def cohorts(touchpoints: Table, subject_map: Table) -> Table:
    """A row for each cohort (month of a customer's first paid order) and month in which anybody of it
    bought, in order: cohort, local_month, customers, orders, revenue_fen."""
    paid = known_orders(touchpoints)
    by_subject = paid.group_by(["subject_id", "local_month"]).aggregate(
        orders=paid.count(), revenue_fen=total(paid.amount_fen)
    )
    mapped = per_customer(by_subject, subject_map)
    bought = mapped.group_by(["customer_id", "local_month"]).aggregate(
        orders=total(mapped.orders), revenue_fen=total(mapped.revenue_fen)
    )
    firsts = bought.group_by("customer_id").aggregate(cohort=bought.local_month.min())
    # By names: both sides come from one table, and Ibis would take `a.x == b.x` for one side twice.
    placed = bought.join(firsts, "customer_id")
    cells = placed.group_by(["cohort", "local_month"]).aggregate(
        customers=placed.count(), orders=total(placed.orders), revenue_fen=total(placed.revenue_fen)
    )
    return cells.order_by(["cohort", "local_month"])


def channels(touchpoints: Table, days: Days | None = None) -> Table:
    """A row for each channel with orders or refunds, by revenue: channel, orders, revenue_fen, refunds,
    refunds_fen."""
    facts = facts_of(touchpoints, [PAID, REFUNDED], days)
    facts = facts.mutate(channel=ibis.coalesce(facts.channel, ibis.literal("")))
    is_order, is_refund = facts.kind == PAID, facts.kind == REFUNDED
    split = facts.group_by("channel").aggregate(
        orders=count_if(is_order),
        revenue_fen=sum_if(is_order, facts.amount_fen),
        refunds=count_if(is_refund),
        refunds_fen=sum_if(is_refund, facts.amount_fen),
    )
    return split.order_by([ibis.desc("revenue_fen"), "channel"])


def channel_buyers(touchpoints: Table, subject_map: Table, days: Days | None = None) -> Table:
    """A row for each channel with buyers, in order: channel, buyers. Who bought in two is a buyer in both."""
    paid = known_orders(touchpoints, days)
    paid = paid.select(channel=ibis.coalesce(paid.channel, ibis.literal("")), subject_id=paid.subject_id)
    mapped = per_customer(paid.distinct(), subject_map).distinct()
    return mapped.group_by("channel").aggregate(buyers=mapped.count()).order_by("channel")
