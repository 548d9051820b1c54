"""The whole API under generated requests, valid and not: whatever comes, no answer is an error of ours."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings

from guanxi.platform.apikeys import Scope
from guanxi.rest.api import api
from tests.rest.conftest import Issue

pytestmark = [pytest.mark.heavy, pytest.mark.django_db]
schemathesis = pytest.importorskip("schemathesis", reason="only `make check` installs it")


@cache
def _document() -> Any:
    """Read once: it is the same for every test, and large."""
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


@pytest.fixture
def document(db: None) -> Iterator[Any]:
    """The API's own description of itself. Requests leave the test's connection open, as Django's client
    does."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield _document()
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def key(issue: Issue) -> str:
    return issue(*Scope, rate=60_000)


OPERATIONS = [
    (path, method) for path, item in api.get_openapi_schema()["paths"].items() for method in sorted(item)
]


@pytest.mark.parametrize("mode", ["positive", "negative"])
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_no_request_ends_in_an_error_of_ours(
    document: Any, key: str, path: str, method: str, mode: str
) -> None:
    """Positive requests keep to the description, negative ones break it."""
    operation = document[path][method.upper()]
    if mode == "negative" and not (operation.body or list(operation.iter_parameters())):
        pytest.skip("it takes nothing that could be wrong")

    @given(case=operation.as_strategy(generation_mode=schemathesis.GenerationMode(mode)))
    @settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def ask(case: Any) -> None:
        answer = case.call(headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code < 500, case.as_curl_command()

    ask()
