"""The city of a customer whose records say none: where the phone was sold."""

from __future__ import annotations

from itertools import permutations

import pytest

from guanxi.customers import prefixes
from guanxi.customers.models import Customer
from guanxi.customers.services import recompute
from tests.customers.world import brand, resolved, seen

HANGZHOU, GUANGZHOU, BEIJING = 330100, 440100, 110100


@pytest.mark.parametrize(
    ("phone", "code"),
    [
        ("+8618668000000", HANGZHOU),
        ("+8613500000000", GUANGZHOU),
        ("+8613800138000", BEIJING),
        ("+8619900001111", None),  # of no one city
        ("+8657112345678", None),  # a landline
        ("+862112345678", None),
        ("+85291234567", None),
        ("+12025550123", None),
        ("", None),
    ],
)
def test_a_mainland_mobile_has_a_city(phone: str, code: int | None) -> None:
    assert prefixes.adcode(phone) == code


def test_the_table_says_what_the_geocoder_says() -> None:
    assert prefixes.described() == prefixes._table(), "run `python -m guanxi.customers.prefixes`"


def city(brand_id: int) -> int | None:
    """Of the only customer."""
    return Customer.objects.get(brand_id=brand_id, merged_into_id__isnull=True).adcode


@pytest.mark.django_db
def test_a_phone_is_heard_where_nothing_else_says_a_city() -> None:
    one = brand()
    resolved(one, seen("tmall:lei phone:1", "李雷"))  # 138 0000 …
    assert city(one) == BEIJING
    recompute(one)
    assert city(one) == BEIJING


@pytest.mark.django_db
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_record_is_heard_before_any_phone(order: tuple[int, ...]) -> None:
    """Whenever each came, in one batch or in three."""
    records = [
        seen("tmall:lei phone:1", "李雷", day=900),
        seen("tmall:lei", day=0, address="浙江省杭州市西湖区文三路1号"),
        seen("tmall:lei phone:1", "李雷", day=500),
    ]
    one, other = brand(), brand("other")
    for number in order:
        resolved(one, records[number])
    resolved(other, *(records[number] for number in order))
    assert city(one) == city(other) == HANGZHOU


@pytest.mark.django_db
def test_phones_of_different_cities_say_nothing() -> None:
    one = brand()
    resolved(one, seen("tmall:lei phone:1", "李雷"))
    resolved(one, seen("tmall:lei phone:5000000", "李雷", day=1))
    assert prefixes.adcode("+8613805000000") not in {None, BEIJING}
    assert city(one) is None
    resolved(one, seen("tmall:lei", day=2, city="广州"))
    assert city(one) == GUANGZHOU
