from __future__ import annotations

from collections.abc import Iterator

import pytest

from guanxi.kernel.clock import frozen
from guanxi.platform.models import Brand
from tests.segments.live.brand import NOW, make


@pytest.fixture(autouse=True)
def _time() -> Iterator[None]:
    with frozen(NOW):
        yield


@pytest.fixture
def brand(transactional_db: None) -> Brand:
    return make()
