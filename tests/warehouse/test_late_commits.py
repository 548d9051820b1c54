from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from guanxi.touchpoints.models import Touchpoint
from guanxi.warehouse import queries, registry, services
from tests.warehouse import rows

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_transaction_that_commits_late_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its ids are lower than those of facts that were committed, and exported, before it ended. On SQLite
    these wait for it, so nothing of either is exported until it ends. (What follows a sync writes jobs, which
    would wait as well.)"""
    monkeypatch.setattr(registry, "after_sync", ())
    brand = rows.brand()
    rows.facts(brand, [{"occurred_ms": 0}], source="early")
    written, may_commit = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            rows.facts(brand, [{"occurred_ms": 1}], source="slow")
            written.set()
            may_commit.wait(60)
        connection.close()

    def fast() -> None:
        rows.facts(brand, [{"occurred_ms": 2}], source="fast")
        connection.close()

    writers = [threading.Thread(target=slow), threading.Thread(target=fast)]
    writers[0].start()
    written.wait(60)
    writers[1].start()
    writers[1].join(60 if connection.vendor == "postgresql" else 0.2)
    services.sync(brand)
    assert queries.status(brand).rows["touchpoints"] == 1
    may_commit.set()
    for writer in writers:
        writer.join()
    assert Touchpoint.objects.count() == 3
    services.sync(brand)
    verified = services.verify(brand)
    assert (verified.rows, verified.is_equal) == (3, True)
