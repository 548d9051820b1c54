"""What every test may use."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import TransactionTestCase
from django.utils import translation
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests import emptying

ON_CI = os.environ.get("CI", "").lower() == "true"
SHARED_DATA = Path(
    os.environ.get("GUANXI_SHARED_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data"
)

ENGINES = ("spark", "clickhouse-http", "clickhouse")
# Rooms whose tests are the same on any database; commands run in data folders of their own.
DATABASE_FREE = {"kernel", "importing", "simulator", "house", "cli", "ui"}
# Tests of reports ask the lake, which is the same wherever its facts came from.
LAKE_ALONE = {
    "economics": {
        *("lifetime", "retention", "test_budget.py", "test_cac.py", "test_claims.py", "test_figures.py"),
        *("test_journeys.py", "test_response.py"),
    },
    "loops": {"test_metrics.py"},
    "warehouse": {"contract"},
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    tests = Path(__file__).parent
    for item in items:
        room, *rest = item.path.relative_to(tests).parts
        if room in DATABASE_FREE or set(rest[:1]) & LAKE_ALONE.get(room, set()):
            item.add_marker(pytest.mark.database_free)
    items.sort(key=lambda item: _engine(item.nodeid) != "spark")  # the slowest begins


def _engine(nodeid: str) -> str:
    """The engine that a test is of, by its first parameter; "" for none."""
    parameter = nodeid.partition("[")[2]
    return next((engine for engine in ENGINES if parameter.startswith((f"{engine}-", f"{engine}]"))), "")


class OneOfEachEngine(LoadScopeScheduling):  # type: ignore[misc] # it has no types
    """Heavy tests run a file at a time, those of one engine in one worker, which starts it once."""

    def _split_scope(self, nodeid: str) -> str:
        return _engine(nodeid) or nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneOfEachEngine | None:
    return OneOfEachEngine(config, log) if config.getoption("dist") == "loadscope" else None


@pytest.fixture(scope="session", autouse=True)
def _nothing_waits_for_the_disk() -> Iterator[None]:
    """Processes are killed here, not machines: what was written need not reach the disk."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "fsync", os.fstat)  # which also fails for what is no file
        yield


@pytest.fixture(scope="session", autouse=True)
def _only_what_has_rows_is_emptied() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: emptying.empty())
        yield


@pytest.fixture(autouse=True)
def _no_language_of_the_test_before() -> None:
    """A page asked for in Chinese leaves the thread speaking it."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def _no_template_of_the_test_before() -> None:
    """Versions never change, and are remembered by their number; a test that is rolled back frees it."""
    if messaging := sys.modules.get("guanxi.messaging.templating"):
        messaging._patterns.clear()


@pytest.fixture(autouse=True)
def _no_refit(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The job that computes all reports after a sync has none to compute, save where a test wants it."""
    if "refit" not in request.fixturenames and request.node.get_closest_marker("database_free") is None:
        monkeypatch.setattr("guanxi.economics.refitting.REPORTS", {})


@pytest.fixture
def refit() -> None:
    """All reports are computed after a sync, as they are outside of tests."""


@pytest.fixture
def shared_data() -> Callable[[str], Path]:
    """The path of a public data set's file, or a skip with the reason where it is absent."""

    def find(name: str) -> Path:
        path = SHARED_DATA / name
        if not path.exists():
            pytest.skip(f"public data set {name} is absent (set GUANXI_SHARED_DATA to its folder)")
        return path

    return find


def missing_part(reason: str) -> None:
    """A tool that a test needs is not installed: a failure on CI, a skip elsewhere."""
    if ON_CI:
        pytest.fail(f"CI must have it: {reason}")
    pytest.skip(reason)
