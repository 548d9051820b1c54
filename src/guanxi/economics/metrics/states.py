"""Customers' states as they were on a day, what those in each have done, and who went where."""

from __future__ import annotations

from typing import Final

import ibis

from guanxi.economics.metrics.base import Table
from guanxi.warehouse import payloads

CHANGED: Final = "state.changed"
UNKNOWN: Final = ""  # of whom no state was known yet


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


def state_histories(before: Table, after: Table, people: Table) -> Table:
    """What is known of each customer with a state `after`: customer_id, state, state_before ("" where none
    was known yet), and the columns of `histories`, which are NULL of those who never bought.

    One table for worth and flows, since where states come from rules each of them is a pass over the facts.
    """
    bought = people.rename(buyer_id="customer_id")
    earlier = before.select(known_id=before.customer_id, state_before=before.state)
    joined = after.left_join(bought, [("customer_id", "buyer_id")])
    joined = joined.left_join(earlier, [("customer_id", "known_id")])
    names = [name for name in people.columns if name != "customer_id"]
    return joined.select(
        "customer_id",
        "state",
        *names,
        state_before=ibis.coalesce(joined.state_before, ibis.literal(UNKNOWN)),
    )
