"""What other rooms may know about touchpoints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from guanxi.customers.contracts import Identity, Person

__all__ = ["Fact", "Identity", "ImportState", "Mode", "Person", "Recorded", "Rejection"]


class Mode(StrEnum):
    """LIVE facts may set rules and messages going; BACKFILL is history and sends nothing."""

    LIVE = "live"
    BACKFILL = "backfill"


class ImportState(StrEnum):
    """queued → running → done; failed and cancelled imports go on where they stopped."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Fact(NamedTuple):
    """Something a person did, or that was done for them. `(source, source_ref)` makes it count once.

    `identities` are normalised; the record's own (the shop's or platform's) first. `occurred_ms` is UTC
    milliseconds, `amount_fen` minor units of the brand's currency, `payload` never personal.
    """

    kind: str
    source_ref: str
    occurred_ms: int
    identities: tuple[Identity, ...] = ()
    person: Person | None = None
    channel: str = ""
    amount_fen: int | None = None
    quantity: int | None = None
    payload: Mapping[str, object] | None = None


class Rejection(NamedTuple):
    """Why the fact at `position` (from 0) of the batch was not recorded."""

    position: int
    code: str
    message: str


class Recorded(NamedTuple):
    """What a call of `record` did. rows = recorded + duplicates + len(rejected); `positions` are those of
    the facts that are new."""

    rows: int
    recorded: int
    duplicates: int
    rejected: list[Rejection]
    customers_created: int
    customers_merged: int
    positions: Sequence[int] = ()
