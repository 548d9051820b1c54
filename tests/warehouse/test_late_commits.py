from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from guanxi.touchpoints.models import Touchpoint
from guanxi.warehouse import services
from tests.warehouse import rows

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_transaction_that_commits_late_is_not_passed_over() -> None:
    """Its ids are lower than those of facts that were committed, and exported, before it ended."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time: there are no late commits")
    brand = rows.brand()
    rows.facts(brand, [{"occurred_ms": 0}], source="early")
    written, may_commit = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            rows.facts(brand, [{"occurred_ms": 1}], source="slow")
            written.set()
            may_commit.wait(60)
        connection.close()

    writer = threading.Thread(target=slow)
    writer.start()
    written.wait(60)
    rows.facts(brand, [{"occurred_ms": 2}], source="fast")
    services.sync(brand)
    may_commit.set()
    writer.join()
    assert Touchpoint.objects.count() == 3
    services.sync(brand)
    verified = services.verify(brand)
    assert (verified.rows, verified.is_equal) == (3, True)
