"""What a member file repeats says nothing of when a phone was used."""

from __future__ import annotations

from itertools import permutations

import pytest

from guanxi.customers.contracts import Sighting
from guanxi.customers.models import Link
from guanxi.touchpoints.contracts import Fact
from guanxi.touchpoints.currency import RateTable
from guanxi.touchpoints.rules import Terms, checked
from tests.customers.test_order import forget
from tests.customers.world import START_MS, are_one, brand, check, codes, resolved, seen

pytestmark = pytest.mark.django_db

USES = [seen("tmall:a phone:1", "李雷", day) for day in (0, 10, 20)]
STRANGER = seen("jd:c phone:1", None, 390)


def stated(record: Sighting) -> Sighting:
    return record._replace(use=False)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_statement_does_not_make_an_old_phone_look_used(order: tuple[int, ...]) -> None:
    parts = [USES, [stated(seen("tmall:a phone:1", "李雷", 400))], [STRANGER]]
    brand_id = brand()
    for at in order:
        resolved(brand_id, *parts[at])
    check(brand_id)
    assert not are_one(brand_id, "tmall:a", "jd:c"), "370 days after the phone's last use"
    assert codes(brand_id) == ["recycled_phone"]


def test_the_same_record_as_a_use_joins() -> None:
    brand_id = brand()
    resolved(brand_id, *USES, seen("tmall:a phone:1", "李雷", 400), STRANGER)
    assert are_one(brand_id, "tmall:a", "jd:c")


def test_a_tie_that_is_only_stated_still_ties() -> None:
    brand_id = brand()
    resolved(brand_id, *[stated(seen("member:1 phone:1", "李雷", day)) for day in (5, 6, 7)])
    resolved(brand_id, seen("jd:c phone:1", None, 30))
    check(brand_id)
    assert are_one(brand_id, "member:1", "phone:1/李雷", "jd:c")


def test_ties_add_up_the_same_in_any_order() -> None:
    brand_id, found = brand(), set()
    records = [
        *USES[:2],
        stated(seen("tmall:a phone:1", "李雷", 400)),
        stated(seen("tmall:a phone:1", "李雷", 5)),
    ]
    for ordered in permutations(records):
        for size in (1, 4):
            forget()
            for at in range(0, 4, size):
                resolved(brand_id, *ordered[at : at + size])
            found.add(Link.objects.values_list("n", "first_ms", "last_ms").get())
    assert found == {(4, USES[0].at_ms, USES[1].at_ms)}


def test_updates_of_a_profile_are_statements() -> None:
    identities = USES[0].identities
    terms = Terms.at(START_MS, RateTable.of("CNY", []))
    joined = checked(0, Fact("member.joined", "m", START_MS, identities), terms)
    updated = checked(0, Fact("profile.updated", "p", START_MS, identities), terms)
    assert (joined.sighting.use, updated.sighting.use) == (True, False)
