"""Merge, unmerge and reviews: exact, audited, safe against each other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanxi.customers import decisions
from guanxi.customers.contracts import Change, ReviewState, Sighting, Verdict
from guanxi.customers.models import Customer, Review, Subject, SubjectMove
from guanxi.customers.services import decide_review, drawn_in, merge, recompute, unmerge
from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.platform.models import AuditEntry
from tests.customers.test_order import THOROUGH, WORLDS, forget
from tests.customers.world import (
    are_one,
    brand,
    check,
    customer_of,
    customers,
    persons,
    resolved,
    reviews,
    seen,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def told() -> Iterator[list[Change]]:
    heard: list[Change] = []
    before = decisions._listeners[:]
    decisions.on_change(heard.append)
    yield heard
    decisions._listeners[:] = before


def test_merge_and_unmerge_by_hand(told: list[Change]) -> None:
    brand_id = brand()
    resolved(brand_id, seen("tmall:a phone:1", "李雷"), seen("jd:b phone:2", "韩梅梅", 1))
    before = persons(brand_id), customers(brand_id)
    a, b = customer_of(brand_id, "tmall:a"), customer_of(brand_id, "jd:b")
    assert drawn_in(brand_id, [a, b]) == ()
    moved = set(Subject.objects.filter(customer_id=b).values_list("id", flat=True))

    merge(brand_id, [b, a], actor="user:1", reason="told us in the shop")
    check(brand_id)
    assert are_one(brand_id, "tmall:a", "jd:b")
    assert customers(brand_id) == {a}
    assert Customer.objects.get(pk=b).merged_into_id == a

    resolved(brand_id, seen("jd:b phone:2", "韩梅梅", 2), seen("wecom:w phone:2", "韩梅梅", 3))
    unmerge(brand_id, a, moved, actor="user:2")
    check(brand_id)
    assert not are_one(brand_id, "tmall:a", "jd:b")
    assert customers(brand_id) == before[1]
    assert are_one(brand_id, "wecom:w", "jd:b"), "what came after the merge goes where it belongs"
    assert [change.kind for change in told] == ["customer.merged", "customer.unmerged"]
    actions = AuditEntry.objects.filter(brand_id=brand_id).values_list("actor", "action")
    assert {("user:1", "customer.merged"), ("user:2", "customer.unmerged")} <= set(actions)
    resolved(brand_id, seen("tmall:a jd:b", None, 9))
    assert not are_one(brand_id, "tmall:a", "jd:b"), "what people said holds against later records"


@THOROUGH
@given(world=WORLDS, later=WORLDS, data=st.data())
def test_unmerge_undoes_merge(world: list[Sighting], later: list[Sighting], data: st.DataObject) -> None:
    forget()
    brand_id = brand()
    resolved(brand_id, *world)
    living = sorted(customers(brand_id))
    if len(living) < 2:
        return
    before = persons(brand_id), customers(brand_id)
    chosen = data.draw(st.lists(st.sampled_from(living), min_size=2, max_size=2, unique=True))
    kept, gone = sorted(chosen)
    members = {c: set(Subject.objects.filter(customer_id=c).values_list("id", flat=True)) for c in chosen}
    owners = dict(Subject.objects.values_list("id", "customer_id"))
    foreseen = drawn_in(brand_id, chosen)
    merge(brand_id, chosen, actor="user:1")
    check(brand_id)
    together = Subject.objects.filter(customer_id=Subject.objects.get(pk=kept).customer_id)
    assert {owners[n] for n in together.values_list("id", flat=True)} - set(chosen) == set(foreseen)
    merged = set(Subject.objects.filter(pk__in=chosen).values_list("customer_id", flat=True))
    assert len(merged) == 1, "the two are one person, also where their evidence together draws in a third"
    assert merged <= customers(brand_id)
    assert gone not in customers(brand_id)
    facts_come_after = data.draw(st.booleans())
    if facts_come_after:
        resolved(brand_id, *later)
        check(brand_id)
    present = dict(Subject.objects.filter(pk__in=members[gone]).values_list("id", "customer_id"))
    unmerge(brand_id, present[min(members[gone])], members[gone], actor="user:1")
    check(brand_id)
    if not facts_come_after:
        assert (persons(brand_id), customers(brand_id)) == before
    resolved(brand_id, *later)
    recompute(brand_id)
    roots = dict(Subject.objects.values_list("id", "customer_id"))
    sides = [{roots[n] for n in members[side]} for side in (kept, gone)]
    assert [len(side) for side in sides] == [1, 1], "each side stays one person"
    assert sides[0] != sides[1], "and another than the other"


def test_unmerge_also_gives_back_whom_the_merge_drew_in() -> None:
    """Made one with b, a is no longer kept from the member by the phone they share; apart, it is again."""
    brand_id = brand()
    resolved(
        brand_id,
        seen("jd:a"),
        seen("tmall:b phone:1"),
        seen("tmall:a phone:1"),
        seen("jd:a phone:2", "韩梅梅"),
        seen("jd:a member:1"),
        seen("member:1 phone:1", "李雷"),
    )
    before = persons(brand_id), customers(brand_id)
    a, b = customer_of(brand_id, "jd:a"), customer_of(brand_id, "tmall:b")
    gone = set(Subject.objects.filter(customer_id=b).values_list("id", flat=True))
    third = customer_of(brand_id, "member:1")
    assert drawn_in(brand_id, [a, b]) == (third,)
    assert (persons(brand_id), customers(brand_id)) == before, "looking ahead writes nothing"
    merge(brand_id, [a, b], actor="user:1")
    assert are_one(brand_id, "jd:a", "tmall:b", "member:1")
    unmerge(brand_id, a, gone, actor="user:1")
    assert (persons(brand_id), customers(brand_id)) == before
    check(brand_id)


def test_a_review_is_answered_once() -> None:
    brand_id = brand()
    resolved(brand_id, seen("tmall:a phone:1"), seen("tmall:b phone:1"))
    review = Review.objects.get()
    decide_review(brand_id, review.pk, Verdict.SAME, actor="user:1")
    assert are_one(brand_id, "tmall:a", "tmall:b", "phone:1")
    assert reviews(brand_id) == set()
    with pytest.raises(Conflict):
        decide_review(brand_id, review.pk, Verdict.DIFFERENT, actor="user:2")
    recompute(brand_id)
    check(brand_id)
    assert are_one(brand_id, "tmall:a", "tmall:b", "phone:1")


def test_kept_apart_stays_apart_and_is_not_asked_again() -> None:
    brand_id = brand()
    resolved(brand_id, seen("tmall:a phone:1"), seen("tmall:b phone:1"))
    decide_review(brand_id, Review.objects.get().pk, Verdict.DIFFERENT, actor="user:1")
    resolved(brand_id, seen("tmall:b phone:1", None, 3), seen("tmall:a phone:1", None, 3))
    recompute(brand_id)
    assert not are_one(brand_id, "tmall:a", "tmall:b")
    assert reviews(brand_id) == set()
    assert len(reviews(brand_id, ReviewState.KEPT_APART)) == 1


def test_newer_evidence_settles_a_review() -> None:
    brand_id = brand()
    resolved(brand_id, seen("tmall:a phone:1"), seen("tmall:b phone:1"))
    assert len(reviews(brand_id)) == 1
    resolved(brand_id, seen("member:1 tmall:a"), seen("member:1 tmall:b"))
    assert reviews(brand_id) == set()
    assert are_one(brand_id, "tmall:a", "tmall:b")


def test_two_at_once_and_other_brands() -> None:
    brand_id, other = brand(), brand("other")
    resolved(brand_id, seen("tmall:a"), seen("tmall:b"), seen("tmall:c"))
    resolved(other, seen("tmall:a"), seen("tmall:b"))
    a, b, c = (customer_of(brand_id, f"tmall:{x}") for x in "abc")
    theirs = persons(other), customers(other)
    merge(brand_id, [a, b], actor="user:1")
    with pytest.raises(Conflict):
        merge(brand_id, [b, c], actor="user:2")
    with pytest.raises(NotFound):
        merge(other, [a, c], actor="user:3")
    with pytest.raises(NotFound):
        merge(brand_id, [a, min(theirs[1])], actor="user:3")
    with pytest.raises(NotFound):
        unmerge(other, a, {b}, actor="user:3")
    with pytest.raises(Conflict):
        unmerge(brand_id, a, {c}, actor="user:3")
    with pytest.raises(Invalid):
        unmerge(brand_id, a, {a, b}, actor="user:3")
    with pytest.raises(Invalid):
        merge(brand_id, [a, a], actor="user:1")
    recompute(brand_id)
    assert (persons(other), customers(other)) == theirs


def test_a_failed_listener_leaves_nothing_half(told: list[Change]) -> None:
    brand_id = brand()
    resolved(brand_id, seen("tmall:a"), seen("tmall:b"))
    before = persons(brand_id), customers(brand_id), SubjectMove.objects.count()

    def fails(change: Change) -> None:
        raise RuntimeError("power cut")

    decisions.on_change(fails)
    with pytest.raises(RuntimeError):
        merge(brand_id, sorted(customers(brand_id)), actor="user:1")
    assert (persons(brand_id), customers(brand_id), SubjectMove.objects.count()) == before
    assert not AuditEntry.objects.filter(action="customer.merged").exists()
