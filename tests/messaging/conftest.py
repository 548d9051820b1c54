from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from guanxi.kernel.clock import frozen
from guanxi.messaging.channels import CHANNELS
from guanxi.platform import vault
from tests.messaging import world
from tests.messaging.channel import Recorder

Use = Callable[..., Recorder]


@pytest.fixture
def brand_id(transactional_db: None, settings: Any) -> Iterator[int]:
    settings.GUANXI_PUBLIC_URL = "https://crm.example.com/"
    vault.forget_keys()  # the database was emptied since they were read
    with frozen(world.NOON_MS):
        number = world.brand()
        world.templates(number)
        yield number


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> Use:
    """Put a recorder in the place of e-mail."""

    def use(*answers: Any, **options: Any) -> Recorder:
        recorder = Recorder(*answers, **options)
        monkeypatch.setitem(CHANNELS._entries, "email", recorder)
        return recorder

    return use
