"""The inbox in the app: delivered as soon as it is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from guanxi.kernel.clock import now_ms
from guanxi.kernel.wording import say
from guanxi.messaging.channels import Capabilities, Fate, Parcel, Result
from guanxi.messaging.wordings import Form
from guanxi.platform.bulk import insert_rows

LONGEST: int = 2_000
_ITEM = {
    "message_id": "bigint",
    "brand_id": "bigint",
    "subject_id": "bigint",
    "at_ms": "bigint",
    "read_ms": "bigint",
}


class Inbox:
    name = "inbox"
    label = say("Inbox in the app")
    ready = True
    capabilities = Capabilities(
        address="",
        consent="app",
        form=Form(most_chars=LONGEST, has_subject=True),
        idempotent=True,
        rings=False,
        at_once=500,
    )

    @contextmanager
    def open(self) -> Iterator[Inbox]:
        yield self

    def send(self, parcels: Sequence[Parcel]) -> list[Result]:
        """What it says is not kept: it is rendered whenever it is read."""
        at_ms = now_ms()
        rows = [(one.message_id, one.brand_id, one.subject_id, at_ms, 0) for one in parcels]
        insert_rows("messaging_inboxitem", _ITEM, rows, on_conflict="ON CONFLICT DO NOTHING")
        return [Result(Fate.DELIVERED) for _parcel in parcels]
