"""Who comes back and when: cohorts by period, the wait for the second order, the days between orders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import ibis

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
    total,
)
from guanxi.economics.metrics.histories import LAST, Margins, purchase_days, spent_by
from guanxi.warehouse.schemas import per_customer

LAST_NUMBER: Final = 10
_WEEKS: Final = 1_000_000  # engines round the quotient of a negative day differently, so none is negative


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
    spent = spent_by(facts.mutate(period=period_of(facts, per)), subject_map, "period", chosen)
    bought = spent.filter(spent.orders > 0)
    firsts = bought.group_by("customer_id").aggregate(cohort=bought.period.min())
    # By names: both sides come from one table, and Ibis would take `a.x == b.x` for one side twice.
    placed = spent.join(firsts, "customer_id")
    placed = placed.mutate(period=ibis.greatest(placed.period, placed.cohort))
    placed = placed.mutate(grp=integer(0)) if groups is None else placed.join(groups, "customer_id")
    cells = placed.group_by(["cohort", "grp", "period"]).aggregate(
        customers=count_if(placed.orders > 0),
        **{name: total(placed[name]) for name in spent.columns if name not in {"customer_id", "period"}},
    )
    if not chosen.by_category:
        cells = cells.mutate(margin_mfen=(cells.revenue_fen - cells.refunds_fen) * chosen.default)
    return cells.order_by(["cohort", "grp", "period"])


def waits(
    touchpoints: Table,
    subject_map: Table,
    until_day: int,
    windows: Sequence[int],
    groups: Table | None = None,
) -> Table:
    """How long customers took to come again, counted, in order: grp (0 without `groups`, which are
    customer_id, grp), seen (how many of the windows, in days, have passed since the first order), returned
    (1: they bought on a later day than the first), days (until then, or else until `until_day`), customers.
    """
    paid = known_orders(touchpoints).filter(ibis._.local_day <= until_day)
    by_subject = paid.group_by("subject_id").aggregate(first_day=paid.local_day.min())
    mapped = per_customer(by_subject, subject_map)
    people = mapped.group_by("customer_id").aggregate(first_day=mapped.first_day.min())
    # Each day is compared with the customer's first, which is cheaper than to number them all.
    orders = per_customer(paid.select("subject_id", "local_day"), subject_map)
    orders = orders.select(buyer="customer_id", local_day="local_day")
    placed = orders.join(people, [("buyer", "customer_id")])
    again = placed.filter(placed.local_day > placed.first_day)
    seconds = again.group_by("buyer").aggregate(second_day=again.local_day.min())
    waited = people.left_join(seconds, [("customer_id", "buyer")]).select(
        "customer_id", "first_day", "second_day"
    )
    waited = waited.mutate(grp=integer(0)) if groups is None else waited.join(groups, "customer_id")
    passed = [ibis.ifelse(until_day - waited.first_day >= days, integer(1), integer(0)) for days in windows]
    counted = waited.select(
        "grp",
        seen=sum(passed, integer(0)),
        returned=ibis.ifelse(waited.second_day.notnull(), integer(1), integer(0)),
        days=(ibis.coalesce(waited.second_day, until_day) - waited.first_day).cast("int64"),
    )
    keys = ["grp", "seen", "returned", "days"]
    return counted.group_by(keys).aggregate(customers=counted.count()).order_by(keys)


def purchase_gaps(touchpoints: Table, subject_map: Table, until_day: int) -> Table:
    """The days between a customer's purchase days, counted, in order: number (2: from the first to the
    second; LAST_NUMBER: also all later ones), days, purchases."""
    bought = purchase_days(touchpoints, subject_map, Days(-LAST, until_day))
    window = ibis.window(group_by="customer_id", order_by="local_day")
    placed = bought.mutate(
        number=ibis.row_number().over(window).cast("int64") + 1, before=bought.local_day.lag().over(window)
    )
    later = placed.filter(placed.number > 1)  # engines differ on what comes before the first
    gaps = later.select(
        number=ibis.least(later.number, integer(LAST_NUMBER)),
        days=(later.local_day - later.before).cast("int64"),
    )
    counts = gaps.group_by(["number", "days"]).aggregate(purchases=gaps.count())
    return counts.order_by(["number", "days"])
