"""States follow the lake: what is kept, what is told, and what a merge or other rules do to it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guanxi.customers import services as customers
from guanxi.economics.models import CustomerState, StateProgress
from guanxi.economics.states import jobs as state_jobs
from guanxi.economics.states import queries, rules
from guanxi.economics.states.contracts import Kept, State
from guanxi.economics.states.deciding import steps
from guanxi.economics.states.refreshing import is_behind, refresh
from guanxi.kernel.clock import frozen, now_ms
from guanxi.kernel.errors import Invalid
from guanxi.platform import jobs
from guanxi.platform.models import Brand
from guanxi.segments import queries as segment_queries
from guanxi.segments.refreshing import refresh as refresh_segments
from guanxi.touchpoints.contracts import Mode
from guanxi.touchpoints.models import Touchpoint
from guanxi.warehouse import services as lake
from tests.economics.states.world import EVER, SIMPLE, buys, look, since, states, told
from tests.segments.live.brand import DAY, NOW, does, follow, make, segment, work

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def simple(brand: Brand) -> Brand:
    rules.choose(brand.pk, SIMPLE, version=0, actor="cli")
    return brand


def test_the_first_state_is_silent_and_a_change_is_told_with_it(simple: Brand) -> None:
    lei, mei = buys(simple, "lei", 9), does(simple, "mei", "code.scanned")
    first = look(simple)
    assert (first.customers, first.first, first.changed) == (2, 2, 0)
    assert states(simple) == {lei: "active", mei: "none"}
    assert told(simple) == []
    with frozen(NOW + DAY):
        buys(simple, "lei", 0)
        buys(simple, "mei", 0)
        second = look(simple)
    assert (second.first, second.changed) == (0, 2)
    assert states(simple) == {lei: "loyal", mei: "active"}
    assert told(simple) == [(lei, "active", "loyal"), (mei, "none", "active")]
    assert (since(lei), since(mei)) == (NOW + DAY, NOW + DAY)
    rows = Touchpoint.objects.filter(kind="state.changed")
    assert set(rows.values_list("live", flat=True)) == {True}
    assert queries.standing(simple.pk).counts[State.LOYAL] == 1


def test_a_retry_changes_nothing(simple: Brand) -> None:
    lei = buys(simple, "lei", 9)
    look(simple)
    buys(simple, "lei", 0)
    look(simple)
    before = list(CustomerState.objects.values()), Touchpoint.objects.count()
    revision = StateProgress.objects.get().revision
    with frozen(NOW + 1):
        for _ in range(2):
            again = look(simple)
            assert (again.first, again.changed, again.inherited) == (0, 0, 0)
    assert (list(CustomerState.objects.values()), Touchpoint.objects.count()) == before
    assert StateProgress.objects.get().revision == revision
    assert told(simple) == [(lei, "active", "loyal")]


def test_the_worker_refreshes_after_a_sync_and_on_a_new_day(brand: Brand) -> None:
    lei = buys(brand, "lei", 50)
    assert not is_behind(brand)
    lake.sync(brand)
    assert is_behind(brand)
    work()
    assert states(brand) == {lei: "new"}
    lake.sync(brand)
    work()
    state_jobs.plan()
    assert jobs.run_queued() == 0
    with frozen(NOW + 20 * DAY):
        state_jobs.plan()
        work()
        assert states(brand) == {lei: "active"}
        assert told(brand) == [(lei, "new", "active")]


def test_imported_history_sets_nothing_going(simple: Brand) -> None:
    buys(simple, "lei", 9)
    look(simple)
    with frozen(NOW + DAY):
        look(simple)
    with frozen(NOW + 2 * DAY):
        buys(simple, "lei", 5, mode=Mode.BACKFILL)
        look(simple)
    assert not Touchpoint.objects.get(kind="state.changed").live
    assert queries.standing(simple.pk).refreshed_ms == NOW + 2 * DAY


def test_other_rules_relabel_and_set_nothing_going(simple: Brand) -> None:
    lei = buys(simple, "lei", 9)
    look(simple)
    rules.choose(simple.pk, [{"state": "advocate", "condition": EVER}], version=1, actor="cli")
    assert is_behind(simple)
    work()
    assert told(simple) == [(lei, "active", "advocate")]
    fact = Touchpoint.objects.get(kind="state.changed")
    assert not fact.live
    assert '"relabelled":true' in fact.payload
    assert queries.profile(simple, lei).rules_version == 2


def test_nobody_changes_by_a_merge_into_a_state_that_one_side_was_in(simple: Brand) -> None:
    lei, mei = buys(simple, "lei", 9), buys(simple, "mei", 9, 8)
    look(simple)
    with frozen(NOW + DAY):
        customers.merge(simple.pk, [lei, mei], actor="user:1", reason="the same")
        done = look(simple)
    (stays,) = states(simple)
    assert (done.changed, done.inherited) == (0, int(stays == lei))
    assert states(simple)[stays] == "loyal"
    assert since(stays) == NOW
    assert told(simple) == []


def test_a_merge_that_makes_a_new_state_is_a_change_and_an_unmerge_finds_it(simple: Brand) -> None:
    lei, mei = buys(simple, "lei", 9), buys(simple, "mei", 9)
    look(simple)
    customers.merge(simple.pk, [lei, mei], actor="user:1", reason="the same")
    look(simple)
    stays = min(lei, mei)
    assert states(simple) == {stays: "loyal"}
    assert told(simple) == [(stays, "active", "loyal")]
    other = max(lei, mei)
    customers.unmerge(simple.pk, stays, [other], actor="user:1", reason="two people")
    look(simple)
    assert states(simple) == {stays: "active", other: "active"}
    assert told(simple)[1:] == [(stays, "loyal", "active")]


def test_a_customer_merged_since_the_sync_is_left_alone(simple: Brand) -> None:
    lei, mei = buys(simple, "lei", 9), buys(simple, "mei", 9)
    lake.sync(simple)
    customers.merge(simple.pk, [lei, mei], actor="user:1", reason="the same")
    refresh(simple)
    assert states(simple) == {min(lei, mei): "active"}
    look(simple)
    assert told(simple) == [(min(lei, mei), "active", "loyal")]


def test_another_brands_customers_are_another_brands(simple: Brand) -> None:
    other = make("other")
    lei, theirs = buys(simple, "lei", 9), buys(other, "lei", 400)
    look(simple)
    look(other)
    assert (states(simple), states(other)) == ({lei: "active"}, {theirs: "churned"})


def test_segments_follow_states(simple: Brand) -> None:
    lei, mei = buys(simple, "lei", 9), buys(simple, "mei", 9)
    look(simple)
    number = segment(simple, "loyal", {"leaf": "state.is", "among": ["loyal", "advocate"]})
    assert segment_queries.members(simple, number).customer_ids == []
    buys(simple, "lei", 0)
    look(simple)
    follow(simple)
    assert segment_queries.members(simple, number).customer_ids == [lei]
    assert refresh_segments(simple).drift == 0
    detail = segment_queries.detail(simple, number)
    assert detail.sentence_en == "is in the state “Loyal customer” or “Advocate”"
    assert mei not in segment_queries.members(simple, number).customer_ids


LEAVES = st.sampled_from(
    [
        {"leaf": "value.frequency", "at_least": 1},
        {"leaf": "value.frequency", "at_least": 3},
        {"leaf": "value.recency", "at_least_days": 30},
        {"leaf": "value.recency", "at_most_days": 100},
        {"leaf": "value.monetary", "at_least": 250},
        {"leaf": "behaviour.did", "kinds": ["order.refunded"]},
    ]
)
SETS = st.lists(LEAVES, min_size=1, max_size=6, unique_by=str).flatmap(
    lambda leaves: st.permutations([one for one in State if one is not State.NONE]).map(
        lambda order: [
            {"state": state.value, "condition": leaf} for state, leaf in zip(order, leaves, strict=False)
        ]
    )
)
HISTORIES = st.lists(st.lists(st.integers(1, 500), max_size=4), min_size=1, max_size=6)


def plainly(leaf: dict[str, Any], days: list[int], refunded: bool) -> bool:
    """Whether a condition holds of who bought so many days ago for 100 each, and gave 50 back or not."""
    match leaf["leaf"]:
        case "value.frequency":
            return len(days) >= int(leaf["at_least"])
        case "value.recency" if "at_least_days" in leaf:
            return bool(days) and min(days) >= leaf["at_least_days"]
        case "value.recency":
            return bool(days) and min(days) < leaf["at_most_days"]
        case "value.monetary":
            return 100 * len(days) - 50 * refunded >= int(leaf["at_least"])
    return refunded


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(SETS, HISTORIES, st.data())
def test_the_first_rule_that_holds_counts(
    transactional_db: None, sets: list[dict[str, Any]], histories: list[list[int]], data: st.DataObject
) -> None:
    brand = make(f"b{Brand.objects.count()}")
    try:
        rules.choose(brand.pk, sets, version=0, actor="cli")
    except Invalid:
        return  # a rule that nobody can reach
    expected = {}
    for number, days in enumerate(histories):
        refunded = bool(days) and data.draw(st.booleans())
        who = f"p{number}"
        customer = buys(brand, who, *days) if days else does(brand, who, "code.scanned")
        if refunded:
            does(brand, who, "order.refunded", at_ms=now_ms() - min(days) * DAY, amount_fen=50)
        names = [one["state"] for one in sets if plainly(one["condition"], days, refunded)]
        expected[customer] = names[0] if names else "none"
    look(brand)
    assert states(brand) == expected


def test_steps_are_what_differs() -> None:
    kept = {1: Kept(State.NEW, 5), 2: Kept(State.NEW, 6)}
    found = {1: State.NEW, 2: State.LOYAL, 3: State.ACTIVE, 4: State.LOYAL, 5: State.LOYAL}
    absorbed = {4: [Kept(State.LOYAL, 3), Kept(State.NEW, 8)], 5: [Kept(State.NEW, 7)]}
    made = {step.customer_id: step for step in steps(found, kept, absorbed, 9)}
    assert made.keys() == {2, 3, 4, 5}
    assert [made[one].is_told for one in (2, 3, 4, 5)] == [True, False, False, True]
    assert [made[one].since_ms for one in (2, 3, 4, 5)] == [9, 9, 3, 9]


def test_the_day_is_part_of_what_states_rest_on(brand: Brand) -> None:
    buys(brand, "lei", 9)
    look(brand)
    lake.sync(brand)
    refresh(brand)
    assert not is_behind(brand)
    with frozen(NOW + DAY):
        assert is_behind(brand)
