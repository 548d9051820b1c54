"""What an installation may choose of webhooks."""

from __future__ import annotations

from django.conf import settings

from guanxi.kernel.clock import DAY_MS


def kept_ms() -> int:
    """How long a delivery is kept, sent or not."""
    return round(settings.GUANXI_WEBHOOK_DAYS * DAY_MS)


def longest_seconds() -> float:
    """How long one attempt may take."""
    return float(settings.GUANXI_WEBHOOK_SECONDS)


def failing_ms() -> int:
    """How long every attempt may fail until a webhook is stopped."""
    return round(settings.GUANXI_WEBHOOK_FAILING_DAYS * DAY_MS)
