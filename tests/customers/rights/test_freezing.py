"""Storage only, and correction: what holds everywhere below, and what a later import cannot undo."""

from __future__ import annotations

from pathlib import Path

import pytest

from guanxi.customers import lookup, services
from guanxi.customers.models import Customer, Subject
from guanxi.customers.rights.correcting import correct
from guanxi.customers.rights.freezing import freeze, unfreeze
from guanxi.kernel.errors import Conflict, Invalid
from guanxi.platform import vault
from guanxi.segments import following, previews, refreshing
from guanxi.segments import services as segments
from guanxi.segments.models import Membership
from guanxi.warehouse import queries as warehouse
from guanxi.warehouse import services as lake
from tests.customers.rights.world import brand, hers, import_orders, settle_in

pytestmark = pytest.mark.django_db(transaction=True)
BUYERS = {"version": 1, "leaf": "behaviour.did", "kinds": ["order.paid"], "at_least": 1}


@pytest.fixture(autouse=True)
def _keys_of_this_database() -> None:
    vault.forget_keys()


def test_a_frozen_customer_is_in_no_segment_sample_tag_or_table_of_customers(tmp_path: Path) -> None:
    shop = brand()
    customer = settle_in(shop.pk, tmp_path)
    lake.sync(shop)
    made = segments.create(shop, "buyers", BUYERS, actor="user:1")
    refreshing.refresh(shop)
    following.catch_up(shop)
    assert customer in members()
    services.define_tag(shop.pk, "noticed", actor="user:1")
    freeze(shop.pk, customer, actor="user:1", reason="disputed")
    assert customer not in members()
    assert lookup.living(shop.pk, [customer]) == []
    import_orders(shop.pk, tmp_path / "more.csv", hers(8))
    lake.sync(shop)
    following.catch_up(shop)
    refreshing.refresh(shop)
    assert customer not in members()
    ids = warehouse.run(shop, warehouse.tables()["customers"].select("customer_id"))
    assert customer not in ids["customer_id"].to_pylist()
    assert customer not in previews.preview(shop, BUYERS).sample
    assert list(services.add_tags(shop.pk, ["noticed"], [customer], actor="user:1").unknown) == [customer]
    with pytest.raises(Conflict):
        freeze(shop.pk, customer, actor="user:2", reason="again")
    unfreeze(shop.pk, customer, actor="user:1", reason="settled")
    following.catch_up(shop)
    assert customer in members()
    assert made


def members() -> set[int]:
    return set(Membership.objects.values_list("customer_id", flat=True))


def test_who_merges_with_a_frozen_one_is_frozen_and_who_leaves_is_not(tmp_path: Path) -> None:
    shop = brand()
    customer = settle_in(shop.pk, tmp_path)
    other = Subject.objects.get(key="tb0002").customer_id
    theirs = list(Subject.objects.filter(customer_id=other).values_list("pk", flat=True))
    freeze(shop.pk, customer, actor="user:1", reason="disputed")
    both = services.merge(shop.pk, [customer, other], actor="user:1").customer_id
    assert lookup.living(shop.pk, [both]) == []
    services.unmerge(shop.pk, both, theirs, actor="user:1")
    assert lookup.living(shop.pk, [customer, other]) == [other]


def test_a_correction_beats_what_files_say_later(tmp_path: Path) -> None:
    shop = brand()
    customer = settle_in(shop.pk, tmp_path)
    fields = {"name": "欧阳娜", "birthday": "1991-06-02", "gender": "f", "city": "上海"}
    corrected = correct(shop.pk, customer, fields, actor="user:1", reason="she said so")
    assert corrected.fields == sorted(fields)
    import_orders(shop.pk, tmp_path / "later.csv", hers(9, created="2026-10-05 10:00:00"))
    services.recompute(shop.pk)
    row = Customer.objects.get(pk=customer)
    assert (row.birthday, row.gender, str(row.adcode)[:2]) == ("1991-06-02", "f", "31")
    assert lookup.summaries(shop.pk, [customer])[0].name == "欧阳娜"
    correct(shop.pk, customer, {"birthday": "lunar:--05-01"}, actor="user:1", reason="again")
    row.refresh_from_db()
    assert (row.birthday, row.birthday_calendar) == ("--05-01", "lunar")
    for wrong in (
        {"phone": "138"},
        {"birthday": "1990-13-01"},
        {"gender": "x"},
        {"city": "Atlantis"},
        {},
    ):
        with pytest.raises(Invalid):
            correct(shop.pk, customer, wrong, actor="user:1", reason="x")
