"""Where each customer came from."""

from __future__ import annotations

from guanxi.economics.metrics.base import Table
from guanxi.warehouse.schemas import per_customer


def first_channels(touchpoints: Table, subject_map: Table) -> Table:
    """A row for each customer with any fact that names a channel: customer_id, channel (that of the earliest
    such fact; of two at one moment the first in the alphabet), first_ms."""
    told = touchpoints.filter(
        touchpoints.subject_id.notnull() & touchpoints.channel.notnull() & (touchpoints.channel != "")
    )
    by_subject = told.group_by(["subject_id", "channel"]).aggregate(first_ms=told.occurred_ms.min())
    mapped = per_customer(by_subject, subject_map)
    by_channel = mapped.group_by(["customer_id", "channel"]).aggregate(first_ms=mapped.first_ms.min())
    firsts = by_channel.group_by("customer_id").aggregate(earliest_ms=by_channel.first_ms.min())
    placed = by_channel.join(firsts, "customer_id")
    earliest = placed.filter(placed.first_ms == placed.earliest_ms)
    return earliest.group_by("customer_id").aggregate(
        channel=earliest.channel.min(), first_ms=earliest.first_ms.min()
    )
