from __future__ import annotations

from collections.abc import Iterator

import pytest

from guanxi.warehouse.engines import close_all


@pytest.fixture(scope="module", autouse=True)
def _home_of_the_module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One data folder and one engine for a module's many worlds."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("GUANXI_HOME", str(tmp_path_factory.mktemp("home")))
        yield
        close_all()
