"""Facts that Guanxi itself knows first, such as merges and tags: written with what they tell of, or not."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from guanxi.customers.hooks import TELLERS, Happening, Teller
from guanxi.kernel.clock import now_ms
from guanxi.touchpoints import log
from guanxi.touchpoints.contracts import Mode
from guanxi.touchpoints.hooks import AFTER_RECORD, RecordedBatch, RecordedFact
from guanxi.touchpoints.services import source_id_of

SOURCE = "guanxi"


def register() -> None:
    TELLERS.register(Teller("touchpoints", write))


def write(brand_id: int, happenings: Sequence[Happening], live: bool) -> None:
    """One fact for each happening, of Guanxi's own source. Runs in the caller's transaction and turn."""
    source_id = source_id_of(brand_id, SOURCE)
    facts = [
        RecordedFact(
            number,
            f"{happening.kind}:{number}",
            happening.kind,
            "",
            happening.subject_id,
            happening.at_ms,
            None,
            None,
            orjson.dumps(happening.payload).decode(),
        )
        for number, happening in zip(log.next_ids(len(happenings)), happenings, strict=True)
    ]
    recorded_ms = now_ms()
    log.insert(
        [
            (
                fact.id,
                brand_id,
                source_id,
                fact.source_ref,
                fact.kind,
                fact.channel,
                fact.subject_id,
                fact.occurred_ms,
                recorded_ms,
                fact.amount_fen,
                fact.quantity,
                fact.payload,
                None,
                live,
            )
            for fact in facts
        ]
    )
    mode = Mode.LIVE if live else Mode.BACKFILL
    for hook in AFTER_RECORD:
        hook.apply(RecordedBatch(brand_id, source_id, mode, None, facts))
