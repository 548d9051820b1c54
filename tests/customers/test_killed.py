"""kill -9 in the middle of a merge: nothing of it stays, and it can be done again."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps

from guanxi.customers.models import Customer, SubjectMove
from guanxi.customers.services import merge
from tests.customers.world import are_one, brand, check, customer_of, resolved, seen
from tests.dying import die

pytestmark = pytest.mark.django_db(transaction=True)
LOADED = """
import os, signal, sys
from django.db import connection
from guanxi.customers import decisions, services, settling, store
from guanxi.platform import audit
"""
SCRIPT = """
connection.settings_dict["NAME"] = sys.argv[1]
place, name, count = sys.argv[2:5]
home = {"store": store, "settling": settling, "decisions": decisions, "audit": audit}[place]
original, calls = getattr(home, name), 0
def deadly(*arguments, **options):
    global calls
    answer = original(*arguments, **options)
    calls += 1
    if calls == int(count):
        os.kill(os.getpid(), signal.SIGKILL)
    return answer
setattr(home, name, deadly)
services.merge(int(sys.argv[5]), list(map(int, sys.argv[6:])), actor="user:1")
"""
MOMENTS = [  # right after a write, from the first decision to the last word to the rooms above
    "decisions write 1",
    "store update_many 1",
    "store update_many 2",
    "settling insert_rows 1",
    "settling insert_rows 3",
    "store update_many 3",
    "audit record 1",
    "decisions tell 1",
]


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the rooms that a merge writes to."""
    models = [
        model
        for app in ("customers", "touchpoints", "platform")
        for model in apps.get_app_config(app).get_models()
    ]
    return {model.__name__: sorted(model._base_manager.values_list(), key=repr) for model in models}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_merge_killed_between_its_writes_leaves_no_trace(moment: str) -> None:
    brand_id = brand()
    resolved(brand_id, seen("tmall:a phone:1", "李雷"), seen("jd:b phone:2", "韩梅梅", 1))
    pair = [customer_of(brand_id, "tmall:a"), customer_of(brand_id, "jd:b")]
    before = everything()
    die(LOADED, SCRIPT, *moment.split(), brand_id, *pair)
    assert everything() == before

    merge(brand_id, pair, actor="user:1")
    check(brand_id)
    assert are_one(brand_id, "tmall:a", "jd:b")
    assert Customer.objects.get(pk=pair[1]).merged_into_id == pair[0]
    moved = SubjectMove.objects.filter(from_customer_id=pair[1]).values_list("customer_id", flat=True)
    assert set(moved) == {pair[0]}
