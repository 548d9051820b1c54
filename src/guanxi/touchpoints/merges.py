"""People's merges and unmerges as facts of the log, written with the decision or not at all."""

from __future__ import annotations

import orjson

from guanxi.customers.contracts import Change
from guanxi.customers.services import on_change
from guanxi.touchpoints import log
from guanxi.touchpoints.contracts import Mode
from guanxi.touchpoints.hooks import AFTER_RECORD, RecordedBatch, RecordedFact
from guanxi.touchpoints.services import source_id_of

SOURCE = "guanxi"


def register() -> None:
    on_change(write_change)


def write_change(change: Change) -> None:
    """One fact for each customer that went into, or came out of, the one that stays. It belongs to the
    customer's smallest subject. Runs in the decision's transaction and turn."""
    source_id = source_id_of(change.brand_id, SOURCE)
    merged = change.kind == "customer.merged"
    facts = []
    for number, other in zip(log.next_ids(len(change.others)), change.others, strict=True):
        ends = (other, change.customer_id) if merged else (change.customer_id, other)
        payload = orjson.dumps({"from": ends[0], "into": ends[1], "reason": "decision"}).decode()
        reference = f"{change.kind}:{number}"
        facts.append(
            RecordedFact(
                number, reference, change.kind, "", change.customer_id, change.at_ms, None, None, payload
            )
        )
    log.insert(
        [
            (
                fact.id,
                change.brand_id,
                source_id,
                fact.source_ref,
                fact.kind,
                fact.channel,
                fact.subject_id,
                fact.occurred_ms,
                change.at_ms,
                fact.amount_fen,
                fact.quantity,
                fact.payload,
                None,
                True,
            )
            for fact in facts
        ]
    )
    for hook in AFTER_RECORD:
        hook.apply(RecordedBatch(change.brand_id, source_id, Mode.LIVE, None, facts))
