"""Customers' states as they were on a day."""

from __future__ import annotations

from typing import Final

import ibis

from guanxi.economics.metrics.base import Table
from guanxi.warehouse import payloads

CHANGED: Final = "state.changed"


def states_at(touchpoints: Table, kept: Table, until_ms: int) -> Table:
    """A row for each customer of whom a state was known at that moment: customer_id, state.

    The state before the first change after the moment; without such a change the one that is kept.
    """
    later = touchpoints.filter(
        (touchpoints.kind == CHANGED)
        & (touchpoints.occurred_ms > until_ms)
        & touchpoints.subject_id.notnull()
    )
    told = ibis.coalesce(later.payload, ibis.literal(""))
    later = later.select(
        "subject_id",
        "id",
        before=told.re_extract(r'"from":"([a-z_]*)"', 1),
        began_ms=payloads.whole_number(told, "since_ms"),
    )
    first = later.group_by("subject_id").aggregate(
        before=later.before.argmin(later.id), began_ms=later.began_ms.argmin(later.id)
    )
    joined = kept.left_join(first, [("customer_id", "subject_id")])
    known = joined.select(
        joined.customer_id,
        state=ibis.coalesce(joined.before, joined.state),
        since_ms=ibis.coalesce(joined.began_ms, joined.since_ms),
    )
    return known.filter(known.since_ms <= until_ms).select("customer_id", "state")
