"""Events become deliveries, once for each webhook that wants them."""

from __future__ import annotations

import secrets
import zlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from django.db.models import Q, QuerySet

from guanxi.kernel.clock import now_ms
from guanxi.platform.bulk import insert_rows
from guanxi.platform.models import Brand
from guanxi.platform.webhooks.contracts import DeliveryState, Event
from guanxi.platform.webhooks.events import fits
from guanxi.platform.webhooks.models import Webhook
from guanxi.platform.webhooks.settings import kept_ms

_TABLE: Final = "webhooks_delivery"
_COLUMNS: Final = {
    "webhook_id": "bigint",
    "event_key": "text",
    "message": "text",
    "kinds": "text",
    "count": "integer",
    "events": "bytea",
    "state": "text",
    "created_ms": "bigint",
    **dict.fromkeys(("attempts", "replays"), "integer"),
    **dict.fromkeys(("next_ms", "duration_ms", "sent_ms"), "bigint"),
    **dict.fromkeys(("claim", "error", "response"), "text"),
}
LARGEST_BODY: Final = 1024 * 1024  # bytes, of more than one event
_UNTRIED: Final = (0, 0, 0, 0, 0, "", "", "")


def collecting(brand_id: int | None = None) -> QuerySet[Webhook]:
    """Webhooks that are told, or are to be told later: one that was stopped is kept up with for as long as
    deliveries are kept, so that a receiver that comes back has missed nothing."""
    found = Webhook.objects.filter(Q(is_active=True) | Q(stopped_ms__gt=now_ms() - kept_ms()))
    return found if brand_id is None else found.filter(brand_id=brand_id)


def tell(brand_id: int, event: Event) -> int:
    """Tell one event, in the transaction that makes it so; how many webhooks. Telling it twice is once."""
    webhooks = [webhook for webhook in collecting(brand_id) if fits(webhook.patterns, event.kind)]
    return insert([row for webhook in webhooks for row in rows_for(webhook, [event])])


def rows_for(webhook: Webhook, events: Iterable[Event]) -> list[tuple[Any, ...]]:
    """Deliveries of a webhook, each of as many events as it takes in one request, and about a MiB at most."""
    rows: list[tuple[Any, ...]] = []
    batch: list[Event] = []
    texts: list[bytes] = []
    size = 0
    for event in events:
        text = orjson.dumps(shown(event))
        if batch and (len(batch) >= webhook.batch_most or size + len(text) > LARGEST_BODY):
            rows.append(_row(webhook.pk, batch, texts))
            batch, texts, size = [], [], 0
        batch.append(event)
        texts.append(text)
        size += len(text)
    return [*rows, _row(webhook.pk, batch, texts)] if batch else rows


def _row(webhook_id: int, events: Sequence[Event], texts: Sequence[bytes]) -> tuple[Any, ...]:
    return (
        webhook_id,
        events[0].id,
        f"msg_{secrets.token_urlsafe(18)}",
        _named(event.kind for event in events),
        len(events),
        zlib.compress(b"[" + b",".join(texts) + b"]"),
        DeliveryState.QUEUED.value,
        now_ms(),
        *_UNTRIED,
    )


def insert(rows: Sequence[tuple[Any, ...]]) -> int:
    return insert_rows(_TABLE, _COLUMNS, rows, on_conflict="ON CONFLICT DO NOTHING")


def shown(event: Event) -> dict[str, Any]:
    """An event as receivers read it."""
    return {
        "id": event.id,
        "kind": event.kind,
        "occurred_at": rfc3339(event.occurred_ms),
        "recorded_at": rfc3339(event.recorded_ms),
        "customer": event.customer,
        "data": dict(event.data),
    }


def body_of(message: str, brand: Brand, events: bytes) -> bytes:
    """What is sent, byte for byte the same at every attempt. Events of a sandbox say so."""
    held = orjson.Fragment(zlib.decompress(events))
    sandbox = {"sandbox": True} if brand.sandbox else {}
    return orjson.dumps({"id": message, "brand": brand.slug, **sandbox, "events": held})


def rfc3339(at_ms: int) -> str:
    """UTC, such as 2026-11-21T12:15:00.000Z."""
    return (
        datetime.fromtimestamp(at_ms / 1_000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )


def _named(kinds: Iterable[str]) -> str:
    """The kinds of a delivery, each once, as far as there is room."""
    text = ",".join(dict.fromkeys(kinds))
    return text if len(text) <= 200 else text[:198].rpartition(",")[0] + ",…"
