"""What other rooms may know of webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DeliveryState(TextChoices):
    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Being sent")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Failed, tried again")
    DEAD = "dead", _("Given up")


class Stopped(TextChoices):
    """Why a webhook sends nothing."""

    PAUSED = "paused", _("Paused by a person")
    GONE = "gone", _("The receiver answered 410: it wants nothing more")
    FAILING = "failing", _("Every attempt failed for days")


class Failure(TextChoices):
    """Why an attempt did not count."""

    STATUS = "status", _("The answer was no success")
    REDIRECT = "redirect", _("The answer was a redirect, which is not followed")
    GONE = "gone", _("The receiver wants nothing more (410)")
    TIMEOUT = "timeout", _("The receiver took too long")
    CONNECT = "connect", _("No connection")
    TLS = "tls", _("The certificate was not accepted")
    BROKEN = "broken", _("The connection broke off, or the answer was not HTTP")
    NAME = "name", _("The host's name was not found")
    REFUSED = "refused", _("The address is not a public one")
    SKIPPED = "skipped", _("Skipped by a person")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. `id` is unique in a brand and stays the same; `data` is never personal."""

    id: str
    kind: str
    occurred_ms: int
    recorded_ms: int
    customer: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


class Outcome(NamedTuple):
    """One attempt. `status` is None where no answer came, `error` a `Failure` or "" where it was delivered;
    `retry_after_ms` is what the receiver asked for."""

    status: int | None
    error: str
    response: str
    duration_ms: int
    retry_after_ms: int = 0

    @property
    def delivered(self) -> bool:
        return not self.error
