"""Whatever is redeemed, paid, handed out, undone and brought back in whatever order: points, pieces, states
are what a plain count says, and something is set aside exactly for what waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from guanxi.kernel.errors import Conflict
from guanxi.loyalty.rewards import moving
from guanxi.loyalty.rewards.contracts import MOVES, State
from guanxi.loyalty.rewards.models import Redemption, RewardPayment
from tests.loyalty.rewards.conftest import MIXED, POINTS_100, Shop

any_of = st.integers(0, 10**6)
_shops = count(1)


@dataclass
class Known:
    """A redemption as the plain count has it."""

    id: int
    who: int
    units: int
    fen: int
    state: State


class Redemptions(RuleBasedStateMachine):
    @initialize(pieces=st.integers(1, 3))
    def begin(self, pieces: int) -> None:
        self.shop = Shop()
        self.code = f"cup{next(_shops)}"
        self.shop.numbers = count(next(_shops) * 10**6)
        self.shop.reward(self.code, pieces=pieces, per_customer=2)
        self.pieces = pieces
        self.people = [self.shop.member(), self.shop.member()]
        self.points = [150, 250]
        for subject, units in zip(self.people, self.points, strict=True):
            self.shop.earn(subject, units)
        self.known: list[Known] = []

    def counted(self, who: int) -> int:
        out = (State.CANCELLED, State.EXPIRED, State.RETURNED)
        return sum(one.who == who and one.state not in out for one in self.known)

    @rule(who=st.integers(0, 1), price=st.integers(0, 1))
    def redeem(self, who: int, price: int) -> None:
        wanted = (POINTS_100, MIXED)[price]
        fits = self.pieces > 0 and self.points[who] >= wanted.units and self.counted(who) < 2
        try:
            row = self.shop.redeem(self.people[who], self.code, price)
        except Conflict:
            assert not fits
            return
        assert fits
        self.pieces -= 1
        self.points[who] -= wanted.units
        state = State.RESERVED if wanted.fen else State.READY
        self.known.append(Known(row.pk, who, wanted.units, wanted.fen, state))

    def agree(self, one: Known, after: State, verb: Callable[[], object]) -> bool:
        """The verb works exactly where the table of moves has it."""
        fits = after in MOVES[one.state]
        try:
            verb()
        except Conflict:
            assert not fits
            return False
        assert fits
        one.state = after
        return True

    @rule(which=any_of, reference=st.integers(0, 3))
    def pay(self, which: int, reference: int) -> None:
        if not self.known:
            return
        one = self.known[which % len(self.known)]
        row = self.shop.redeem_row(one.id)
        name = f"{self.code}:{one.id}:{reference}"
        again = RewardPayment.objects.filter(reference=name).exists()
        after = self.shop.pay(row, name)
        if one.state is State.RESERVED and not again:
            one.state = State.READY
        assert after.state == one.state

    @rule(which=any_of)
    def hand_out(self, which: int) -> None:
        if self.known:
            one = self.known[which % len(self.known)]
            self.agree(one, State.HANDED_OUT, lambda: self.shop.hand_out(self.shop.redeem_row(one.id)))

    @rule(which=any_of)
    def cancel(self, which: int) -> None:
        if not self.known:
            return
        one, brand = self.known[which % len(self.known)], self.shop.brand.pk
        if self.agree(one, State.CANCELLED, lambda: moving.cancel(brand, one.id, actor="t")):
            self.pieces += 1
            self.points[one.who] += one.units

    @rule(which=any_of, piece=st.booleans())
    def take_back(self, which: int, piece: bool) -> None:
        if not self.known:
            return
        one, brand = self.known[which % len(self.known)], self.shop.brand.pk
        if self.agree(one, State.RETURNED, lambda: moving.take_back(brand, one.id, piece=piece, actor="t")):
            self.pieces += piece
            self.points[one.who] += one.units

    @rule(which=any_of)
    def finish(self, which: int) -> None:
        if self.known:
            one, brand = self.known[which % len(self.known)], self.shop.brand.pk
            self.agree(one, State.DONE, lambda: moving.finish(brand, one.id, actor="t"))

    @invariant()
    def adds_up(self) -> None:
        if not hasattr(self, "known"):
            return
        assert self.shop.left(self.code) == self.pieces
        assert [self.shop.has(one).spendable for one in self.people] == self.points
        rows = dict(Redemption.objects.values_list("pk", "state"))
        assert all(rows[one.id] == one.state for one in self.known)

    def teardown(self) -> None:
        if hasattr(self, "shop"):
            self.shop.proven()


@pytest.mark.django_db(transaction=True)
def test_redemptions_in_any_order() -> None:
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    told = settings(max_examples=8, stateful_step_count=20, deadline=None, suppress_health_check=checks)
    run_state_machine_as_test(Redemptions, settings=told)
