"""A customer's profile is what all records add up to, also those that come late."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guanxi.customers.contracts import Sighting
from guanxi.customers.models import Customer, Subject
from guanxi.customers.services import recompute
from tests.customers.world import brand, forget, named_customers, resolved, seen, split

pytestmark = pytest.mark.django_db

THOROUGH = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
# Ways to write a few people: accounts of one, that with a phone of two names, accounts parted by two phones.
PEOPLE = [
    ["member:1", "unionid:u", "member:1 unionid:u"],
    ["tmall:a phone:1", "jd:a phone:1", "phone:1", "tmall:a", "tmall:b phone:1"],
    ["member:1 phone:1", "member:1 phone:5000000", "jd:a phone:5000000", "jd:a", "phone:1"],
]
DETAILS = {
    "gender": ["f", "m"],
    "birthday": ["1990-05-01", "1988-03-07"],
    "language": ["zh-CN", "en"],
    "city": ["杭州", "广州"],
}


@st.composite
def worlds(draw: st.DrawFn) -> list[Sighting]:
    """Few identities, few moments: minds change often, and two records are often of one moment."""
    ways = draw(st.sampled_from(PEOPLE))
    names = draw(st.sampled_from([[None], ["李雷"], [None, "李雷", "韩梅梅"]]))
    told = st.fixed_dictionaries({trait: st.sampled_from([*v, None]) for trait, v in DETAILS.items()})
    record = st.builds(
        lambda what, name, day, details: seen(what, name, day, **details),
        st.sampled_from(ways),
        st.sampled_from(names),
        st.integers(0, 6),
        told,
    )
    return draw(st.lists(record, min_size=6, max_size=16))


def profiles(brand_id: int) -> dict[object, tuple[object, ...]]:
    """What is written down of each customer, by who the customer is."""
    columns = (
        "first_ms",
        "last_ms",
        "adcode",
        "gender",
        "birthday",
        "birthday_calendar",
        "language",
        "schemes",
    )
    rows = Customer.objects.filter(brand_id=brand_id, merged_into_id__isnull=True)
    named = named_customers(brand_id)
    return {named[number]: tuple(written) for number, *written in rows.values_list("id", *columns)}


@THOROUGH
@given(world=worlds(), data=st.data())
def test_late_records_leave_the_profile_that_recomputing_gives(
    world: list[Sighting], data: st.DataObject
) -> None:
    """After every batch, in any order; and in the end whatever the order was."""
    forget()
    one = brand()
    cuts = data.draw(st.sets(st.integers(1, len(world)), min_size=3))
    for batch in split(data.draw(st.permutations(world)), cuts):
        resolved(one, *batch)
        written = profiles(one)
        recompute(one)
        assert profiles(one) == written
    forget()
    resolved(one, *world)
    assert profiles(one) == written


def test_an_older_record_changes_nothing_that_a_newer_one_said() -> None:
    one = brand()
    resolved(one, seen("tmall:a", day=9, gender="f", birthday="1990-05-01"))
    resolved(one, seen("tmall:a", day=1, gender="m", birthday="1988-03-07", language="en"))
    customer = Customer.objects.get()
    assert (customer.gender, customer.birthday, customer.language) == ("f", "1990-05-01", "en")


def test_a_subject_that_says_again_what_it_said_is_heard_over_another() -> None:
    """Its own trait has only a newer time; but the customer's is another subject's, now the older one."""
    one = brand()
    resolved(one, seen("member:1 unionid:u", day=0, gender="f", city="杭州"))
    resolved(one, seen("unionid:u", day=1, gender="m", city="广州"))
    resolved(one, seen("unionid:u", day=9))
    resolved(one, seen("member:1", day=2, gender="f", city="杭州"))
    customer = Customer.objects.get()
    assert (customer.gender, customer.adcode) == ("f", 330100)
    assert Subject.objects.count() == 2
