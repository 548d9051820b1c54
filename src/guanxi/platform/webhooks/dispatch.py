"""Who sends what when: claims that end by themselves, and what comes of each attempt.

A webhook is served by one sender at a time, which holds its lease for a round of a few deliveries, oldest
first. A round that dies (its worker was killed between sending and booking) is over when its lease is; what
it had sent is then sent again, with the same id. Whoever lost a lease can book nothing any more.
"""

from __future__ import annotations

import random
import secrets
import time
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Exists, F, OuterRef

from guanxi.kernel.clock import HOUR_MS, MINUTE_MS, SECOND_MS, now_ms
from guanxi.kernel.errors import GuanxiError
from guanxi.platform import audit
from guanxi.platform.actors import SYSTEM
from guanxi.platform.vault import unseal_text
from guanxi.platform.webhooks import sending, signing
from guanxi.platform.webhooks.contracts import DeliveryState, Failure, Outcome, Stopped
from guanxi.platform.webhooks.models import Delivery, Webhook
from guanxi.platform.webhooks.settings import failing_ms, longest_seconds
from guanxi.platform.webhooks.writing import body_of
from guanxi.platform.writing import writing

ROUND: Final = 10  # deliveries
ROUND_SECONDS: Final = 10.0  # after which a round begins no further delivery
LEASE_MS: Final = 2 * MINUTE_MS
MOST_ATTEMPTS: Final = 14  # within about three days
FIRST_WAIT_MS: Final = 10 * SECOND_MS
LONGEST_WAIT_MS: Final = 12 * HOUR_MS
TROUBLED: Final = 3  # failures in a row after which a receiver is left in peace for a while
LONGEST_PEACE_MS: Final = 10 * MINUTE_MS
OPEN: Final = (DeliveryState.QUEUED, DeliveryState.FAILED, DeliveryState.SENDING)


@dataclass(frozen=True, slots=True)
class Parcel:
    delivery_id: int
    message: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Round:
    """What one sender sends to one webhook under one lease. `secrets`: those that hold, the newest first."""

    webhook_id: int
    url: str
    secrets: tuple[str, ...]
    lease: str
    parcels: tuple[Parcel, ...]


def due(most: int) -> list[int]:
    """Webhooks that something can be sent to now and that nobody sends to, who waited longest first."""
    at_ms = now_ms()
    waiting = Delivery.objects.filter(webhook=OuterRef("pk"), state__in=OPEN, next_ms__lte=at_ms)
    found = Webhook.objects.filter(
        Exists(waiting), is_active=True, resume_ms__lte=at_ms, lease_until_ms__lte=at_ms
    )
    return list(found.order_by("lease_until_ms", "pk").values_list("pk", flat=True)[:most])


def claim(webhook_id: int) -> Round | None:
    """A round of this sender's own; None where another was faster or nothing is due any more."""
    lease, at_ms = secrets.token_urlsafe(16), now_ms()
    with writing():
        mine = Webhook.objects.filter(pk=webhook_id, is_active=True, lease_until_ms__lte=at_ms)
        if not mine.update(lease=lease, lease_until_ms=at_ms + LEASE_MS):
            return None
        webhook = Webhook.objects.select_related("brand").get(pk=webhook_id)
        waiting = Delivery.objects.filter(webhook=webhook, state__in=OPEN, next_ms__lte=at_ms)
        rows = list(waiting.order_by("pk")[:ROUND])
        try:
            held = secrets_of(webhook)
        except GuanxiError:  # the master key is missing: everything else goes on
            rows, held = [], ()
        if not rows:
            rest_ms = 0 if held else at_ms + MINUTE_MS
            Webhook.objects.filter(pk=webhook_id).update(lease="", lease_until_ms=at_ms, resume_ms=rest_ms)
            return None
        Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=DeliveryState.SENDING, claim=lease
        )
    brand = webhook.brand
    parcels = (Parcel(row.pk, row.message, body_of(row.message, brand, bytes(row.events))) for row in rows)
    return Round(webhook.pk, webhook.url, held, lease, tuple(parcels))


def secrets_of(webhook: Webhook) -> tuple[str, ...]:
    """Raises what `unseal_text` does."""
    sealed = [webhook.secret]
    if webhook.previous_secret and webhook.previous_until_ms > now_ms():
        sealed.append(webhook.previous_secret)
    return tuple(unseal_text(one, purpose_of(webhook.pk)) for one in sealed)


def purpose_of(webhook_id: int) -> str:
    return f"webhook:{webhook_id}"


def send(this: Round, parcel: Parcel) -> Outcome:
    """Touches no database."""
    at_seconds = int(time.time())
    headers = signing.headers(parcel.message, at_seconds, parcel.body, this.secrets)
    return sending.post(this.url, parcel.body, headers, longest_seconds())


def book(this: Round, parcel: Parcel, outcome: Outcome) -> None:
    """Write down what came of an attempt, while the claim is this round's."""
    at_ms = now_ms()
    with writing():
        mine = Delivery.objects.filter(pk=parcel.delivery_id, claim=this.lease, state=DeliveryState.SENDING)
        attempts = mine.values_list("attempts", flat=True).first()
        if attempts is None:
            return
        mine.update(
            attempts=attempts + 1,
            status=outcome.status,
            error=outcome.error,
            response=outcome.response,
            duration_ms=outcome.duration_ms,
            sent_ms=at_ms,
            claim="",
            **_next(outcome, attempts + 1, at_ms),
        )
        webhook = Webhook.objects.filter(pk=this.webhook_id).first()
        if webhook is None:
            return
        Webhook.objects.filter(pk=webhook.pk).update(**_health(webhook, outcome, at_ms))
        if reason := _stops(webhook, outcome, at_ms):
            stop(webhook, reason, SYSTEM)


def end(this: Round) -> None:
    """Give back what the round did not come to, and its lease."""
    with writing():
        unsent = Delivery.objects.filter(webhook_id=this.webhook_id, claim=this.lease)
        unsent.filter(attempts=0).update(state=DeliveryState.QUEUED, claim="")
        unsent.update(state=DeliveryState.FAILED, claim="")
        Webhook.objects.filter(pk=this.webhook_id, lease=this.lease).update(lease="", lease_until_ms=now_ms())


def stop(webhook: Webhook, reason: str, actor: Any) -> bool:
    """Send nothing more until somebody says so; in the caller's transaction. False where it was so
    already."""
    going = Webhook.objects.filter(pk=webhook.pk, is_active=True)
    changed = going.update(is_active=False, stopped=reason, stopped_ms=now_ms(), version=F("version") + 1)
    if changed:
        detail = {"reason": str(reason), "failures": webhook.failures}
        audit.record(webhook.brand_id, actor, "webhook.stopped", "webhook", webhook.pk, detail=detail)
    return bool(changed)


def wait_ms(attempts: int) -> int:
    """Until the next attempt: ten seconds, three times as long each time, twelve hours at most; a fifth more
    or less, so that what failed together does not come back together."""
    longest: int = min(FIRST_WAIT_MS * 3 ** (attempts - 1), LONGEST_WAIT_MS)
    return round(longest * random.uniform(0.8, 1.2))  # noqa: S311 - spread, not secrecy


def _next(outcome: Outcome, attempts: int, at_ms: int) -> dict[str, Any]:
    if outcome.delivered:
        return {"state": DeliveryState.DELIVERED}
    if attempts >= MOST_ATTEMPTS or outcome.error == Failure.GONE:
        return {"state": DeliveryState.DEAD}
    pause_ms = max(wait_ms(attempts), outcome.retry_after_ms)
    return {"state": DeliveryState.FAILED, "next_ms": at_ms + pause_ms}


def _health(webhook: Webhook, outcome: Outcome, at_ms: int) -> dict[str, Any]:
    if outcome.delivered:
        return {"failures": 0, "failing_since_ms": 0, "resume_ms": 0, "delivered_ms": at_ms}
    failures = webhook.failures + 1
    peace_ms = outcome.retry_after_ms
    if failures >= TROUBLED:
        peace_ms = max(peace_ms, min(5 * SECOND_MS * 2 ** min(failures - TROUBLED, 12), LONGEST_PEACE_MS))
    return {
        "failures": failures,
        "failing_since_ms": webhook.failing_since_ms or at_ms,
        "resume_ms": at_ms + peace_ms,
    }


def _stops(webhook: Webhook, outcome: Outcome, at_ms: int) -> str:
    if outcome.error == Failure.GONE:
        return Stopped.GONE
    since_ms = webhook.failing_since_ms
    failing = not outcome.delivered and since_ms and at_ms - since_ms >= failing_ms()
    return Stopped.FAILING if failing else ""
