"""Bulk actions: the preview says what happens, it happens once, and an undo takes back exactly that."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from guanxi.customers import services as attributes
from guanxi.customers import tags
from guanxi.customers.bulk import doing, services
from guanxi.customers.bulk.contracts import Bulk, Chosen, Counts, State
from guanxi.customers.bulk.models import BulkAction, BulkChange
from guanxi.customers.models import Subject, Tagging
from guanxi.customers.rights import freezing
from guanxi.customers.rights.hooks import ERASERS, Person
from guanxi.customers.tag_dictionary import Origin
from guanxi.kernel.clock import DAY_MS, HOUR_MS, frozen, now_ms
from guanxi.kernel.errors import Conflict, GuanxiError, Invalid, Limit, NotFound
from guanxi.platform import jobs
from guanxi.platform.actors import Actor
from guanxi.platform.models import AuditEntry, Brand, Job
from guanxi.platform.roles import Permission
from guanxi.touchpoints.models import Touchpoint
from tests.customers.world import brand, customer_of, resolved, seen

ANA = Actor("user:7", frozenset(Permission))
BEN = Actor("user:8", frozenset(Permission))
Rows = list[tuple[Any, ...]]


def some(count: int = 6) -> tuple[Brand, list[int]]:
    """A brand with the tag vip and so many customers."""
    number = brand()
    resolved(number, *(seen(f"tmall:c{at}") for at in range(count)))
    attributes.define_tag(number, "vip", label="贵宾", actor="cli")
    people = Subject.objects.filter(brand_id=number).order_by("pk").values_list("customer_id", flat=True)
    return Brand.objects.get(pk=number), list(people)


def taggings() -> Rows:
    """What is on whom, since when and by whom; whatever the rows' numbers."""
    return sorted(Tagging.objects.values_list("tag_id", "subject_id", "source", "actor", "at_ms"))


def done(owner: Brand, verb: str, ids: list[int], actor: Actor = ANA) -> Bulk:
    looked = services.preview(owner, verb, "vip", Chosen(ids=ids), actor)
    return services.confirm(owner, looked.id, actor)


def has(owner: Brand, customer: int) -> bool:
    return "vip" in tags.tags_of_many(owner.pk, [customer])[customer]


@pytest.mark.django_db
def test_a_preview_says_in_numbers_what_happens_and_changes_nothing() -> None:
    owner, (a, b, c, d, *_others) = some()
    attributes.add_tags(owner.pk, ["vip"], [a, b], actor="cli")
    attributes.forgo_tags(owner.pk, b, ["vip"], actor="customer")
    freezing.freeze(owner.pk, c, actor="cli", reason="asked")
    before = taggings()
    looked = services.preview(owner, "add_tag", "vip", Chosen(ids=[a, b, c, d, 999_999]), ANA)
    assert looked.counts == Counts(fresh=1, same=1, refused=1, frozen=1, unknown=1)
    assert (looked.state, looked.label) == (State.PREVIEWED, "贵宾")
    assert taggings() == before
    confirmed = services.confirm(owner, looked.id, ANA)
    assert (confirmed.state, confirmed.changed) == (State.DONE, 1)
    assert [has(owner, one) for one in (a, b, c, d)] == [True, False, False, True]
    off = services.preview(owner, "remove_tag", "vip", Chosen(ids=[a, b, c, d]), ANA)
    assert off.counts == Counts(fresh=2, same=1, frozen=1)


@pytest.mark.django_db
def test_confirmed_or_undone_twice_it_is_done_once_and_told() -> None:
    owner, people = some()
    looked = services.preview(owner, "add_tag", "vip", Chosen(ids=people), ANA)
    with pytest.raises(NotFound):
        services.confirm(owner, looked.id, BEN)
    assert services.confirm(owner, looked.id, ANA) == services.confirm(owner, looked.id, ANA)
    assert Touchpoint.objects.filter(kind="tag.added").count() == len(people)
    assert services.undo(owner, looked.id, BEN).restored == len(people)
    assert services.undo(owner, looked.id, ANA).state is State.UNDONE
    assert services.confirm(owner, looked.id, ANA).state is State.UNDONE
    assert taggings() == []
    assert Touchpoint.objects.filter(kind="tag.removed", live=False).count() == len(people)
    actions = AuditEntry.objects.filter(object_kind="bulk action").order_by("pk")
    assert list(actions.values_list("action", "actor")) == [
        ("bulk.confirmed", "user:7"),
        ("bulk.undone", "user:8"),
    ]


@pytest.mark.django_db
def test_what_is_taken_off_comes_back_as_it_was() -> None:
    owner, (a, b, c, *_others) = some()
    attributes.take_recorded_tags(owner.pk, [(a, ["vip"])], actor="import:3")
    attributes.add_tags(owner.pk, ["vip"], [b, c], actor="user:1")
    before = taggings()
    off = done(owner, "remove_tag", [a, b, c])
    assert taggings() == []
    services.undo(owner, off.id, ANA)
    assert taggings() == before


@pytest.mark.django_db
def test_an_undo_leaves_what_others_changed_since() -> None:
    owner, (a, b, c, d, e, _f) = some()
    on = done(owner, "add_tag", [a, b, c])
    attributes.remove_tags(owner.pk, ["vip"], [a], actor="cli")
    attributes.remove_tags(owner.pk, ["vip"], [b], actor="cli")
    attributes.add_tags(owner.pk, ["vip"], [b], actor="cli")  # by somebody else now
    assert services.undo(owner, on.id, ANA).restored == 1
    assert [has(owner, one) for one in (a, b, c)] == [False, True, False]

    attributes.add_tags(owner.pk, ["vip"], [c, d, e], actor="cli")
    off = done(owner, "remove_tag", [c, d, e])
    attributes.take_recorded_tags(owner.pk, [(c, ["vip"])], actor="import:1")
    attributes.remove_tags(owner.pk, ["vip"], [c], actor="cli")  # came and went
    attributes.add_tags(owner.pk, ["vip"], [d], actor="cli")
    attributes.forgo_tags(owner.pk, d, ["vip"], actor="customer")
    assert services.undo(owner, off.id, ANA).restored == 1
    assert [has(owner, one) for one in (c, d, e)] == [False, False, True]


@pytest.mark.django_db
def test_an_undo_finds_its_customers_through_merge_and_unmerge() -> None:
    owner, (a, b, c, *_others) = some()
    attributes.add_tags(owner.pk, ["vip"], [b], actor="cli")
    on = done(owner, "add_tag", [a, c])
    attributes.merge(owner.pk, [a, b], actor="cli", reason="the same")
    services.undo(owner, on.id, ANA)
    assert has(owner, customer_of(owner.pk, "tmall:c0"))  # b had it before
    assert Touchpoint.objects.filter(kind="tag.removed").count() == 1
    attributes.unmerge(owner.pk, a, [b], actor="cli", reason="two")
    assert [has(owner, one) for one in (a, b, c)] == [False, True, False]


@pytest.mark.django_db
def test_many_are_done_by_the_worker_which_may_die_between_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    owner, people = some(7)
    monkeypatch.setattr(services, "AT_ONCE", 2)
    monkeypatch.setattr(services, "PART", 3)
    on = done(owner, "add_tag", people)
    assert (on.state, on.changed) == (State.RUNNING, 0)
    real, calls = doing.do, [0]

    def dying(*given: Any) -> int:
        calls[0] += 1
        changed = real(*given)
        if calls[0] == 2:
            raise KeyboardInterrupt  # what it did in this part is not committed
        return changed

    monkeypatch.setattr(doing, "do", dying)
    claimed = jobs.claim("one")
    assert claimed
    with pytest.raises(KeyboardInterrupt):
        jobs.perform(claimed)
    assert (len(taggings()), BulkAction.objects.get(pk=on.id).position) == (3, 3)
    jobs.take_back(claimed.job_id, claimed.attempt)
    jobs.run_queued()
    row = BulkAction.objects.get(pk=on.id)
    assert (row.state, row.changed, row.ids) == (State.DONE, 7, "")
    assert Touchpoint.objects.filter(kind="tag.added").count() == 7

    assert services.undo(owner, on.id, ANA).state is State.UNDOING
    assert services.undo(owner, on.id, BEN).state is State.UNDOING
    assert Job.objects.filter(kind=services.KIND, state="queued").count() == 1
    jobs.run_queued()
    assert BulkAction.objects.get(pk=on.id).restored == 7
    assert taggings() == []


@pytest.mark.django_db
def test_an_undo_stops_what_is_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    owner, people = some(7)
    monkeypatch.setattr(services, "AT_ONCE", 2)
    monkeypatch.setattr(services, "PART", 3)
    on = done(owner, "add_tag", people)
    assert services._step(on.id)
    services.undo(owner, on.id, ANA)
    assert not services._step(on.id)  # the worker that was on it finds nothing more to do
    jobs.run_queued()
    row = BulkAction.objects.get(pk=on.id)
    assert (row.state, row.changed, row.restored) == (State.UNDONE, 3, 3)
    assert taggings() == []


@pytest.mark.django_db
def test_a_tag_that_a_rule_took_over_stops_it_with_words(monkeypatch: pytest.MonkeyPatch) -> None:
    owner, people = some(4)
    monkeypatch.setattr(services, "AT_ONCE", 2)
    monkeypatch.setattr(services, "PART", 3)
    on = done(owner, "add_tag", people)
    services._step(on.id)
    attributes.define_tag(owner.pk, "vip", origin=Origin.RULE, actor="cli")
    jobs.run_queued()
    row = BulkAction.objects.get(pk=on.id)
    assert (row.state, row.changed) == (State.STOPPED, 3)
    assert "kept by a rule" in row.error


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("verb", "tag", "chosen", "error"),
    [
        ("paint", "vip", Chosen(ids=[1]), Invalid),
        ("add_tag", "' OR 1=1 --", Chosen(ids=[1]), NotFound),
        ("add_tag", "\u202e<script>", Chosen(ids=[1]), NotFound),
        ("add_tag", "old", Chosen(ids=[1]), Conflict),
        ("remove_tag", "kept", Chosen(ids=[1]), Conflict),
        ("add_tag", "vip", Chosen(ids=[]), Invalid),
        ("add_tag", "vip", Chosen("nonsense"), NotFound),
        ("add_tag", "vip", Chosen("customers", {"tag": "nobody has this"}), Invalid),
        ("add_tag", "vip", Chosen("customers", {}), Limit),
    ],
)
def test_what_cannot_be_done_is_refused_before(
    verb: str, tag: str, chosen: Chosen, error: type[GuanxiError], monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, _people = some()
    monkeypatch.setattr(services, "MOST", 5)
    attributes.define_tag(owner.pk, "old", archived=True, actor="cli")
    attributes.define_tag(owner.pk, "kept", origin=Origin.RULE, actor="cli")
    with pytest.raises(error):
        services.preview(owner, verb, tag, chosen, ANA)
    assert not BulkAction.objects.exists()


@pytest.mark.django_db
def test_previews_last_an_hour_and_undo_a_day() -> None:
    owner, people = some()
    at = now_ms()
    old = services.preview(owner, "add_tag", "vip", Chosen(ids=people), ANA)
    on = done(owner, "add_tag", people[:2])
    with frozen(at + HOUR_MS + 60_000):
        with pytest.raises(Conflict):
            services.confirm(owner, old.id, ANA)
        assert services.forget() == {"actions": 1}
    with frozen(at + DAY_MS + 60_000):
        with pytest.raises(Conflict):
            services.undo(owner, on.id, ANA)
        assert services.forget() == {"actions": 1}
    assert not BulkChange.objects.exists()
    assert len(taggings()) == 2


@pytest.mark.django_db
def test_nothing_is_kept_or_done_of_somebody_erased_meanwhile() -> None:
    owner, people = some()
    on = done(owner, "add_tag", people[:3])
    waiting = services.preview(owner, "add_tag", "vip", Chosen(ids=people), ANA)
    gone = people[4]
    for person in (Person(owner.pk, people[0], [people[0]]), Person(owner.pk, gone, [gone])):
        ERASERS["bulk_changes"].erase(person)
    assert set(BulkChange.objects.values_list("subject_id", flat=True)) == set(people[1:3])
    services.confirm(owner, waiting.id, ANA)
    assert not has(owner, gone)
    services.undo(owner, on.id, ANA)
    assert [has(owner, one) for one in people] == [True, False, False, True, False, True]


PEOPLE = 5
sets = st.sets(st.integers(0, PEOPLE - 1), min_size=1)
steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["bulk on", "bulk off", "on", "off"]), sets),
        st.tuples(st.just("undo"), st.integers(0, 5)),
    ),
    max_size=14,
)


class TestUndo(TestCase):
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(steps)
    def test_it_takes_back_what_nobody_changed_since(self, story: list[tuple[str, Any]]) -> None:
        """Each customer's changes are a pile; an undo takes its own off where that lies on top."""
        owner, people = some(PEOPLE)
        piles: list[list[int]] = [[] for _one in people]  # 0: by hand
        tagged = [False] * PEOPLE
        made: list[int] = []
        for what, given_ in story:
            if what == "undo":
                if given_ >= len(made):
                    continue
                services.undo(owner, made[given_], ANA)
                for at, pile in enumerate(piles):
                    if pile and pile[-1] == made[given_]:
                        pile.pop()
                        tagged[at] = not tagged[at]
            else:
                ids = [people[at] for at in given_]
                on, number = what.endswith("on"), 0
                if what.startswith("bulk"):
                    number = done(owner, "add_tag" if on else "remove_tag", ids).id
                    made.append(number)
                elif on:
                    attributes.add_tags(owner.pk, ["vip"], ids, actor="cli")
                else:
                    attributes.remove_tags(owner.pk, ["vip"], ids, actor="cli")
                for at in given_:
                    if tagged[at] != on:
                        tagged[at] = on
                        piles[at].append(number)
            assert [has(owner, one) for one in people] == tagged
