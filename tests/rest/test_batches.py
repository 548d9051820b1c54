from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.rest.conftest import Caller, body, order

pytestmark = pytest.mark.django_db


def queries_of(caller: Caller, count: int, *, first: int) -> int:
    """Statements for a batch of new people; one that is run for many rows at once counts once."""
    items = [
        order(f"E{at}", identities={"phone": f"138{at:08d}", "member": f"M{at}"}, person={"name": "李梅"})
        for at in range(first, first + count)
    ]
    with CaptureQueriesContext(connection) as captured:
        assert body(caller.post("touchpoints", items))["recorded"] == count
    return len(captured.captured_queries)


def test_a_batch_of_500_asks_no_more_than_one_of_5(caller: Caller) -> None:
    queries_of(caller, 2, first=1000)  # makes the source
    assert queries_of(caller, 500, first=2000) == queries_of(caller, 5, first=3000) < 35
