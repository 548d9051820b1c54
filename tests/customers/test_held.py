"""Which kinds of identities a customer holds, as it is written down."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connection

from guanxi.customers import held
from guanxi.customers.models import Customer
from guanxi.customers.services import merge
from tests.customers.world import brand, customer_of, resolved, seen

pytestmark = pytest.mark.django_db


def written() -> dict[int, int]:
    return dict(Customer.objects.filter(merged_into_id__isnull=True).values_list("id", "schemes"))


def test_what_is_held_grows_with_records_and_merges() -> None:
    one = brand()
    resolved(one, seen("tmall:a"), seen("openid:wx1:o"))
    a, o = customer_of(one, "tmall:a"), customer_of(one, "openid:wx1:o")
    assert written() == {a: held.BITS["tmall"], o: held.BITS["openid"]}
    resolved(one, seen("tmall:a phone:1", "李雷"))
    assert written()[a] == held.bits(["tmall", "phone"])
    merge(one, [a, o], actor="cli")
    assert written() == {min(a, o): held.bits(["tmall", "phone", "openid:wx1"])}


def test_the_migration_takes_it_from_the_subjects_there_are() -> None:
    one = brand()
    resolved(one, seen("tmall:a phone:1", "李雷"), seen("shop:west:7 email:a@b.cn"), seen("openid:wx1:o"))
    before = written()
    Customer.objects.update(schemes=0)
    migration = import_module("guanxi.customers.migrations.0005_schemes_held")
    assert tuple(held.BITS) == migration.NAMES
    with connection.cursor() as cursor:
        migration.fill(None, SimpleNamespace(execute=cursor.execute))
    assert written() == before
    assert 0 not in before.values()
