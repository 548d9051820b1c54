"""A brand whose customers buy, and what is kept and told of their states."""

from __future__ import annotations

from typing import Any

import orjson

from guanxi.economics.models import CustomerState
from guanxi.economics.states.contracts import Refreshed
from guanxi.economics.states.refreshing import refresh
from guanxi.kernel.clock import now_ms
from guanxi.platform.models import Brand
from guanxi.touchpoints.models import Touchpoint
from guanxi.warehouse import services as lake
from tests.segments.live.brand import DAY, does

OFTEN: dict[str, Any] = {"leaf": "value.frequency", "at_least": 2}
EVER: dict[str, Any] = {"leaf": "value.frequency", "at_least": 1}
SIMPLE: list[dict[str, Any]] = [
    {"state": "loyal", "condition": OFTEN},
    {"state": "active", "condition": EVER},
]


def buys(brand: Brand, who: str, *days_ago: int, **details: Any) -> int:
    """Paid orders of a customer; the customer's id."""
    return [does(brand, who, at_ms=now_ms() - ago * DAY, **details) for ago in days_ago][-1]


def look(brand: Brand) -> Refreshed:
    """Sync the lake and bring the states up to date."""
    lake.sync(brand)
    return refresh(brand)


def states(brand: Brand) -> dict[int, str]:
    rows = CustomerState.objects.filter(brand_id=brand.pk).order_by("pk")
    return dict(rows.values_list("pk", "state"))


def since(customer: int) -> int:
    return CustomerState.objects.get(pk=customer).since_ms


def told(brand: Brand) -> list[tuple[int | None, str, str]]:
    """The changes in the log: subject, from, to."""
    rows = Touchpoint.objects.filter(brand_id=brand.pk, kind="state.changed").order_by("pk")
    found = [(row.subject_id, orjson.loads(row.payload)) for row in rows]
    return [(subject, payload["from"], payload["to"]) for subject, payload in found]
