"""People's merges and unmerges as facts of the log, written with the decision or not at all."""

from __future__ import annotations

from guanxi.customers.contracts import Change
from guanxi.customers.hooks import Happening
from guanxi.customers.services import on_change
from guanxi.touchpoints import own


def register() -> None:
    on_change(write_change)


def write_change(change: Change) -> None:
    """One fact for each customer that went into, or came out of, the one that stays. It belongs to the
    customer's smallest subject. Runs in the decision's transaction and turn."""
    merged = change.kind == "customer.merged"
    happenings = []
    for other in change.others:
        ends = (other, change.customer_id) if merged else (change.customer_id, other)
        payload = {"from": ends[0], "into": ends[1], "reason": "decision"}
        happenings.append(Happening(change.kind, change.customer_id, change.at_ms, payload))
    own.write(change.brand_id, happenings, live=True)
