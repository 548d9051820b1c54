"""Everybody of a sandbox goes, the programme stays, and a real brand is never emptied."""

from __future__ import annotations

import pytest

from guanxi.customers.models import Customer
from guanxi.customers.rights import emptying as people
from guanxi.customers.rights.models import RightsRequest, Tombstone
from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Conflict, Invalid
from guanxi.loyalty.coupons.models import Coupon, CouponCampaign
from guanxi.loyalty.ledger import assets
from guanxi.loyalty.member.models import MemberPhone
from guanxi.loyalty.sandbox import emptying, filling
from guanxi.platform import jobs
from guanxi.platform.actors import COMMAND_LINE
from guanxi.platform.models import Brand, Job, VaultBox

CLI = COMMAND_LINE


def test_people_go_and_the_programme_stays(sandbox: Brand) -> None:
    filling.fill(sandbox, actor=CLI)
    assert emptying.empty(sandbox, actor=CLI) == 5
    for model in (Customer, Tombstone, RightsRequest, MemberPhone):
        assert not model._default_manager.filter(brand_id=sandbox.pk).exists(), model
    assert not VaultBox.objects.exists()
    assert not Coupon.objects.filter(subject_id__gt=0).exists()  # what is left is nobody's, and has ended
    assert not Coupon.objects.filter(expires_ms__gt=now_ms()).exists()
    assert filling.known(sandbox) == []
    assert CouponCampaign.objects.get(brand_id=sandbox.pk).code == filling.CAMPAIGN
    held = assets.totals(sandbox.pk)[assets.find(sandbox.pk, "points").id]
    assert (held.held, held.issued) == (0, 0)
    assert emptying.empty(sandbox, actor=CLI) == 0


def test_it_is_filled_again_as_the_first_time(sandbox: Brand) -> None:
    before = filling.fill(sandbox, actor=CLI)
    emptying.empty(sandbox, actor=CLI)
    after = filling.fill(sandbox, actor=CLI)
    assert [(one.phone, one.points, bool(one.coupon)) for one in after] == [
        (one.phone, one.points, bool(one.coupon)) for one in before
    ]
    assert not {one.customer_id for one in after} & {one.customer_id for one in before}


def test_killed_halfway_it_goes_on(sandbox: Brand) -> None:
    filling.fill(sandbox, actor=CLI)

    def advance(done: int, _total: int) -> None:
        if done == 2:
            raise jobs.JobStopped

    with pytest.raises(jobs.JobStopped):
        emptying.empty(sandbox, actor=CLI, advance=advance)
    assert people.count(sandbox) == 3
    assert emptying.empty(sandbox, actor=CLI) == 3


def test_no_real_brand_is_emptied_by_any_door(real: Brand, sandbox: Brand) -> None:
    filling.fill(sandbox, actor=CLI)
    Customer.objects.filter(brand_id=sandbox.pk).update(brand_id=real.pk)
    (one, *_others) = people.some(real, 1)
    real.sandbox = True  # not saved: the database is asked
    for door in (
        lambda: emptying.empty(real, actor=CLI),
        lambda: emptying.soon(real, real.slug, actor=CLI),
        lambda: people.erase(real, one, actor=CLI),
        lambda: people.forget(real),
    ):
        with pytest.raises(Conflict, match="real brand"):
            door()
    assert people.count(real) == 5
    assert not Job.objects.filter(kind=emptying.KIND).exists()


def test_another_brands_people_stay(sandbox: Brand) -> None:
    second = Brand.objects.create(slug="second", name="Second", sandbox=True)
    for brand in (sandbox, second):
        filling.fill(brand, actor=CLI)
    known = filling.known(second)
    emptying.empty(sandbox, actor=CLI)
    assert filling.known(second) == known


def test_it_is_confirmed_by_its_short_name_and_done_by_the_worker_once(sandbox: Brand) -> None:
    filling.fill(sandbox, actor=CLI)
    with pytest.raises(Invalid):
        emptying.soon(sandbox, "lanhua", actor=CLI)
    number = emptying.soon(sandbox, " Lanhua-Sandbox ", actor=CLI)
    assert emptying.soon(sandbox, sandbox.slug, actor=CLI) == number
    assert emptying.is_under_way(sandbox)
    Job.objects.filter(pk=number).update(state="running", attempts=1)
    told = emptying.run(jobs.JobContext(number, 1, sandbox.pk, {"actor": "user:1"}))
    assert told == {"customers": 5}
