"""A small brand that spends: rows of spend, and customers with their first touches."""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson

from guanxi.economics.models import Spend
from guanxi.platform.models import Brand
from tests.warehouse import rows as world

EPOCH = date(1970, 1, 1)
NOON_MS = 4 * 3_600_000  # of Shanghai


def number(day: str) -> int:
    return (date.fromisoformat(day) - EPOCH).days


def spent(brand: Brand, day: str | int, amount_yuan: float, platform: str = "douyin", **about: Any) -> None:
    Spend.objects.create(
        brand_id=brand.pk,
        day=number(day) if isinstance(day, str) else day,
        platform=platform,
        amount_fen=round(amount_yuan * 100),
        import_id=1,
        **{"channel": platform, "campaign": "", "kol": "", "type": "cpc", **about},
    )


def touch(subject: int, day: str | int, kind: str, channel: str, **payload: str) -> dict[str, Any]:
    at = number(day) if isinstance(day, str) else day
    return {
        "kind": kind,
        "channel": channel,
        "subject_id": subject,
        "occurred_ms": at * world.DAY_MS + NOON_MS + (1 if kind == "order.paid" else 0),
        "amount_fen": 10_000 if kind == "order.paid" else None,
        "payload": orjson.dumps(payload).decode() if payload else "",
    }
