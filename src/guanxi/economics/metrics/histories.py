"""What each customer did until a day, in the numbers that RFM and the purchase models ask for."""

from __future__ import annotations

from typing import Final

import ibis

from guanxi.economics.metrics.base import PAID, REFUNDED, Table, count_if, facts_of, sum_if, total
from guanxi.warehouse.schemas import per_customer

LAST: Final = 2**31 - 1


def histories(touchpoints: Table, subject_map: Table, until_day: int) -> Table:
    """A row for each customer who bought until that local day (included): customer_id, first_day, last_day,
    days (with a paid order: orders of one day count once), orders, revenue_fen, first_day_fen (the part of
    revenue_fen from the first day), refunds_fen.

    The models' frequency is days - 1, the recency last_day - first_day, the age until_day - first_day.
    """
    facts = facts_of(touchpoints, [PAID, REFUNDED])
    facts = facts.filter(facts.subject_id.notnull() & (facts.local_day <= until_day))
    is_order = facts.kind == PAID
    by_day = facts.group_by(["subject_id", "local_day"]).aggregate(
        orders=count_if(is_order),
        revenue_fen=sum_if(is_order, facts.amount_fen),
        refunds_fen=sum_if(facts.kind == REFUNDED, facts.amount_fen),
    )
    mapped = per_customer(by_day, subject_map)
    # Subjects of one customer may have bought on one day.
    joined = mapped.group_by(["customer_id", "local_day"]).aggregate(
        orders=total(mapped.orders),
        revenue_fen=total(mapped.revenue_fen),
        refunds_fen=total(mapped.refunds_fen),
    )
    order_day = ibis.ifelse(joined.orders > 0, joined.local_day, ibis.null("int32"))
    people = joined.group_by("customer_id").aggregate(
        first_day=order_day.min(),
        last_day=order_day.max(),
        days=count_if(joined.orders > 0),
        orders=total(joined.orders),
        revenue_fen=total(joined.revenue_fen),
        # Engines differ on NULL in argmin: days of refunds alone come after all others instead.
        first_day_fen=joined.revenue_fen.argmin(ibis.coalesce(order_day, ibis.literal(LAST, "int32"))),
        refunds_fen=total(joined.refunds_fen),
    )
    return people.filter(people.orders > 0)
