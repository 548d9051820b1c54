"""What each customer did until a day, in the numbers that RFM and the purchase models ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import ibis
import orjson

from guanxi.economics.metrics.base import (
    PAID,
    REFUNDED,
    Days,
    Table,
    Value,
    count_if,
    facts_of,
    integer,
    known_orders,
    sum_if,
    text_in,
    total,
)
from guanxi.warehouse.schemas import per_customer

LAST: Final = 2**31 - 1
PER_MILLE: Final = 1_000


@dataclass(frozen=True)
class Margins:
    """What is left of an order after what it cost, in thousandths: of any order, and of orders whose first
    line with a category is of one of these categories."""

    default: int = PER_MILLE
    by_category: Mapping[str, int] = field(default_factory=dict)


def histories(
    touchpoints: Table, subject_map: Table, until_day: int, margins: Margins | None = None
) -> Table:
    """A row for each customer who bought until that local day (included): customer_id, first_day, last_day,
    days (with a paid order: orders of one day count once), orders, revenue_fen, first_day_fen (the part of
    revenue_fen from the first day), refunds_fen, margin_mfen (thousandths of a minor unit: orders less
    refunds, each at its margin).

    The models' frequency is days - 1, the recency last_day - first_day, the age until_day - first_day.
    """
    joined = customer_days(touchpoints, subject_map, until_day, margins)
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
        margin_mfen=total(joined.margin_mfen),
    )
    return people.filter(people.orders > 0)


def customer_days(
    touchpoints: Table, subject_map: Table, until_day: int, margins: Margins | None = None
) -> Table:
    """A row for each customer and local day with a paid order or a refund until that day (included):
    customer_id, local_day, orders, revenue_fen, refunds_fen, margin_mfen (as in `histories`)."""
    facts = facts_of(touchpoints, [PAID, REFUNDED])
    facts = facts.filter(facts.subject_id.notnull() & (facts.local_day <= until_day))
    chosen = margins or Margins()
    by_day = spent_by(facts, subject_map, "local_day", chosen)
    if chosen.by_category:
        return by_day
    return by_day.mutate(margin_mfen=(by_day.revenue_fen - by_day.refunds_fen) * chosen.default)


def spent_by(facts: Table, subject_map: Table, period: str, margins: Margins) -> Table:
    """A row for each customer and period of these orders and refunds: customer_id, the period (a column of
    the facts), orders, revenue_fen, refunds_fen, and margin_mfen where margins differ by category."""
    columns = [facts[name] for name in ("subject_id", period, "kind", "amount_fen")]
    if margins.by_category:
        signed = ibis.ifelse(facts.kind == PAID, facts.amount_fen, -facts.amount_fen)
        columns.append((signed * per_mille(facts, margins)).name("left_mfen"))
    # Few subjects have two facts of one period, so the facts themselves are those of customers at once.
    mapped = per_customer(facts.select(*columns), subject_map)
    is_order = mapped.kind == PAID
    sums = {
        "orders": count_if(is_order),
        "revenue_fen": sum_if(is_order, mapped.amount_fen),
        "refunds_fen": sum_if(mapped.kind == REFUNDED, mapped.amount_fen),
    }
    if margins.by_category:
        sums["margin_mfen"] = total(mapped.left_mfen)
    return mapped.group_by(["customer_id", period]).aggregate(**sums)


def last_order_day(touchpoints: Table, today: int) -> Table:
    """One row: last_day, the last local day with a paid order, none after `today`; NULL without any."""
    paid = known_orders(touchpoints)
    return paid.filter(paid.local_day <= today).aggregate(last_day=paid.local_day.max())


def spend_by_month(spend: Table) -> Table:
    """A row for each channel and month with spend: channel ("" where none is known), local_month,
    amount_fen; in that order."""
    channel = ibis.coalesce(spend.channel, ibis.literal(""))
    rows = spend.mutate(channel=channel).group_by(["channel", "local_month"])
    return rows.aggregate(amount_fen=total(spend.amount_fen)).order_by(["channel", "local_month"])


def purchases(touchpoints: Table, subject_map: Table, days: Days) -> Table:
    """A row for each customer who bought within these local days: customer_id, days (with a paid order),
    revenue_fen; in the order of customers."""
    paid = known_orders(touchpoints, days)
    mapped = per_customer(paid.select("subject_id", "local_day", "amount_fen"), subject_map)
    joined = mapped.group_by(["customer_id", "local_day"]).aggregate(revenue_fen=total(mapped.amount_fen))
    people = joined.group_by("customer_id").aggregate(
        days=joined.count(), revenue_fen=total(joined.revenue_fen)
    )
    return people.order_by("customer_id")


def per_mille(facts: Table, margins: Margins) -> Value:
    """The margin of each fact, in thousandths of its amount."""
    if not margins.by_category:
        return integer(margins.default)
    category = text_in(facts.payload, "category")
    branches = [
        (category == orjson.dumps(name)[1:-1].decode(), integer(share))
        for name, share in sorted(margins.by_category.items())
    ]
    return ibis.cases(*branches, else_=integer(margins.default))


def purchase_days(touchpoints: Table, subject_map: Table, days: Days) -> Table:
    """A row for each customer and local day of the period with a paid order: customer_id, local_day."""
    paid = known_orders(touchpoints, days)
    return per_customer(paid.select("subject_id", "local_day"), subject_map).distinct()
