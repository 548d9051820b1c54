"""Five made members, once, in a sandbox alone."""

from __future__ import annotations

import pytest

from guanxi.customers.models import Customer
from guanxi.kernel.errors import Conflict
from guanxi.loyalty.coupons.models import Coupon
from guanxi.loyalty.ledger.models import Posting
from guanxi.loyalty.sandbox import filling
from guanxi.platform.actors import COMMAND_LINE
from guanxi.platform.models import AuditEntry, Brand
from guanxi.touchpoints.models import Touchpoint


def test_five_members_with_points_a_coupon_and_an_order(sandbox: Brand) -> None:
    found = filling.fill(sandbox, actor=COMMAND_LINE)
    assert [one.name for one in found] == [one.name for one in filling.MADE]
    assert len({one.number for one in found}) == len({one.coupon for one in found}) == 5
    assert all(one.points == filling.UNITS and len(one.number) == 12 and one.coupon for one in found)
    paid = Touchpoint.objects.filter(brand_id=sandbox.pk, kind="order.paid")
    assert set(paid.values_list("amount_fen", flat=True)) == {one.paid_fen for one in filling.MADE}


def test_again_adds_nothing(sandbox: Brand) -> None:
    first = filling.fill(sandbox, actor=COMMAND_LINE)
    rows = (Customer, Coupon, Posting, Touchpoint, AuditEntry)
    before = [model.objects.count() for model in rows]
    assert filling.fill(sandbox, actor=COMMAND_LINE) == first
    assert [model.objects.count() for model in rows] == before


def test_no_real_brand_is_filled_whatever_the_caller_holds(real: Brand) -> None:
    real.sandbox = True  # not saved: the database is asked
    with pytest.raises(Conflict, match="real brand"):
        filling.fill(real, actor=COMMAND_LINE)
    assert not Customer.objects.exists()
    assert not Posting.objects.exists()
