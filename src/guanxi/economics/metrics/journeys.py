"""What customers met before they bought: their touches and orders in order, for attribution."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import ibis

from guanxi.economics.metrics.base import PAID, Days, Table, Value, integer, known_orders
from guanxi.warehouse.schemas import per_customer

ORDERS: Final = (PAID, "order.refunded", "order.placed", "order.detailed")
WRITTEN_DOWN: Final = (
    "customer.merged",
    "customer.unmerged",
    "profile.updated",
    "segment.entered",
    "segment.left",
    "tag.added",
    "tag.removed",
)
ORDER: Final = (
    255  # the number of an order among those of channels, so that it comes after touches of its moment
)
NUMBERS: Final = 256


def touch_channels(touchpoints: Table, until_day: int) -> Table:
    """A row for each channel with touches until that local day, the most first: channel, touches.

    A touch is a fact with a subject and a channel that is neither an order nor something that Guanxi or a
    shop only wrote down.
    """
    met = _touches(touchpoints, until_day)
    counted = met.group_by("channel").aggregate(touches=met.count())
    return counted.order_by([ibis.desc("touches"), "channel"])


def events(
    touchpoints: Table,
    subject_map: Table,
    until_day: int,
    numbers: Mapping[str, int],
    other: int,
    *,
    all_orders: bool = False,
) -> Table:
    """Touches and paid orders, until that local day, of customers with a touch; with `all_orders`, which is
    faster where orders are not many, also the orders of others: customer_id, moment (UTC milliseconds * 256
    + the channel's number, `other` for channels that `numbers` lacks, 255 for an order), revenue_fen (0 of a
    touch). In order of both, so that whoever reads on reads each customer's journeys."""
    met = _touches(touchpoints, until_day)
    # The most frequent first, where they are numbered so: most touches are then told by one comparison.
    by_number = sorted(numbers.items(), key=lambda item: item[1])
    branches = [(met.channel == name, integer(number)) for name, number in by_number]
    number = ibis.cases(*branches, else_=integer(other)) if branches else integer(other)
    touches = per_customer(
        met.select("subject_id", moment=_moment(met, number), revenue_fen=integer(0)), subject_map
    )
    paid = known_orders(touchpoints)
    paid = paid.filter(paid.local_day <= until_day)
    amounts = ibis.coalesce(paid.amount_fen, integer(0))
    orders = per_customer(
        paid.select("subject_id", moment=_moment(paid, integer(ORDER)), revenue_fen=amounts), subject_map
    )
    orders = orders.filter(orders.customer_id.notnull())
    if not all_orders:
        orders = orders.semi_join(touches.select("customer_id").distinct(), "customer_id")
    both = touches.union(orders.select(*touches.columns))
    return both.order_by(["customer_id", "moment", "revenue_fen"])


def conversions(touchpoints: Table, subject_map: Table, days: Days, first_alone: bool = True) -> Table:
    """One row: conversions of those local days, with touches or without: customers whose first paid order
    it is, or all orders (those of one customer and moment are one)."""
    paid = known_orders(touchpoints)
    paid = paid.filter(paid.local_day <= days.last)
    keys = [] if first_alone else ["occurred_ms"]
    rows = paid.select("subject_id", "local_day", *keys)
    if first_alone:
        rows = rows.group_by("subject_id").aggregate(local_day=rows.local_day.min())
    mapped = per_customer(rows, subject_map)
    found = mapped.group_by(["customer_id", *keys]).aggregate(local_day=mapped.local_day.min())
    return found.filter(found.local_day >= days.first).aggregate(conversions=ibis._.count())


def _touches(touchpoints: Table, until_day: int) -> Table:
    return touchpoints.filter(
        touchpoints.subject_id.notnull()
        & touchpoints.channel.notnull()
        & (touchpoints.channel != "")
        & touchpoints.kind.notin((*ORDERS, *WRITTEN_DOWN))
        & (touchpoints.local_day <= until_day)
    )


def _moment(facts: Table, number: Value) -> Value:
    return facts.occurred_ms * integer(NUMBERS) + number
