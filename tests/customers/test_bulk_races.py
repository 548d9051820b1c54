"""Two who confirm or take back at the same moment do it once, on either database."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from guanxi.customers.bulk import services
from guanxi.customers.bulk.contracts import Chosen, State
from guanxi.customers.bulk.models import BulkAction
from guanxi.platform.models import AuditEntry
from guanxi.touchpoints.models import Touchpoint
from tests.customers.test_bulk import ANA, some, taggings


def together(press: Callable[[], object], times: int = 3) -> None:
    ready = threading.Barrier(times)
    failed: list[BaseException] = []

    def one() -> None:
        try:
            ready.wait()
            press()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _time in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed


@pytest.mark.django_db(transaction=True)
def test_pressed_by_several_at_once_it_happens_once() -> None:
    owner, people = some(5)
    looked = services.preview(owner, "add_tag", "vip", Chosen(ids=people), ANA)
    together(lambda: services.confirm(owner, looked.id, ANA))
    assert len(taggings()) == Touchpoint.objects.filter(kind="tag.added").count() == 5
    together(lambda: services.undo(owner, looked.id, ANA))
    assert taggings() == []
    row = BulkAction.objects.get()
    assert (row.state, row.changed, row.restored) == (State.UNDONE, 5, 5)
    assert AuditEntry.objects.filter(object_kind="bulk action").count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_operators_who_want_the_same_each_undo_their_own_part() -> None:
    owner, people = some(4)
    first = services.preview(owner, "add_tag", "vip", Chosen(ids=people[:3]), ANA)
    second = services.preview(owner, "add_tag", "vip", Chosen(ids=people), ANA)
    todo = [first.id, second.id]
    together(lambda: services.confirm(owner, todo.pop(), ANA), 2)
    done = list(BulkAction.objects.order_by("pk"))
    assert sum(one.changed for one in done) == 4
    for one in done:
        assert services.undo(owner, one.pk, ANA).restored == one.changed
    assert taggings() == []
