"""What coupons take off: exact to the fen, never below zero, whatever the order."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from guanxi.loyalty.coupons.contracts import Asked, Basket, Kind, Line, Stacking, Terms, Why
from guanxi.loyalty.coupons.pricing import price, shares

fen = st.integers(0, 50_000)
lines = st.lists(
    st.builds(Line, st.sampled_from(["a", "b", "c"]), fen, st.integers(1, 3), st.sampled_from(["", "tea"])),
    min_size=1,
    max_size=6,
)
baskets = st.builds(Basket, lines, st.integers(0, 3_000), st.just(""), st.just(""))


@st.composite
def coupons(draw: st.DrawFn) -> list[Asked]:
    many = draw(st.integers(1, 4))
    found = []
    for number in range(many):
        kind = draw(st.sampled_from(list(Kind)))
        terms = Terms(
            draw(st.sampled_from(["p", "q", "r", "s"])),
            kind,
            draw(fen),
            draw(st.integers(1, 100)),
            draw(st.none() | st.integers(1, 9_000)),
            "gift",
            draw(st.integers(0, 9_000)),
            draw(st.sampled_from([frozenset(), frozenset({"a"}), frozenset({"a", "b"})])),
            draw(st.sampled_from([frozenset(), frozenset({"tea"})])),
            stacking=draw(st.sampled_from(list(Stacking))),
        )
        found.append(Asked(f"code{number}", number, terms))
    return found


@given(basket=baskets, asked=coupons())
def test_any_coupons_at_any_basket(basket: Basket, asked: list[Asked]) -> None:
    told = price(basket, asked)
    assert all(0 <= off <= line.amount_fen for off, line in zip(told.lines, basket.lines, strict=True))
    assert 0 <= told.delivery_fen <= basket.delivery_fen
    assert sum(one.discount_fen for one in told.applied) == told.discount_fen
    assert sorted([one.asked.code for one in told.applied] + [one.code for one in told.refused]) == sorted(
        one.code for one in asked
    )
    assert all(price(basket, order) == told for order in permutations(asked))
    alone = [one for one in told.applied if one.asked.terms.stacking is Stacking.EXCLUSIVE]
    assert not alone or len(told.applied) == 1


@given(weights=st.lists(fen, min_size=1, max_size=8), part=st.integers(0, 100))
def test_shares_are_exact_and_fit(weights: list[int], part: int) -> None:
    units = sum(weights) * part // 100
    found = shares(units, weights)
    assert sum(found) == units
    for share, weight in zip(found, weights, strict=True):
        assert 0 <= share <= weight
        assert abs(share * sum(weights) - units * weight) < max(1, sum(weights))


def test_the_largest_remainder_gets_the_last_fen() -> None:
    assert shares(100, [1_000, 1_000, 1_000]) == (34, 33, 33)
    assert shares(10, [7, 2, 1]) == (7, 2, 1)


def test_percent_has_a_cap_and_minimum_counts_what_the_coupon_is_for() -> None:
    basket = Basket([Line("a", 20_000), Line("b", 5_000)])
    tenth = Terms("t", Kind.PERCENT, percent=10, cap_fen=1_500)
    assert price(basket, [Asked("x", 1, tenth)]).lines == (1_200, 300)
    short = Terms("m", Kind.AMOUNT, off_fen=500, minimum_fen=6_000, skus=frozenset({"b"}))
    (no,) = price(basket, [Asked("x", 1, short)]).refused
    assert (no.why, no.more_fen) == (Why.MINIMUM, 1_000)


def test_of_coupons_that_do_not_go_together_the_customer_gets_the_better() -> None:
    basket = Basket([Line("a", 20_000)])
    small = [
        Asked(f"j{n}", n, Terms(f"j{n}", Kind.AMOUNT, off_fen=700, stacking=Stacking.JOINT)) for n in (1, 2)
    ]
    for alone, wins in ((1_000, ["j1", "j2"]), (2_000, ["alone"])):
        asked = [*small, Asked("alone", 3, Terms("alone", Kind.AMOUNT, off_fen=alone))]
        assert [one.asked.code for one in price(basket, asked).applied] == wins
