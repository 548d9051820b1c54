"""Correction of a phone: what it tied comes apart and stays apart whatever is imported again; undoing it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from guanxi.customers import lookup, services
from guanxi.customers.contracts import Identity, Person
from guanxi.customers.models import ContactDenial, Customer, Subject
from guanxi.customers.rights.correcting import correct, foreseen, undo
from guanxi.customers.rights.erasing import erase
from guanxi.customers.rights.models import RightsRequest
from guanxi.kernel.errors import Conflict, Invalid
from guanxi.platform import vault
from guanxi.platform.models import AuditEntry
from guanxi.touchpoints import services as log
from guanxi.touchpoints.contracts import Fact, Mode
from tests.customers.rights.world import MEMBERS, NAME, PHONE, brand, hers, import_members, import_orders

pytestmark = pytest.mark.django_db(transaction=True)
WRONG, RIGHT = "13800138000", "13900139000"
NOW = 1_790_000_000_000
WHY: dict[str, Any] = {"actor": "user:1", "reason": "typed wrongly"}


@pytest.fixture(autouse=True)
def _keys_of_this_database() -> None:
    vault.forget_keys()


def bought(number: int, *identities: tuple[str, str], name: str = "") -> Fact:
    who = tuple(Identity(*identity) for identity in identities)
    return Fact("order.paid", f"o{number}", NOW + number, who, Person(name=name or None), "tmall", 100, 1, {})


def rows(start: int = 1) -> list[Fact]:
    """Two accounts that only a number without a name ties; one of them has an account elsewhere, too."""
    number = ("phone", f"+86{WRONG}")
    return [
        bought(start, ("tmall", "lilei"), ("jd", "lilei-jd")),
        bought(start + 1, ("tmall", "lilei"), number),
        bought(start + 2, ("douyin", "hanmei"), number),
    ]


def record(brand_id: int, *facts: Fact) -> None:
    log.record(brand_id, "shop", list(facts), mode=Mode.BACKFILL)


def of(scheme: str, key: str) -> int:
    return Subject.objects.get(scheme=scheme, key=key).customer_id


def owners(value: str) -> list[int]:
    return lookup.find(
        Subject.objects.values_list("brand_id", flat=True)[0], Identity("phone", f"+86{value}")
    )


def state() -> list[tuple[object, ...]]:
    subjects = Subject.objects.exclude(first_ms__gt=NOW + 1000).order_by("pk")
    people = (
        Customer.objects.filter(merged_into_id=None)
        .order_by("pk")
        .values_list("pk", "merged_into_id", "adcode", "schemes")
    )
    return [*subjects.values_list("pk", "key", "customer_id", "traits"), *people]


def test_a_wrong_number_no_longer_ties_two_people_whatever_is_imported_again() -> None:
    shop = brand()
    record(shop.pk, *rows())
    both = of("tmall", "lilei")
    assert of("douyin", "hanmei") == both
    before = state()
    (seen,) = foreseen(shop.pk, both, {"phone": RIGHT})
    assert (len(seen.sides), [len(side) for side in seen.sides], seen.drawn) == (2, [2, 2], [])
    assert state() == before
    assert not ContactDenial.objects.exists()
    done = correct(shop.pk, both, {"phone": RIGHT}, **WHY)
    mine = of("tmall", "lilei")
    assert mine == of("jd", "lilei-jd") == done.customer_id != of("douyin", "hanmei")
    assert owners(RIGHT) == [mine]
    assert owners(WRONG) == [of("douyin", "hanmei")]
    record(shop.pk, *rows(11), bought(21, ("tmall", "lilei"), ("phone", f"+86{WRONG}"), name="李雷"))
    services.recompute(shop.pk)
    assert of("tmall", "lilei") == mine != of("douyin", "hanmei")
    assert mine not in owners(WRONG)
    told = str(
        [*AuditEntry.objects.values_list("detail"), *RightsRequest.objects.values_list("result", "reason")]
    )
    assert WRONG not in told and RIGHT not in told


def test_a_mistaken_correction_is_taken_back_exactly_once() -> None:
    shop = brand()
    record(shop.pk, *rows())
    before = state()
    done = correct(
        shop.pk, of("tmall", "lilei"), {"wrong_phone": WRONG, "of": str(sub("douyin", "hanmei"))}, **WHY
    )
    assert done.customer_id == of("douyin", "hanmei")
    assert owners(WRONG) == [of("tmall", "lilei")]
    undo(shop.pk, done.request_id, actor="user:1", reason="the number was right")
    assert state() == before
    with pytest.raises(Conflict):
        undo(shop.pk, done.request_id, actor="user:1", reason="again")


def sub(scheme: str, key: str) -> int:
    return Subject.objects.get(scheme=scheme, key=key).pk


def test_who_is_known_by_a_number_alone_keeps_what_was_bought_under_it(tmp_path: Path) -> None:
    shop = brand()
    import_members(shop.pk, tmp_path / "m.csv", MEMBERS.replace("M001", ""))
    (customer,) = owners(PHONE)
    with pytest.raises(Invalid):
        correct(shop.pk, customer, {"wrong_phone": PHONE}, **WHY)
    before = state()
    done = correct(shop.pk, customer, {"phone": RIGHT}, **WHY)
    assert (done.customer_id, owners(RIGHT), owners(PHONE)) == (customer, [customer], [])
    (shown,) = lookup.summaries(shop.pk, [customer])
    assert (shown.name, {one.value for one in shown.identities}) == (NAME, {None, f"+86{RIGHT}"})
    import_members(shop.pk, tmp_path / "again.csv", MEMBERS.replace("M001", "") + "\r\n")
    import_orders(shop.pk, tmp_path / "o.csv", hers(3, buyer=""))
    services.recompute(shop.pk)
    assert owners(PHONE) == []
    assert Customer.objects.filter(merged_into_id=None).count() == 1
    assert lookup.phones_of(shop.pk, [customer]) == {customer: [f"+86{RIGHT}"]}
    undo(shop.pk, done.request_id, actor="user:1", reason="it was right")
    assert owners(PHONE) == [customer]
    assert customer not in owners(RIGHT)
    assert next(row for row in state() if row[0] == customer)[1] == before[0][1]


def test_the_right_number_may_be_somebody_known_already_and_is_said_so() -> None:
    shop = brand()
    record(shop.pk, *rows(), bought(9, ("youzan", "third"), ("phone", f"+86{RIGHT}")))
    third = of("youzan", "third")
    (seen,) = foreseen(shop.pk, of("tmall", "lilei"), {"phone": RIGHT})
    assert list(seen.drawn) == [third]
    correct(shop.pk, of("tmall", "lilei"), {"phone": RIGHT}, **WHY)
    assert of("youzan", "third") == of("tmall", "lilei")


def test_a_merge_by_hand_and_an_erasure_end_what_a_correction_said() -> None:
    shop = brand()
    record(shop.pk, *rows())
    correct(shop.pk, of("tmall", "lilei"), {"wrong_phone": WRONG}, **WHY)
    sides = [of("tmall", "lilei"), of("douyin", "hanmei")]
    assert services.drawn_in(shop.pk, sides) == ()
    both = services.merge(shop.pk, sides, actor="user:1").customer_id
    assert of("tmall", "lilei") == of("douyin", "hanmei") == both
    correct(shop.pk, both, {"wrong_phone": WRONG}, **WHY)
    assert of("tmall", "lilei") != of("douyin", "hanmei")
    erase(shop.pk, of("douyin", "hanmei"), **WHY)
    assert not ContactDenial.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"phone": "138****8000"},
        {"wrong_phone": RIGHT},
        {"wrong_phone": WRONG, "phone": WRONG},
        {"email": "no address"},
        {"wrong_phone": WRONG, "of": "999999"},
        {"wrong_phone": WRONG, "of": "9" * 40},
        {"wrong_phone": "<script>alert(1)</script>"},
        {"of": "1"},
    ],
)
def test_what_cannot_be_corrected_changes_nothing(wrong: dict[str, str]) -> None:
    shop = brand()
    record(shop.pk, *rows())
    before = state()
    with pytest.raises(Invalid):
        correct(shop.pk, of("tmall", "lilei"), wrong, **WHY)
    assert (state(), RightsRequest.objects.count()) == (before, 0)


def test_a_customer_with_two_numbers_is_asked_which_and_may_have_changed() -> None:
    shop = brand()
    record(shop.pk, *rows())
    customer = of("tmall", "lilei")
    correct(shop.pk, customer, {"phone": RIGHT, "wrong_phone": WRONG}, **WHY)
    mine = of("tmall", "lilei")
    record(shop.pk, bought(31, ("tmall", "lilei"), ("phone", "+8613700137000"), name="李雷"))
    with pytest.raises(Invalid, match="several"):
        correct(shop.pk, mine, {"phone": "13600136000"}, **WHY)
    with pytest.raises(Conflict):
        correct(shop.pk, mine, {"phone": RIGHT}, identities=1, **WHY)
