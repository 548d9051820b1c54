"""Tags: each customer has those of its subjects, through merge and unmerge; what is done is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from guanxi.customers import hooks, services, tags
from guanxi.customers.hooks import AfterChange, CustomersChanged, What
from guanxi.customers.models import Tag, Tagging
from guanxi.customers.tag_dictionary import Origin, dictionary
from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.kernel.registries import Registry
from guanxi.platform.models import AuditEntry
from guanxi.touchpoints.models import Touchpoint
from tests.customers.world import brand, customer_of, resolved, seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[CustomersChanged]]:
    """What the rooms above are told."""
    heard: list[CustomersChanged] = []
    registry: Registry[AfterChange] = Registry("hook", lambda hook: hook.name)
    registry.register(AfterChange("test", heard.append))
    monkeypatch.setattr(hooks, "AFTER_CHANGE", registry)
    yield heard


def three(brand_id: int) -> list[int]:
    resolved(brand_id, seen("tmall:a"), seen("tmall:b"), seen("tmall:c"))
    return [customer_of(brand_id, f"tmall:{letter}") for letter in "abc"]


def names(brand_id: int, customer: int) -> list[str]:
    return tags.tags_of_many(brand_id, [customer])[customer]


def test_tags_are_put_on_and_taken_off_once_and_told(told: list[CustomersChanged]) -> None:
    number = brand()
    a, b, c = three(number)
    services.define_tag(number, "vip", label="贵宾", actor="cli")
    told.clear()
    assert services.add_tags(number, ["vip"], [a, b, 999_999], actor="user:1") == (2, 0, [999_999])
    assert services.add_tags(number, ["vip"], [a, b, c], actor="user:1") == (1, 2, [])
    assert services.remove_tags(number, ["vip"], [b], actor="user:1") == (1, 0, [])
    assert [names(number, one) for one in (a, b, c)] == [["vip"], [], ["vip"]]
    assert told == [(number, What.TAG, [a, b]), (number, What.TAG, [c]), (number, What.TAG, [b])]
    facts = Touchpoint.objects.order_by("pk").values_list("kind", "subject_id", "payload", "live")
    assert list(facts) == [
        ("tag.added", a, '{"tag":"vip","source":"hand"}', True),
        ("tag.added", b, '{"tag":"vip","source":"hand"}', True),
        ("tag.added", c, '{"tag":"vip","source":"hand"}', True),
        ("tag.removed", b, '{"tag":"vip","source":"hand"}', True),
    ]
    entry = AuditEntry.objects.filter(action="tag.added").first()
    assert entry is not None
    assert entry.detail == {"customer_count": 2, "source": "hand"}


def test_a_merge_unites_tags_and_an_unmerge_gives_each_side_its_own_back() -> None:
    number = brand()
    a, b, _c = three(number)
    for name in ("red", "blue", "late"):
        services.define_tag(number, name, actor="cli")
    services.add_tags(number, ["red"], [a], actor="cli")
    services.add_tags(number, ["blue"], [b], actor="cli")
    services.merge(number, [a, b], actor="cli")
    assert names(number, a) == ["blue", "red"]
    assert services.add_tags(number, ["late"], [b], actor="cli").changed == 1  # the merged one leads to a
    assert services.add_tags(number, ["blue"], [a], actor="cli") == (0, 1, [])
    services.unmerge(number, a, [b], actor="cli")
    assert (names(number, a), names(number, b)) == (["late", "red"], ["blue"])


def test_a_rules_tag_is_made_exactly_so() -> None:
    number = brand()
    a, b, c = three(number)
    services.define_tag(number, "likely", origin=Origin.RULE, actor="cli")
    assert services.set_rule_tags(number, "likely", [a, b]) == (2, 0)
    assert services.set_rule_tags(number, "likely", [b, c]) == (1, 1)
    assert services.set_rule_tags(number, "likely", [b, c]) == (0, 0)
    services.merge(number, [a, b], actor="cli")
    assert services.set_rule_tags(number, "likely", []) == (0, 2)
    assert not Tagging.objects.exists()
    with pytest.raises(Conflict):
        services.add_tags(number, ["likely"], [a], actor="cli")
    services.define_tag(number, "mine", actor="cli")
    with pytest.raises(Conflict):
        services.set_rule_tags(number, "mine", [a])


@pytest.mark.parametrize(
    "name", ["", " ", "x" * 61, "a,b", "a、b", "13800138000", "li@example.com", "a\x00b"]
)
def test_what_cannot_be_a_name_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        services.define_tag(brand(), name, actor="cli")


def test_tags_of_records_join_the_dictionary_as_far_as_they_may() -> None:
    number = brand()
    a, b, _c = three(number)
    services.define_tag(number, "gone", archived=True, actor="cli")
    services.define_tag(number, "ruled", origin=Origin.RULE, actor="cli")
    recorded = [(a, ["护肤", "13800138000", "gone", "ruled", "护肤"]), (b, ["护肤"])]
    assert services.take_recorded_tags(number, recorded, actor="import:1") == 2
    assert services.take_recorded_tags(number, recorded, actor="import:1") == 0
    assert names(number, a) == ["护肤"]
    assert {entry.name: entry.profiles for entry in dictionary(number)} == {"护肤": 2, "gone": 0, "ruled": 0}
    assert not Touchpoint.objects.filter(kind="tag.added").exists()


def test_another_brands_tags_and_customers_are_not_seen() -> None:
    mine, other = brand(), brand("other")
    a, *_ = three(mine)
    services.define_tag(other, "vip", actor="cli")
    with pytest.raises(NotFound):
        services.add_tags(mine, ["vip"], [a], actor="cli")
    assert services.add_tags(other, ["vip"], [a], actor="cli") == (0, 0, [a])
    assert Tag.objects.count() == 1


def test_rooms_above_hear_of_new_known_merged_and_separated_customers(told: list[CustomersChanged]) -> None:
    number = brand()
    a, b, _c = three(number)
    assert {(one.what, tuple(sorted(one.customer_ids or ()))) for one in told} == {
        (What.PROFILE, tuple(sorted(customer_of(number, f"tmall:{letter}") for letter in "abc")))
    }
    told.clear()
    resolved(number, seen("tmall:a", day=5, gender="f"))
    assert {one.what for one in told} == {What.PROFILE, What.IDENTITY}
    assert all(set(one.customer_ids or ()) == {a} for one in told)
    told.clear()
    services.merge(number, [a, b], actor="cli")
    assert {a, b} <= {customer for one in told for customer in one.customer_ids or ()}
    told.clear()
    services.unmerge(number, a, [b], actor="cli")
    assert {a, b} <= {customer for one in told for customer in one.customer_ids or ()}
