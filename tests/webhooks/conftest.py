from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from guanxi.platform import people
from guanxi.platform.models import Brand
from guanxi.platform.webhooks import services as webhooks
from guanxi.platform.webhooks.services import Made
from guanxi.touchpoints import services
from guanxi.touchpoints.contracts import Fact, Mode
from tests.console.world import order

Hook = Callable[..., Made]
Happen = Callable[..., None]


@pytest.fixture(autouse=True)
def _loopback(settings: Any) -> None:
    settings.GUANXI_WEBHOOKS_HTTP = settings.GUANXI_WEBHOOKS_PRIVATE = True
    settings.GUANXI_WEBHOOK_SECONDS = 1.5


@pytest.fixture
def brand(db: None) -> Brand:
    return people.create_brand("lanhua", "兰花", actor="cli")


@pytest.fixture
def hook(brand: Brand) -> Hook:
    def make(url: str, *patterns: str, **options: Any) -> Made:
        return webhooks.create(brand.pk, "erp", url, patterns or ["order.paid"], actor="user:1", **options)

    return make


@pytest.fixture
def happen(brand: Brand) -> Happen:
    """Record orders of these numbers."""

    def record(*numbers: int, mode: Mode = Mode.LIVE) -> None:
        facts: list[Fact] = [order(number, ("tmall", f"b{number}"), fen=100 * number) for number in numbers]
        services.record(brand.pk, "shop", facts, mode=mode)

    return record
