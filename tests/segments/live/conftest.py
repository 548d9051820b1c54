from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from guanxi.kernel.clock import frozen
from guanxi.platform.models import Brand
from guanxi.warehouse.engines import close_all
from tests.segments.live.brand import NOW, make


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A data folder per test: brands of different tests share their names, not their lakes."""
    monkeypatch.setenv("GUANXI_HOME", str(tmp_path))
    yield
    close_all()


@pytest.fixture(autouse=True)
def _time() -> Iterator[None]:
    with frozen(NOW):
        yield


@pytest.fixture
def brand(transactional_db: None) -> Brand:
    return make()
