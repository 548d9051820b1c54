"""Webhooks and their deliveries as pages and programs read them."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson
from django.db.models import Count, Min

from guanxi.kernel.clock import DAY_MS, now_ms
from guanxi.platform.models import Brand
from guanxi.platform.webhooks.contracts import DeliveryState
from guanxi.platform.webhooks.dispatch import OPEN
from guanxi.platform.webhooks.models import Delivery, Webhook
from guanxi.platform.webhooks.services import webhook_of
from guanxi.platform.webhooks.writing import body_of


@dataclass(frozen=True, slots=True)
class Health:
    """How a webhook does: deliveries that wait and since when, and those of the last day by state."""

    waiting: int = 0
    oldest_ms: int | None = None
    day: dict[str, int] = field(default_factory=dict)

    @property
    def delivered(self) -> int:
        return self.day.get(DeliveryState.DELIVERED, 0)

    @property
    def dead(self) -> int:
        return self.day.get(DeliveryState.DEAD, 0)


class Shown(NamedTuple):
    webhook: Webhook
    health: Health


class Page(NamedTuple):
    """Deliveries, newest first; `after` is the number to go on below, None on the last page."""

    rows: list[Delivery]
    after: int | None


def webhooks(brand_id: int) -> list[Shown]:
    """All of a brand, by name, with their health; three questions however many they are."""
    rows = list(Webhook.objects.filter(brand_id=brand_id).order_by("name", "pk"))
    health = _health([row.pk for row in rows])
    return [Shown(row, health.get(row.pk, Health())) for row in rows]


def webhook(brand_id: int, webhook_id: int) -> Shown:
    """Raises NotFound."""
    row = webhook_of(brand_id, webhook_id)
    return Shown(row, _health([row.pk]).get(row.pk, Health()))


def deliveries(
    brand_id: int, webhook_id: int, *, state: str = "", after: int | None = None, limit: int = 50
) -> Page:
    """A page of a webhook's deliveries, without what they carry. Raises NotFound."""
    found = Delivery.objects.filter(webhook=webhook_of(brand_id, webhook_id)).defer("events")
    if state:
        found = found.filter(state=state)
    if after is not None:
        found = found.filter(pk__lt=after)
    rows = list(found.order_by("-pk")[: limit + 1])
    return Page(rows[:limit], rows[limit - 1].pk if len(rows) > limit else None)


def sent_body(delivery: Delivery) -> dict[str, Any]:
    """What a delivery sends."""
    brand = Brand.objects.get(pk=delivery.webhook.brand_id)
    read: dict[str, Any] = orjson.loads(body_of(delivery.message, brand, bytes(delivery.events)))
    return read


def events_of(delivery: Delivery) -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = orjson.loads(zlib.decompress(bytes(delivery.events)))
    return read


def _health(webhook_ids: list[int]) -> dict[int, Health]:
    of_these = Delivery.objects.filter(webhook_id__in=webhook_ids)
    waiting = of_these.filter(state__in=OPEN).values("webhook_id")
    found = {
        row["webhook_id"]: Health(row["count"], row["oldest"])
        for row in waiting.annotate(count=Count("pk"), oldest=Min("created_ms"))
    }
    lately = of_these.filter(created_ms__gte=now_ms() - DAY_MS).values("webhook_id", "state")
    for row in lately.annotate(count=Count("pk")):
        found.setdefault(row["webhook_id"], Health()).day[row["state"]] = row["count"]
    return found
