"""Who comes back: cohorts by period."""

from __future__ import annotations

import ibis

from guanxi.economics.metrics.base import (
    PAID,
    REFUNDED,
    Table,
    Value,
    count_if,
    facts_of,
    integer,
    known_orders,
    sum_if,
    total,
)
from guanxi.economics.metrics.histories import Margins, per_mille
from guanxi.warehouse.schemas import per_customer

_WEEKS: int = 1_000_000  # engines round the quotient of a negative day differently, so none is negative


def order_days(touchpoints: Table, until_day: int) -> Table:
    """One row: first_day, last_day of the paid orders with a customer until that local day (NULL without
    any), and later_orders, those dated after it."""
    paid = known_orders(touchpoints)
    day = ibis.ifelse(paid.local_day <= until_day, paid.local_day, ibis.null("int32"))
    return paid.aggregate(
        first_day=day.min(), last_day=day.max(), later_orders=count_if(paid.local_day > until_day)
    )


def period_of(facts: Table, per: str) -> Value:
    """The period of each fact's local day as a whole number: of "month" local_month, of "quarter" year * 4 +
    quarter - 1, of "week" the weeks since that of 1969-12-29, each from its Monday."""
    if per == "week":
        return (facts.local_day.cast("int64") + (3 + 7 * _WEEKS)) // 7 - _WEEKS
    month = facts.local_month.cast("int64")
    return month // 3 if per == "quarter" else month


def cohort_cells(
    touchpoints: Table,
    subject_map: Table,
    per: str,
    until_day: int,
    *,
    margins: Margins | None = None,
    groups: Table | None = None,
) -> Table:
    """A row for each cohort (period of a customer's first paid order, see `period_of`), group and period in
    which anybody of it bought or was given back, in order: cohort, grp (0 without `groups`, which are
    customer_id, grp), period, customers (who bought), orders, revenue_fen, refunds_fen, margin_mfen
    (thousandths of a minor unit: orders less refunds, each at its margin).

    A refund dated before the first order counts in the period of that order.
    """
    chosen = margins or Margins()
    facts = facts_of(touchpoints, [PAID, REFUNDED])
    facts = facts.filter(facts.subject_id.notnull() & (facts.local_day <= until_day))
    facts = facts.mutate(period=period_of(facts, per))
    is_order = facts.kind == PAID
    sums = {
        "orders": count_if(is_order),
        "revenue_fen": sum_if(is_order, facts.amount_fen),
        "refunds_fen": sum_if(facts.kind == REFUNDED, facts.amount_fen),
    }
    if chosen.by_category:
        signed = ibis.ifelse(is_order, facts.amount_fen, -facts.amount_fen)
        sums["margin_mfen"] = total(signed * per_mille(facts, chosen))
    mapped = per_customer(facts.group_by(["subject_id", "period"]).aggregate(**sums), subject_map)
    # Subjects of one customer may have bought in one period.
    spent = mapped.group_by(["customer_id", "period"]).aggregate(**{one: total(mapped[one]) for one in sums})
    bought = spent.filter(spent.orders > 0)
    firsts = bought.group_by("customer_id").aggregate(cohort=bought.period.min())
    # By names: both sides come from one table, and Ibis would take `a.x == b.x` for one side twice.
    placed = spent.join(firsts, "customer_id")
    placed = placed.mutate(period=ibis.greatest(placed.period, placed.cohort))
    placed = placed.mutate(grp=integer(0)) if groups is None else placed.join(groups, "customer_id")
    cells = placed.group_by(["cohort", "grp", "period"]).aggregate(
        customers=count_if(placed.orders > 0), **{one: total(placed[one]) for one in sums}
    )
    if not chosen.by_category:
        cells = cells.mutate(margin_mfen=(cells.revenue_fen - cells.refunds_fen) * chosen.default)
    return cells.order_by(["cohort", "grp", "period"])
