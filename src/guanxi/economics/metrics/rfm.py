"""Recency, frequency and money of each customer."""

from __future__ import annotations

import ibis

from guanxi.economics.metrics.base import PAID, REFUNDED, Table, count_if, facts_of, total
from guanxi.warehouse.schemas import per_customer


def rfm(touchpoints: Table, subject_map: Table, until_day: int) -> Table:
    """A row for each customer with a paid order until that local day: customer_id, recency_days (since the
    last order), orders, net_fen (paid less given back)."""
    facts = facts_of(touchpoints, [PAID, REFUNDED])
    facts = facts.filter(facts.subject_id.notnull() & (facts.local_day <= until_day))
    is_order = facts.kind == PAID
    by_subject = facts.group_by("subject_id").aggregate(
        last_day=ibis.ifelse(is_order, facts.local_day, ibis.null("int32")).max(),
        orders=count_if(is_order),
        net_fen=total(ibis.ifelse(is_order, facts.amount_fen, -facts.amount_fen)),
    )
    mapped = per_customer(by_subject, subject_map)
    people = mapped.group_by("customer_id").aggregate(
        last_day=mapped.last_day.max(),
        orders=total(mapped.orders),
        net_fen=total(mapped.net_fen),
    )
    bought = people.filter(people.orders > 0)
    return bought.select(
        "customer_id",
        (until_day - bought.last_day).cast("int64").name("recency_days"),
        "orders",
        "net_fen",
    )
