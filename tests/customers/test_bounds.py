"""Limits: shop phones, constant statements, other brands, kept details."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guanxi.customers import closure
from guanxi.customers.contracts import Sighting
from guanxi.customers.models import Customer, Link, Review, Subject
from guanxi.customers.rules import MAX_ACCOUNTS_PER_CONTACT
from guanxi.customers.services import recompute
from guanxi.platform import vault
from tests.customers.world import (
    START_MS,
    are_one,
    brand,
    check,
    codes,
    customer_of,
    customers,
    persons,
    resolved,
    reviews,
    seen,
)

pytestmark = pytest.mark.django_db


def test_ten_thousand_accounts_on_a_shop_phone_stay_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    brand_id = brand()
    resolved(brand_id, seen("tmall:0 phone:1"), seen("jd:0 phone:1", None, 1))
    assert are_one(brand_id, "tmall:0", "jd:0")
    for start in range(0, 10_000, 2_500):
        accounts = (seen(f"member:{number} phone:1", None, 2) for number in range(start, start + 2_500))
        resolved(brand_id, *accounts)
    assert codes(brand_id) == ["shop_phone"]
    assert not are_one(brand_id, "tmall:0", "jd:0"), "what only a shop's phone tied is no longer tied"
    assert len(customers(brand_id)) == 10_002
    check(brand_id)

    loaded: list[int] = []
    grow = closure.Closure.grow

    def counting(self: closure.Closure, seeds: object) -> None:
        grow(self, seeds)  # type: ignore[arg-type]
        loaded.append(len(self.rows))

    monkeypatch.setattr(closure.Closure, "grow", counting)
    resolved(
        brand_id,
        *(seen(f"member:new{i} phone:1", name, 3) for i, name in enumerate(("李雷", "王芳", "韩梅梅"))),
    )
    assert max(loaded) < 20, "a shop's phone is not walked through"
    monkeypatch.undo()
    before = persons(brand_id), reviews(brand_id)
    recompute(brand_id)
    assert (persons(brand_id), reviews(brand_id)) == before


def test_a_shop_phone_is_found_in_any_order() -> None:
    world = [
        seen(f"member:{i} phone:1", "李雷" if i == 7 else None) for i in range(MAX_ACCOUNTS_PER_CONTACT + 1)
    ]
    world += [seen("tmall:a phone:1", "李雷"), seen("jd:b phone:1", "李雷")]
    outcomes = []
    for slug, order in (("one", world), ("two", world[::-1])):
        brand_id = brand(slug)
        for sighting in order:
            resolved(brand_id, sighting)
        check(brand_id)
        accounts = {frozenset(n[1] for n in group if n[0] != "phone") for group in persons(brand_id)}
        outcomes.append((accounts, codes(brand_id)))
    assert outcomes[0] == outcomes[1]
    assert outcomes[0][1] == ["shop_phone"]


def test_statements_do_not_grow_with_the_batch() -> None:
    counts = []
    for slug, size in (("small", 20), ("large", 400)):
        brand_id = brand(slug)
        resolved(brand_id, *_orders(size))
        with CaptureQueriesContext(
            connection,
        ) as first:
            resolved(brand_id, *_orders(size, day=1))
        with CaptureQueriesContext(connection) as second:
            resolved(brand_id, *(seen(f"jd:{i} phone:{i}", _name(i), 2) for i in range(size)))
        counts.append((len(first), len(second)))
    assert counts[0] == counts[1]
    assert counts[0][0] <= 12
    assert counts[0][1] <= 45


def _orders(size: int, day: int = 0) -> list[Sighting]:
    return [seen(f"tmall:{i} phone:{i}", _name(i), day) for i in range(size)]


def _name(number: int) -> str:
    return "李" + chr(0x4E10 + number)


def test_brands_do_not_meet() -> None:
    one, other = brand(), brand("other")
    resolved(one, seen("tmall:a phone:1", "李雷"))
    resolved(other, seen("tmall:a phone:1", "李雷"), seen("jd:b phone:1", "李雷"))
    assert len(customers(one)) == len(customers(other)) == 1
    assert not Link.objects.filter(brand_id=one).exclude(brand_id=one).exists()
    keys = Subject.objects.filter(scheme="phone").values_list("key", "holder")
    assert len(set(keys)) == 2, "one phone has another index at each brand"


def test_evidence_is_counted() -> None:
    brand_id = brand()
    resolved(brand_id, *[seen("tmall:a phone:1", "李雷", day) for day in (5, 1, 9)])
    resolved(brand_id, seen("tmall:a phone:1", "李雷", 3))
    link = Link.objects.get()
    assert (link.n, link.first_ms, link.last_ms) == (4, START_MS + 86_400_000, START_MS + 9 * 86_400_000)
    customer = Customer.objects.get()
    assert (customer.first_ms, customer.last_ms) == (link.first_ms, link.last_ms)


def test_a_parcels_receiver_is_a_contact_until_they_buy() -> None:
    brand_id = brand()
    found = resolved(
        brand_id,
        seen("tmall:a phone:1", "李雷"),
        seen("tmall:a phone:1", "李雷"),
        seen("tmall:a phone:2", "韩梅梅"),
    )
    assert found.customers_created == 1
    assert len(customers(brand_id)) == 1
    later = resolved(brand_id, seen("phone:2", "韩梅梅", 3))
    assert (later.customers_created, later.customers_merged) == (1, 0)
    assert len(customers(brand_id)) == 2
    check(brand_id)


def test_merging_is_counted_and_old_numbers_lead_on() -> None:
    brand_id = brand()
    resolved(brand_id, seen("tmall:a"), seen("jd:b"))
    gone = customer_of(brand_id, "jd:b")
    found = resolved(brand_id, seen("tmall:a jd:b", None, 1))
    assert (found.customers_created, found.customers_merged) == (0, 1)
    assert Customer.objects.get(pk=gone).merged_into_id == customer_of(brand_id, "tmall:a")


def test_details_are_sealed_where_they_belong() -> None:
    brand_id = brand()
    address = "浙江省杭州市西湖区文三路1号"
    resolved(
        brand_id,
        seen("tmall:a phone:1", "李雷", 0, address=address, gender="m"),
        seen("tmall:a phone:1", "李雷", 5, address="上海市静安区南京西路2号", birthday="1990-05-01"),
        seen("douyin:c", "李女士", 5),
        seen("tmall:a", "李**", 9, address="上海市****"),
    )
    boxes = vault.open_many(Subject.objects.values_list("id", flat=True))
    ids = {(s.scheme, s.key if s.scheme != "phone" else ""): s.pk for s in Subject.objects.all()}
    assert boxes[ids["phone", ""]]["phone"].text == "+8613800000001"
    assert boxes[ids["phone", ""]]["name"].text == "李雷"
    assert boxes[ids["phone", ""]]["address"].text.startswith("上海市静安区")
    assert boxes[ids["douyin", "c"]]["name"].text == "李女士"
    customer = Customer.objects.get(pk=customer_of(brand_id, "tmall:a"))
    assert (customer.adcode, customer.gender, customer.birthday) == (310100, "m", "1990-05-01")


def test_the_newest_city_counts_whatever_the_order() -> None:
    cities = [
        seen("tmall:a", None, day, city=city) for day, city in ((1, "杭州"), (2, "北京"), (3, "杭州市"))
    ]
    for slug, order in (("one", [0, 1, 2]), ("two", [2, 0, 1]), ("three", [1, 2, 0])):
        brand_id = brand(slug)
        for i in order:
            resolved(brand_id, cities[i])
        assert Customer.objects.get(brand_id=brand_id).adcode == 330100


def test_no_personal_text_is_kept_in_the_clear() -> None:
    brand_id = brand()
    resolved(
        brand_id,
        seen("tmall:a phone:1", "李雷", 0, address="杭州市西湖区文三路1号"),
        seen("jd:b phone:1", "韩梅梅"),
    )
    resolved(brand_id, seen("tmall:a jd:b"), seen("youzan:c phone:1"))
    with connection.cursor() as cursor:
        for table in ("subject", "link", "customer", "subjectmove", "review"):
            cursor.execute(f"SELECT * FROM customers_{table}")
            text = repr(cursor.fetchall())
            assert not any(secret in text for secret in ("李雷", "韩梅梅", "文三路", "13800000001"))
    assert Review.objects.exists()
