"""By what each customer came first: a touch before the first order, else the order itself."""

from __future__ import annotations

from typing import Final

import ibis

from guanxi.economics.metrics.base import PAID, Days, Table, Value, integer, text_in, total
from guanxi.economics.metrics.histories import Margins, histories
from guanxi.warehouse.schemas import per_customer

NOT_TOUCHES: Final = (  # the brand's own doing, or told at the time of a file
    "customer.merged",
    "customer.unmerged",
    "message.delivered",
    "message.failed",
    "message.sent",
    "preference.stated",
    "profile.updated",
    "segment.entered",
    "segment.left",
    "tag.added",
    "tag.removed",
)
BY_TOUCH: Final = 1
BY_ORDER: Final = 2
UNKNOWN: Final = 0


def first_touches(touchpoints: Table, subject_map: Table) -> Table:
    """A row for each customer who bought: customer_id, first_day (of the first paid order), channel,
    campaign, distributor ("" where nothing names one), told.

    They are those of the earliest touch at or before the first order that is no order and names a channel or
    a campaign (told 1); else the first order's own, its source standing in for a channel that it does not
    name (told 2); else nothing is known (told 0). Of two at one moment each is the first in the alphabet.
    """
    facts = touchpoints.filter(touchpoints.subject_id.notnull())
    firsts = _earliest(facts.filter(facts.kind == PAID), subject_map)
    firsts = firsts.rename(first_ms="at_ms", first_day="local_day", **{f"order_{one}": one for one in _TOLD})
    is_touch = ~facts.kind.isin(NOT_TOUCHES) & ~facts.kind.startswith("order.")
    touches = facts.filter(is_touch & (_has(facts.channel) | facts.payload.contains('"campaign":"')))
    met = _earliest(touches, subject_map).drop("local_day")
    met = met.rename(touch_at_ms="at_ms", **{f"touch_{one}": one for one in _TOLD})
    joined = firsts.left_join(met, "customer_id").drop("customer_id_right")
    has_touch = ibis.coalesce(joined.touch_at_ms <= joined.first_ms, ibis.literal(False))
    told = ibis.cases(
        (has_touch, integer(BY_TOUCH)),
        (_has(joined.order_channel), integer(BY_ORDER)),
        else_=integer(UNKNOWN),
    )
    own = {name: joined[f"order_{name}"] for name in _TOLD}
    by_touch = {name: ibis.ifelse(has_touch, joined[f"touch_{name}"], own[name]) for name in _TOLD}
    told_channel = has_touch & _has(joined.touch_channel)
    by_touch["channel"] = ibis.ifelse(told_channel, joined.touch_channel, own["channel"])
    return joined.select("customer_id", "first_day", **by_touch, told=told)


def acquired(touchpoints: Table, subject_map: Table, days: Days | None = None) -> Table:
    """A row for each day and first touch of customers who bought for the first time on it: first_day,
    channel, campaign, distributor, told, customers."""
    people = first_touches(touchpoints, subject_map)
    if days is not None:
        people = people.filter(people.first_day.between(days.first, days.last))
    keys = ["first_day", "channel", "campaign", "distributor", "told"]
    return people.group_by(keys).aggregate(customers=people.count())


def channel_margins(
    touchpoints: Table, subject_map: Table, until_day: int, margins: Margins | None = None
) -> Table:
    """A row for each first channel: channel, customers, orders, margin_mfen (histories) until that day, of
    customers who had bought by then."""
    people = histories(touchpoints, subject_map, until_day, margins)
    firsts = first_touches(touchpoints, subject_map).select("customer_id", "channel")
    joined = people.join(firsts, "customer_id")
    return joined.group_by("channel").aggregate(
        customers=joined.count(), orders=total(joined.orders), margin_mfen=total(joined.margin_mfen)
    )


def first_channels(touchpoints: Table, subject_map: Table, until_day: int) -> Table:
    """A row for each customer who had bought by that local day: customer_id, channel of the first touch until
    then ("" where nothing says it)."""
    until_then = touchpoints.filter(touchpoints.local_day <= until_day)
    return first_touches(until_then, subject_map).select("customer_id", "channel")


_TOLD: Final = ("channel", "campaign", "distributor")


def _has(text: Value) -> Value:
    return text.notnull() & (text != "")


def _earliest(facts: Table, subject_map: Table) -> Table:
    """customer_id, at_ms and local_day of the earliest of each customer's facts, and what it tells."""
    moments = facts.group_by("subject_id").aggregate(at_ms=facts.occurred_ms.min())
    kept = facts.join(moments, "subject_id").filter(lambda t: t.occurred_ms == t.at_ms)
    channel = ibis.coalesce(kept.channel, ibis.literal(""))
    source = ibis.coalesce(kept.source, ibis.literal(""))
    is_order = kept.kind.startswith("order.")
    told = kept.select(
        "subject_id",
        "at_ms",
        "local_day",
        channel=ibis.ifelse(is_order & (channel == ""), source, channel),
        campaign=text_in(kept.payload, "campaign"),
        distributor=text_in(kept.payload, "distributor"),
    )
    mapped = per_customer(told, subject_map)
    by_moment = mapped.group_by(["customer_id", "at_ms"]).aggregate(
        local_day=mapped.local_day.min(), **{name: mapped[name].min() for name in _TOLD}
    )
    # A moment of a customer is one row now, so no engine has to choose between two.
    return by_moment.group_by("customer_id").aggregate(
        at_ms=by_moment.at_ms.min(),
        local_day=by_moment.local_day.min(),
        **{name: by_moment[name].argmin(by_moment.at_ms) for name in _TOLD},
    )
