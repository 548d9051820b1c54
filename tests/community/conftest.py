from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from guanxi.warehouse.engines import close_all


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A data folder per test: brands of different tests share their names, not their lakes."""
    monkeypatch.setenv("GUANXI_HOME", str(tmp_path))
    yield
    close_all()
