"""Membership follows the customer: touchpoints, time, merges; and a full refresh finds nothing else."""

from __future__ import annotations

import pytest

from guanxi.customers.consent import ledger, texts
from guanxi.customers.consent.contracts import Statement
from guanxi.customers.services import merge, unmerge
from guanxi.kernel.clock import frozen
from guanxi.platform.models import Brand
from guanxi.segments import following, membership, services
from guanxi.segments.models import CustomerDue, Membership, Progress, Segment
from guanxi.segments.refreshing import refresh
from guanxi.touchpoints.contracts import Mode
from guanxi.touchpoints.models import Touchpoint
from tests.segments.live.brand import (
    BUYERS,
    DAY,
    NOW,
    RECENT,
    SCANNERS,
    does,
    follow,
    make,
    members,
    segment,
    told,
    version,
    work,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_segment_is_filled_with_those_who_are_in_it_and_nobody_is_said_to_have_entered(
    brand: Brand,
) -> None:
    lei, mei = does(brand, "lei"), does(brand, "mei")
    does(brand, "nobody", "code.scanned")
    buyers = segment(brand, "buyers", BUYERS)
    assert members(buyers) == sorted([lei, mei])
    assert told(brand) == []


def test_a_touchpoint_brings_its_customer_in_and_tells(brand: Brand) -> None:
    does(brand, "lei")
    buyers = segment(brand, "buyers", BUYERS)
    mei = does(brand, "mei")
    follow(brand)
    assert mei in members(buyers)
    assert told(brand) == [("entered", mei)]
    fact = Touchpoint.objects.get(kind="segment.entered")
    assert (fact.live, fact.payload) == (
        True,
        f'{{"segment":"buyers","segment_id":{buyers},"version":1}}',
    )
    follow(brand)
    assert refresh(brand).drift == 0
    assert told(brand) == [("entered", mei)]


def test_only_segments_that_mention_the_kind_are_asked(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    buyers, scanners = segment(brand, "buyers", BUYERS), segment(brand, "scanners", SCANNERS)
    asked: list[set[int]] = []
    from guanxi.segments import comparing

    plain = comparing.evaluate

    def watched(where: object, conditions: dict[int, object], *rest: object) -> object:
        asked.append(set(conditions))
        return plain(where, conditions, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(comparing, "evaluate", watched)
    does(brand, "lei")
    follow(brand)
    assert [one for one in asked if one not in (set(), {buyers, scanners})] == [{buyers}]
    assert members(scanners) == []


def test_time_alone_takes_a_customer_out_at_its_moment_and_not_before(brand: Brand) -> None:
    recent = segment(brand, "recent", RECENT)
    lei = does(brand, "lei", at_ms=NOW - 29 * DAY)
    follow(brand)
    assert members(recent) == [lei]
    assert CustomerDue.objects.get(pk=lei).due_ms == NOW + DAY
    with frozen(NOW + DAY - 1):
        follow(brand)
        assert members(recent) == [lei]
    with frozen(NOW + DAY):
        follow(brand)
        assert members(recent) == []
        assert not CustomerDue.objects.exists()
        assert told(brand) == [("entered", lei), ("left", lei)]


def test_a_fact_of_the_future_counts_when_it_is_time(brand: Brand) -> None:
    buyers = segment(brand, "buyers", BUYERS)
    lei = does(brand, "lei", at_ms=NOW + 60_000)
    follow(brand)
    assert members(buyers) == []
    with frozen(NOW + 60_000):
        follow(brand)
    assert members(buyers) == [lei]


def test_filling_knows_what_is_due(brand: Brand) -> None:
    lei = does(brand, "lei", at_ms=NOW - 10 * DAY)
    recent = segment(brand, "recent", RECENT)
    assert members(recent) == [lei]
    with frozen(NOW + 20 * DAY):
        follow(brand)
        assert members(recent) == []


def test_who_merges_takes_memberships_along_and_enters_nothing(brand: Brand) -> None:
    lei, mei = does(brand, "lei", at_ms=NOW - 2 * DAY), does(brand, "mei", "code.scanned")
    buyers, scanners = segment(brand, "buyers", BUYERS), segment(brand, "scanners", SCANNERS)
    frozen_one = segment(brand, "once", SCANNERS, mode="frozen")
    assert members(frozen_one) == [mei]
    merge(brand.pk, [lei, mei], actor="user:1")
    follow(brand)
    assert (members(buyers), members(scanners), members(frozen_one)) == ([lei], [lei], [lei])
    assert told(brand) == []
    assert refresh(brand).drift == 0
    unmerge(brand.pk, lei, [mei], actor="user:1")
    follow(brand)
    assert (members(buyers), members(scanners), members(frozen_one)) == ([lei], [mei], [lei, mei])
    assert told(brand) == [("left", lei)]
    assert refresh(brand).drift == 0


def test_who_leaves_by_a_merge_is_said_to_have_left(brand: Brand) -> None:
    one_order = {
        "version": 1,
        "all": [{"leaf": "behaviour.did", "kinds": ["order.paid"], "exactly": 1}],
    }
    only_once = segment(brand, "once", one_order)
    lei, mei = does(brand, "lei", "code.scanned"), does(brand, "mei")
    follow(brand)
    assert (members(only_once), told(brand)) == ([mei], [("entered", mei)])
    does(brand, "lei")
    merge(brand.pk, [lei, mei], actor="user:1")
    follow(brand)
    assert members(only_once) == []
    assert told(brand)[1:] == [("left", lei)]
    assert not Membership.objects.exists()


def test_evidence_that_makes_two_customers_one_is_followed_too(brand: Brand) -> None:
    buyers = segment(brand, "buyers", BUYERS)
    lei = does(brand, "lei", name="李雷", phone="+8613800138000")
    mei = does(brand, "mei", name="韩梅梅")
    follow(brand)
    assert members(buyers) == sorted([lei, mei])
    does(brand, "mei", name="李雷", phone="+8613800138000")
    does(brand, "mei", name="李雷", phone="+8613800138000")
    follow(brand)
    assert refresh(brand).drift == 0
    assert len(members(buyers)) == len(
        {does(brand, "lei", "code.scanned"), does(brand, "mei", "code.scanned")}
    )


def test_a_customer_merged_while_a_segment_is_evaluated(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyers = segment(brand, "buyers", BUYERS)
    lei, mei = does(brand, "lei"), does(brand, "mei")
    plain = following._evaluated
    calls = []

    def meanwhile(*given: object) -> object:
        found = plain(*given)  # type: ignore[arg-type]
        if not calls:
            calls.append(1)
            merge(brand.pk, [lei, mei], actor="user:1")
        return found

    monkeypatch.setattr(following, "_evaluated", meanwhile)
    follow(brand)
    assert members(buyers) == [lei]
    assert refresh(brand).drift == 0


def test_what_is_computed_while_somebody_else_writes_is_computed_again(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyers = segment(brand, "buyers", BUYERS)
    lei = does(brand, "lei")
    plain = following._evaluated
    calls = []

    def meanwhile(*given: object) -> object:
        found = plain(*given)  # type: ignore[arg-type]
        if not calls:
            membership.take_turn(following.progress_of(brand.pk))
        calls.append(1)
        return found

    monkeypatch.setattr(following, "_evaluated", meanwhile)
    assert following.follow(brand)
    assert len(calls) == 2
    assert (members(buyers), told(brand)) == ([lei], [("entered", lei)])


def test_history_is_followed_without_setting_anything_going(brand: Brand) -> None:
    buyers = segment(brand, "buyers", BUYERS)
    lei = does(brand, "lei", mode=Mode.BACKFILL)
    follow(brand)
    assert members(buyers) == [lei]
    assert not Touchpoint.objects.get(kind="segment.entered").live


def test_much_history_is_left_to_one_refresh(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    buyers = segment(brand, "buyers", BUYERS)
    monkeypatch.setattr(following, "MOST_HISTORY", 3)
    people = [does(brand, f"p{number}", mode=Mode.BACKFILL) for number in range(6)]
    lei = does(brand, "lei")
    follow(brand)
    assert members(buyers) == [lei]  # who acts now does not wait for the import
    progress = Progress.objects.get()
    assert progress.bulk_wanted == 1
    does(brand, "p7", mode=Mode.BACKFILL)
    follow(brand)
    work()
    assert set(members(buyers)) >= {*people, lei}
    assert len(members(buyers)) == 8
    progress.refresh_from_db()
    assert progress.bulk_done == progress.bulk_wanted
    assert Touchpoint.objects.filter(kind="segment.entered", live=True).count() == 1
    assert refresh(brand).drift == 0


def test_many_who_are_due_at_once_are_done_by_one_refresh(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    recent = segment(brand, "recent", RECENT)
    for number in range(5):
        does(brand, f"p{number}")
    follow(brand)
    monkeypatch.setattr(following, "TOO_MANY_DUE", 3)
    with frozen(NOW + 31 * DAY):
        follow(brand)
        assert len(members(recent)) == 5
        work()
        assert members(recent) == []
        left = Touchpoint.objects.filter(kind="segment.left")
        assert (left.count(), left.filter(live=True).count()) == (5, 5)
        follow(brand)
        assert refresh(brand).drift == 0


def test_drift_is_found_repaired_and_told(brand: Brand) -> None:
    buyers = segment(brand, "buyers", BUYERS)
    lei, mei = does(brand, "lei"), does(brand, "mei", "code.scanned")
    follow(brand)
    Membership.objects.filter(customer_id=lei).delete()
    Membership.objects.create(segment_id=buyers, customer_id=mei, since_ms=1)
    (found,) = refresh(brand).segments
    assert (found.drift, found.entered, found.left, found.unconfirmed) == (2, 1, 1, 0)
    assert members(buyers) == [lei]
    assert refresh(brand).drift == 0


def test_a_changed_condition_is_filled_without_a_word(brand: Brand) -> None:
    number = segment(brand, "people", BUYERS)
    lei, mei = does(brand, "lei"), does(brand, "mei", "code.scanned")
    follow(brand)
    assert members(number) == [lei]
    services.save(brand, number, version(number), condition=SCANNERS, actor="user:1")
    does(brand, "nina", "code.scanned")
    follow(brand)
    work()
    assert members(number) == [mei, mei + 1]
    assert told(brand) == [("entered", lei)]
    assert refresh(brand).drift == 0


def test_a_segment_of_segments_follows_and_is_filled_with_those_it_refers_to(brand: Brand) -> None:
    inner = segment(brand, "inner", BUYERS)
    outer = segment(brand, "outer", {"version": 1, "not": {"leaf": "segment.in", "segment": inner}})
    lei, mei = does(brand, "lei"), does(brand, "mei", "code.scanned")
    follow(brand)
    assert members(outer) == [mei]
    services.save(brand, inner, version(inner), condition=SCANNERS, actor="user:1")
    work()
    assert (members(inner), members(outer)) == ([mei], [lei])
    assert refresh(brand).drift == 0


def test_frozen_members_are_read_by_others_from_both_sides(brand: Brand) -> None:
    lei = does(brand, "lei")
    kept = segment(brand, "kept", BUYERS, mode="frozen")
    inside = {"leaf": "segment.in", "segment": kept}
    both = segment(brand, "both", {"version": 1, "all": [inside, SCANNERS["all"][0]]})
    mei = does(brand, "mei")
    does(brand, "lei", "code.scanned")
    does(brand, "mei", "code.scanned")
    follow(brand)
    assert (members(kept), members(both)) == ([lei], [lei])
    assert refresh(brand).drift == 0
    assert mei


def test_a_scheduled_segment_is_computed_at_its_hour(brand: Brand) -> None:
    from guanxi.segments import jobs

    number = segment(brand, "daily", BUYERS, mode="scheduled", hour=3)
    row = Segment.objects.get(pk=number)
    assert row.due_ms == NOW - NOW % DAY + DAY - 5 * 3_600_000  # 03:00 in Shanghai is 19:00 UTC
    lei = does(brand, "lei")
    follow(brand)
    assert members(number) == []
    with frozen(row.due_ms):
        jobs.plan()
        work()
        assert members(number) == [lei]
        assert told(brand) == [("entered", lei)]
    row.refresh_from_db()
    assert row.due_ms == NOW - NOW % DAY + 2 * DAY - 5 * 3_600_000


def test_another_brands_facts_change_nothing_here(brand: Brand) -> None:
    other = make("meihua")
    buyers, theirs = segment(brand, "buyers", BUYERS), segment(other, "buyers", BUYERS)
    mei = does(other, "mei")
    follow(brand)
    follow(other)
    assert (members(buyers), members(theirs)) == ([], [mei])


def test_without_segments_nothing_is_written(brand: Brand) -> None:
    does(brand, "lei")
    assert not following.follow(brand)
    assert not Progress.objects.exists()


def test_a_segment_follows_what_customers_agree_to_and_a_text_that_changes_its_purpose(brand: Brand) -> None:
    lei = does(brand, "lei")
    agreed = segment(brand, "agreed", {"leaf": "consent.is", "is": "given", "channels": ["sms"]})
    assert members(agreed) == []
    statement = Statement(lei, "marketing", "given", "k1", "page", "sms")
    ledger.record(brand.pk, [statement], source="test", actor="user:1")
    follow(brand)
    assert members(agreed) == [lei]
    with frozen(NOW + DAY):
        texts.publish(
            brand.pk, "marketing", {"zh": "另一件事", "en": "Else"}, changes_purpose=True, actor="u"
        )
        work()
        assert members(agreed) == []
        again = statement._replace(key="k2", text_version=1)
        ledger.record(brand.pk, [again], source="test", actor="user:1")
        follow(brand)
        assert members(agreed) == [lei]
        ledger.record(
            brand.pk, [again._replace(key="k3", said="withdrawn", channel="")], source="test", actor="user:1"
        )
        follow(brand)
        assert members(agreed) == []
        assert told(brand) == [("entered", lei), ("left", lei), ("entered", lei), ("left", lei)]
