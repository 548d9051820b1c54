"""Coupons as prizes: set aside when published, issued when won, back when left over; the outsider agrees."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from guanxi.customers import services as customers
from guanxi.kernel.clock import DAY_MS, frozen
from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.loyalty.coupons import booking
from guanxi.loyalty.coupons import services as coupons
from guanxi.loyalty.coupons.contracts import Has
from guanxi.loyalty.coupons.contracts import State as Stage
from guanxi.loyalty.coupons.models import Coupon, CouponCampaign
from guanxi.loyalty.draws import evidence, services, settling
from guanxi.loyalty.draws.contracts import CAP_FEN
from guanxi.loyalty.draws.models import Draw, DrawEntry, DrawWin
from guanxi.loyalty.draws.terms import dump, parse
from guanxi.loyalty.ledger.proving import prove
from tests.emptying import empty
from tests.loyalty.draws.conftest import CLOSES_MS, GIFT, OPENS_MS, POINTS, Table, terms
from tests.loyalty.draws.test_crowds import at_once

FAR_MS = CLOSES_MS + 31 * DAY_MS
PRIZE = {
    "code": "off",
    "name": "Ten off",
    "kind": "coupon",
    "quantity": 2,
    "value_fen": 1_000,
    "campaign": "off",
}


def campaign(table: Table, stock: int | None = 5, **fields: Any) -> CouponCampaign:
    told = {"code": "off", "name": "Off", "kind": "amount", "off_fen": 1_000, "until_ms": FAR_MS, **fields}
    row = coupons.create(table.brand.pk, {**told, "limited": stock is not None}, actor="test")
    if stock:
        coupons.add_stock(table.brand.pk, row.pk, stock, key="first", actor="test")
    return coupons.set_state(table.brand.pk, row.pk, row.version, Stage.ACTIVE, actor="test")


def left(table: Table, row: CouponCampaign) -> int:
    return booking.left(table.brand.pk, [row])[row.code]


def agreed(table: Table, draw: Draw) -> None:
    """The ledger adds up, the outsider finds the same, and each winner has one coupon."""
    proof = prove(table.brand.pk)
    assert proof.ok, proof.problems
    assert all(good for _what, good in evidence.replayed(draw))
    wins = DrawWin.objects.filter(draw=draw, place=0).exclude(state="void")
    assert Counter(wins.values_list("subject_id", flat=True)) == Counter(
        Coupon.objects.exclude(state=Has.WITHDRAWN).values_list("subject_id", flat=True)
    )


@pytest.mark.parametrize("mode", ["drawn", "instant"])
def test_a_coupon_is_won_and_what_is_left_goes_back(table: Table, mode: str) -> None:
    row = campaign(table)
    draw = table.open(mode=mode, positions=4 if mode == "instant" else 0, prizes=[PRIZE], one_prize=True)
    assert (left(table, row), draw.terms["prizes"][0]["campaign"]) == (3, "off")
    table.enter(draw, table.person())
    if mode == "instant":  # until both are dealt, or all entries are taken
        for _ in range(2):
            table.enter(draw, table.person())
    done = table.settle(draw)
    won = DrawWin.objects.count()
    assert set(DrawWin.objects.values_list("state", "posted")) <= {("handed_out", True)}
    assert (Coupon.objects.count(), left(table, row)) == (won, 5 - won)
    agreed(table, done)
    assert settling.settle(table.brand, draw.pk, actor="test").state == "revealed"
    assert Coupon.objects.count() == won


@pytest.mark.parametrize(
    ("fields", "prize", "error"),
    [
        ({}, {"campaign": "none"}, NotFound),
        ({}, {"campaign": ""}, Invalid),
        ({}, {"value_fen": 999}, Invalid),
        ({"off_fen": CAP_FEN + 1}, {"value_fen": CAP_FEN}, Invalid),
        ({"kind": "percent", "percent": 10}, {"value_fen": CAP_FEN}, Invalid),
        ({"kind": "percent", "percent": 10, "cap_fen": 900}, {}, None),
        ({"per_customer": 1}, {}, Invalid),
        ({"until_ms": FAR_MS - 2 * DAY_MS}, {}, Invalid),
        ({"generic_code": "SPRING50"}, {}, Invalid),
        ({"stock": 1}, {}, Conflict),
    ],
)
def test_a_promise_that_could_not_be_kept_is_not_published(
    table: Table, fields: dict[str, Any], prize: dict[str, Any], error: type[Exception] | None
) -> None:
    """The cap of ¥50,000 (规范促销行为暂行规定) counts a coupon with its greatest worth."""
    campaign(table, **fields)
    if error is None:
        assert table.open(prizes=[{**PRIZE, **prize}]).state == "open"
        return
    with pytest.raises(error):
        table.open(prizes=[{**PRIZE, **prize}])
    assert not Draw.objects.filter(state="open").exists()


def test_what_was_promised_comes_whatever_becomes_of_the_campaign(table: Table) -> None:
    row = campaign(table)
    draw = table.open(prizes=[PRIZE])
    with pytest.raises(Conflict):
        coupons.set_state(table.brand.pk, row.pk, row.version, Stage.ENDED, actor="test")
    row = coupons.set_state(table.brand.pk, row.pk, row.version, Stage.PAUSED, actor="test")
    table.enter(draw, table.person())
    done = table.settle(draw)
    agreed(table, done)
    assert Coupon.objects.count() == 1
    coupons.set_state(table.brand.pk, row.pk, row.version, Stage.ENDED, actor="test")


def test_published_terms_keep_the_campaign(table: Table) -> None:
    campaign(table)
    campaign(table, code="other")
    draw = table.open(prizes=[PRIZE])
    with pytest.raises(Invalid) as refused:
        services.amend(table.brand, draw.pk, 1, terms(prizes=[{**PRIZE, "campaign": "other"}]), actor="test")
    assert refused.value.data["field"] == "prizes"
    more = terms(prizes=[{**PRIZE, "quantity": 4}])
    assert services.amend(table.brand, draw.pk, 1, more, actor="test").version == 2
    with pytest.raises(Conflict):
        more = terms(prizes=[{**PRIZE, "quantity": 6}])
        services.amend(table.brand, draw.pk, 2, more, actor="test")


def test_terms_without_coupons_are_written_as_before() -> None:
    """Hashes that were noted before there were coupons stay good."""
    told = terms(prizes=[GIFT, POINTS])
    assert dump(parse(told)) == told
    assert dump(parse(terms(prizes=[PRIZE])))["prizes"] == [{**PRIZE, "asset": "", "units": 0}]


def test_what_an_insider_won_is_taken_back_unless_it_was_used(table: Table) -> None:
    row = campaign(table)
    customers.define_tag(table.brand.pk, "staff", label="员工", actor="cli")
    draw = table.open(mode="instant", positions=2, prizes=[PRIZE], insider_tag="staff", one_prize=False)
    for _ in range(2):
        person = table.person()
        table.enter(draw, person)
        customers.add_tags(table.brand.pk, ["staff"], [person], actor="cli")
    coupon = Coupon.objects.order_by("pk").first()
    assert coupon is not None
    Coupon.objects.filter(pk=coupon.pk).update(state=Has.REDEEMED, holder_id=1)
    done = table.settle(draw)
    assert set(DrawWin.objects.values_list("state", flat=True)) == {"void"}
    assert sorted(Coupon.objects.values_list("state", flat=True)) == ["redeemed", "withdrawn"]
    assert left(table, row) == 4
    assert all(good for _what, good in evidence.replayed(done))


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    mode=some.sampled_from(["drawn", "instant"]),
    pieces=some.integers(1, 3),
    keys=some.lists(some.tuples(some.integers(0, 3), some.sampled_from("ab")), max_size=8),
    settled=some.integers(1, 2),
)
@pytest.mark.django_db(transaction=True)
def test_each_winner_has_one_coupon_however_often_it_is_pressed(
    mode: str, pieces: int, keys: list[tuple[int, str]], settled: int
) -> None:
    empty()
    with frozen(OPENS_MS):
        table = Table()
        row = campaign(table)
        prizes = [{**PRIZE, "quantity": pieces}, {**POINTS, "quantity": 1}]
        entry = {"asset": "", "units": 0, "most": 2, "condition": None}
        positions = pieces + 2 if mode == "instant" else 0
        draw = table.open(mode=mode, positions=positions, prizes=prizes, one_prize=False, entry=entry)
        somebody = [table.person() for _ in range(4)]
        for who, key in keys:
            for _again in range(2):
                try:
                    table.enter(draw, somebody[who], f"{who}{key}", key)
                except Conflict:
                    continue
        for _ in range(settled):
            done = table.settle(draw)
        agreed(table, done)
        assert left(table, row) == 5 - Coupon.objects.count()


@pytest.mark.heavy
def test_the_last_coupon_is_won_once_by_eight(table: Table) -> None:
    row = campaign(table, stock=1)
    draw = table.open(mode="instant", positions=1, prizes=[{**PRIZE, "quantity": 1}])
    somebody = [table.person() for _ in range(8)]
    found = at_once(table, draw, somebody, [f"k{n}" for n in range(8)])
    assert found == {"off": 1, "sold_out": 7}
    assert (DrawEntry.objects.count(), Coupon.objects.count(), left(table, row)) == (1, 1, 0)
    agreed(table, settling.settle(table.brand, draw.pk, actor="test"))
