"""What an installation chooses of messages (docs/guide/settings.md)."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from django.conf import settings


class Smtp(NamedTuple):
    """`tls` is "starttls", "tls" (from the first byte) or "none"."""

    host: str
    port: int
    tls: str
    user: str
    password: str
    sender: str
    seconds: float


def smtp() -> Smtp:
    return Smtp(
        settings.GUANXI_SMTP_HOST,
        settings.GUANXI_SMTP_PORT,
        settings.GUANXI_SMTP_TLS,
        settings.GUANXI_SMTP_USER,
        settings.GUANXI_SMTP_PASSWORD,
        settings.GUANXI_SMTP_FROM,
        settings.GUANXI_SMTP_SECONDS,
    )


def public_url() -> str:
    """Where customers reach this installation, without a slash at the end; "" where nobody said."""
    return str(settings.GUANXI_PUBLIC_URL).rstrip("/")


def messages_folder() -> Path | None:
    """Where the development sender writes; None where messages are really sent."""
    return Path(settings.GUANXI_MESSAGES_FOLDER) if settings.GUANXI_MESSAGES_FOLDER else None
