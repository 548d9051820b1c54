"""What upper rooms do with facts as they are recorded, in the same transaction, and once some are gone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from guanxi.kernel.registries import Registry
from guanxi.touchpoints.contracts import Mode


class RecordedFact(NamedTuple):
    """A new row of the log. `payload` is JSON text or ""."""

    id: int
    source_ref: str
    kind: str
    channel: str
    subject_id: int | None
    occurred_ms: int
    amount_fen: int | None
    quantity: int | None
    payload: str


class RecordedBatch(NamedTuple):
    """New facts only; duplicates never come here. BACKFILL means history: book, but send nothing."""

    brand_id: int
    source_id: int
    mode: Mode
    import_id: int | None
    facts: Sequence[RecordedFact]


class AfterRecord(NamedTuple):
    """`apply` runs in the transaction that recorded the batch; what it raises undoes the whole batch."""

    name: str
    apply: Callable[[RecordedBatch], None]


class AfterLetGo(NamedTuple):
    """`apply(brand_id, kinds)` hears that old facts of some kinds are gone, or no longer anybody's, once all
    of them are; in a transaction and the brand's turn."""

    name: str
    apply: Callable[[int, Collection[str]], None]


AFTER_RECORD: Registry[AfterRecord] = Registry("hook after recording", lambda hook: hook.name)
AFTER_LET_GO: Registry[AfterLetGo] = Registry("hook after letting go", lambda hook: hook.name)
