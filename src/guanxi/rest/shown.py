"""How the API writes answers, times and personal details."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
from django.http import HttpResponse

from guanxi.kernel.text import masked_email, masked_phone


def as_json(body: Any) -> HttpResponse:
    return HttpResponse(orjson.dumps(body), content_type="application/json")


def moment(at_ms: int) -> str:
    """UTC in RFC 3339, such as 2026-11-21T12:15:00.000Z."""
    text = datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def masked(scheme: str, value: str) -> str:
    """A phone or an email with its middle hidden; other identities as they are."""
    if scheme == "phone":
        return masked_phone(value)
    return masked_email(value) if scheme == "email" else value
