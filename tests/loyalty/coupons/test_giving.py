"""Coupons for a segment: to as many as were seen; nobody gets two, whatever is killed or pressed twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client

from guanxi.customers.services import merge
from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.loyalty.coupons import booking, giving, services
from guanxi.loyalty.coupons.contracts import State
from guanxi.loyalty.coupons.models import Coupon, CouponCampaign, CouponGiving
from guanxi.platform import jobs, people
from guanxi.platform.contracts import Role
from guanxi.platform.models import AuditEntry, Brand
from guanxi.segments import services as segments
from guanxi.segments.models import Membership, Segment
from tests.dying import die
from tests.loyalty.coupons.conftest import Counter
from tests.loyalty.rewards.test_crowds import DEADLY, LOADED

PASSWORD = "a long and odd sentence"


class Crowd(Counter):
    """The counter, with a segment of so many customers."""

    def segment(self, many: int) -> int:
        number = segments.create(self.brand, "Crowd <b>", {"version": 1, "all": []}, actor="test")
        for _ in range(many):
            self.joins(number, self.customer().customer_id)
        return number

    def joins(self, segment: int, customer: int) -> None:
        Membership.objects.create(segment_id=segment, customer_id=customer, since_ms=now_ms())
        size = Membership.objects.filter(segment_id=segment).count()
        Segment.objects.filter(pk=segment).update(size=size)

    def give(self, campaign: CouponCampaign, segment: int, seen: int, key: str = "k") -> CouponGiving:
        return giving.give(self.brand, campaign.pk, segment, key=key, seen=seen, actor="test")

    def each_has_one(self, many: int) -> None:
        subjects = list(Coupon.objects.values_list("subject_id", flat=True))
        assert len(subjects) == len(set(subjects)) == many
        self.proven()


@pytest.fixture
def crowd(transactional_db: None) -> Crowd:
    return Crowd()


def test_everybody_of_a_segment_gets_one(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(giving, "PART", 2)
    campaign, segment = crowd.campaign(), crowd.segment(5)
    assert giving.preview(crowd.brand, campaign.pk, segment) == (5, 5, 0, 0, 5_000)
    row = crowd.give(campaign, segment, 5)
    assert crowd.give(campaign, segment, 5).pk == row.pk
    crowd.joins(segment, crowd.customer().customer_id)  # who comes later is more than was confirmed
    jobs.run_queued()
    row.refresh_from_db()
    assert (row.issued, row.skipped, row.stopped, bool(row.ended_ms)) == (5, 0, "", True)
    giving.run(crowd.brand, row.pk)
    with pytest.raises(Conflict):
        giving.go_on(crowd.brand.pk, row.pk, actor="test")
    crowd.each_has_one(5)
    entry = AuditEntry.objects.get(action="coupon.given_to_segment")
    assert (entry.detail["units_count"], entry.detail["most_fen"]) == (5, 5_000)


def test_what_is_seen_is_what_it_comes_to(crowd: Crowd) -> None:
    segment = crowd.segment(4)
    per_cent = crowd.campaign(kind="percent", percent=10, off_fen=0)
    assert giving.preview(crowd.brand, per_cent.pk, segment).most_fen is None
    few = crowd.campaign(stock=3, per_customer=1, kind="percent", percent=10, off_fen=0, cap_fen=700)
    one = Membership.objects.filter(segment_id=segment).order_by("customer_id").first()
    assert one is not None
    crowd.issue(few, crowd.who(one.customer_id))
    assert giving.preview(crowd.brand, few.pk, segment) == (4, 2, 1, 1, 1_400)
    with pytest.raises(Conflict) as refused:
        crowd.give(few, segment, 1)
    assert refused.value.data["reason"] == "more"
    row = giving.run(crowd.brand, crowd.give(few, segment, 2).pk)
    assert (row.wanted, row.issued, row.skipped, bool(row.ended_ms)) == (2, 2, 1, True)
    crowd.each_has_one(3)
    with pytest.raises(Invalid):
        crowd.give(few, segment, 5, key="again")
    with pytest.raises(Conflict):
        crowd.give(per_cent, segment, 5)
    with pytest.raises(NotFound):
        giving.preview(crowd.brand, few.pk, 0)


def test_it_rests_where_it_cannot_go_on_and_goes_on_there(crowd: Crowd) -> None:
    segment, campaign = crowd.segment(4), crowd.campaign(stock=4)
    row = crowd.give(campaign, segment, 4)
    crowd.issue(campaign, crowd.customer("somebody"))
    assert (giving.run(crowd.brand, row.pk).stopped, CouponGiving.objects.get().issued) == ("stock", 3)
    services.add_stock(crowd.brand.pk, campaign.pk, 9, key="more", actor="test")
    campaign = services.set_state(crowd.brand.pk, campaign.pk, campaign.version, State.PAUSED, actor="test")
    giving.go_on(crowd.brand.pk, row.pk, actor="test")
    assert giving.run(crowd.brand, row.pk).stopped == "campaign"
    services.set_state(crowd.brand.pk, campaign.pk, campaign.version, State.ACTIVE, actor="test")
    giving.go_on(crowd.brand.pk, row.pk, actor="test")
    jobs.run_queued()
    row.refresh_from_db()
    assert (row.issued, row.stopped, bool(row.ended_ms)) == (4, "", True)
    assert booking.left(crowd.brand.pk, [campaign])[campaign.code] == 8
    crowd.each_has_one(5)


def test_two_that_turn_out_to_be_one_get_one(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(giving, "PART", 1)
    segment, campaign = crowd.segment(2), crowd.campaign()
    ids = list(Membership.objects.order_by("customer_id").values_list("customer_id", flat=True))
    row = crowd.give(campaign, segment, 2)

    def stop(done: int, total: int) -> None:
        raise jobs.JobStopped

    with pytest.raises(jobs.JobStopped):
        giving.run(crowd.brand, row.pk, stop)
    merge(crowd.brand.pk, ids, actor="test")
    Membership.objects.all().delete()
    crowd.joins(segment, ids[1])  # whichever number the two have now
    assert bool(giving.run(crowd.brand, row.pk).ended_ms)
    assert Coupon.objects.count() == 1


@pytest.mark.heavy
def test_eight_workers_and_eight_presses(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(giving, "PART", 2)
    segment, campaign = crowd.segment(9), crowd.campaign(stock=9)
    ready = Barrier(8)

    def one(_number: int) -> None:
        try:
            connection.ensure_connection()
            ready.wait()
            giving.run(crowd.brand, crowd.give(campaign, segment, 9).pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(8)))
    assert CouponGiving.objects.get().issued == 9
    crowd.each_has_one(9)


def whole_story(key: str, segment: int) -> None:
    brand = Brand.objects.get(slug="lanhua")
    row = CouponGiving.objects.get(key="k")
    giving.PART = 2  # type: ignore[misc]
    giving.run(brand, row.pk)


@pytest.mark.heavy
def test_killed_between_any_two_statements(crowd: Crowd, tmp_path: Path) -> None:
    segment, mark = crowd.segment(3), tmp_path / "done"
    crowd.give(crowd.campaign(stock=3), segment, 3)
    loaded = LOADED.replace("tests.loyalty.rewards.test_crowds", "tests.loyalty.coupons.test_giving")
    for place in count(1, 6):
        die(loaded, DEADLY, place, mark, segment)
        crowd.each_has_one(CouponGiving.objects.get().issued)
        if mark.exists():
            break
    crowd.each_has_one(3)
    assert place > 6


def test_a_page_shows_what_it_comes_to_and_gives_once(crowd: Crowd) -> None:
    campaign, segment = crowd.campaign(name="春<b>"), crowd.segment(3)
    user = people.create_user("wang", PASSWORD, language="en", actor="cli")
    people.add_membership(user.pk, crowd.brand.pk, Role.OWNER, actor="cli")
    client = Client()
    client.post("/signin", {"username": "wang", "password": PASSWORD})
    assert "Give to a segment" in client.get(f"/loyalty/coupons/{campaign.pk}").content.decode()
    page = client.get(f"/loyalty/coupons/{campaign.pk}/give?segment={segment}").content.decode()
    assert "¥30.00" in page
    assert "Crowd &lt;b&gt;" in page
    assert "Give 3 coupons" in page
    told = {"segment": str(segment), "seen": "3", "key": "f"}
    for _ in range(2):
        assert client.post(f"/loyalty/coupons/{campaign.pk}/give/do", told).status_code == 302
    assert (
        client.post(f"/loyalty/coupons/{campaign.pk}/give/do", told | {"seen": "1", "key": "g"}).status_code
        == 409
    )
    assert "At work" in client.get(f"/loyalty/coupons/{campaign.pk}").content.decode()
    jobs.run_queued()
    assert "3 / 3" in client.get(f"/loyalty/coupons/{campaign.pk}").content.decode()
    crowd.each_has_one(3)
