"""Whatever is done to a coupon in whatever order: it is in the state that the slow and obvious says."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from guanxi.kernel.clock import DAY_MS, MINUTE_MS, frozen
from guanxi.kernel.errors import GuanxiError
from guanxi.loyalty.coupons import booking, due
from guanxi.loyalty.coupons.codes import number_of
from guanxi.loyalty.coupons.models import Coupon
from guanxi.loyalty.coupons.redeeming import Done
from tests.loyalty.coupons.conftest import NOON_MS, Counter

pytestmark = pytest.mark.heavy
LIMIT, STOCK = 2, 3
which = st.integers(0, 10**6)


class Coupons(RuleBasedStateMachine):
    """One customer with unique coupons that live five days, and a code for everybody: two for a customer,
    three in all, of which somebody else may take some."""

    @initialize()
    def begin(self) -> None:
        self.counter = Counter()
        self.now, self.numbers = NOON_MS, count(1)
        with frozen(self.now):
            tag = Coupon.objects.count()
            self.own = self.counter.campaign(code=f"own-{tag}-{id(self)}", lasts_days=5, until_ms=None)
            self.word = f"ALL{tag}{id(self)}"
            self.all = self.counter.campaign(
                code=f"all-{tag}-{id(self)}", generic_code=self.word, per_customer=LIMIT, stock=STOCK
            )
            self.names = (f"li-{self.own.code}", f"other-{self.own.code}")
            self.li, self.other = (self.counter.customer(name) for name in self.names)
        self.free: dict[str, int] = {}  # code → when it expires
        self.used: dict[str, int] = {}
        self.locks: list[tuple[Done, str, int]] = []  # of the code, until when
        self.done: list[tuple[Done, str, bool]] = []  # of the code; by the other customer

    def ask(self, do: Callable[[], Done], fits: bool) -> Done | None:
        with frozen(self.now):
            try:
                done = do()
            except GuanxiError as error:
                assert not fits, error
                return None
        assert fits
        return done

    def held(self, code: str) -> bool:
        return any(one == code and until > self.now for _done, one, until in self.locks)

    def usable(self, code: str, *, other: bool = False) -> bool:
        if code != self.word:
            return code in self.free and self.free[code] > self.now and not self.held(code) and not other
        held = sum(one == code and until > self.now for _done, one, until in self.locks)
        uses = [whose for _done, one, whose in self.done if one == code]
        mine = uses.count(other) + (0 if other else held)
        return len(uses) + held < STOCK and mine < LIMIT

    def some(self, number: int) -> str:
        codes = [self.word, self.word, *self.free, *self.used]
        return codes[number % len(codes)]

    @rule()
    def issue(self) -> None:
        with frozen(self.now):
            code = self.counter.issue(self.own, self.li, f"{self.own.code}:{next(self.numbers)}")
        self.free[code] = self.now + 5 * DAY_MS

    @rule(number=which, minutes=st.integers(1, 2_000 - 600))
    def lock(self, number: int, minutes: int) -> None:
        code = self.some(number)
        key = f"{self.own.code}:l{next(self.numbers)}"
        done = self.ask(
            lambda: self.counter.lock(code, who=self.li, key=key, minutes=minutes), self.usable(code)
        )
        if done:
            self.locks.append((done, code, self.now + minutes * MINUTE_MS))

    @precondition(lambda self: self.locks)
    @rule(number=which)
    def pay(self, number: int) -> None:
        lock = self.locks[number % len(self.locks)]
        key = f"{self.own.code}:p{next(self.numbers)}"
        done = self.ask(lambda: self.counter.pay(lock[0], key=key, order=key), lock[2] > self.now)
        if done:
            self.locks.remove(lock)
            self.redeemed(done, lock[1], other=False)

    @rule(number=which, other=st.booleans())
    def redeem(self, number: int, other: bool) -> None:
        code = self.some(number)
        key = f"{self.own.code}:r{next(self.numbers)}"
        who = self.other if other else self.li
        done = self.ask(
            lambda: self.counter.redeem(code, who=who, key=key, order=key), self.usable(code, other=other)
        )
        if done:
            self.redeemed(done, code, other=other)

    def redeemed(self, done: Done, code: str, *, other: bool) -> None:
        self.done.append((done, code, other))
        if code != self.word:
            self.used[code] = self.free.pop(code)

    @precondition(lambda self: self.done)
    @rule(number=which, refund=st.booleans())
    def roll_back(self, number: int, refund: bool) -> None:
        one = self.done.pop(number % len(self.done))
        row = one[0].redemption
        with frozen(self.now):
            if refund:
                who = self.names[one[2]]
                self.counter.told("order.refunded", who, 9_000, row.order, f"{row.order}:back")
            else:
                self.counter.back(one[0])
        if one[1] != self.word:
            self.free[one[1]] = max(self.used.pop(one[1]), self.now + 7 * DAY_MS)

    @precondition(lambda self: self.locks)
    @rule(number=which)
    def give_up(self, number: int) -> None:
        lock = self.locks.pop(number % len(self.locks))
        with frozen(self.now):
            self.counter.back(lock[0])

    @rule(days=st.integers(0, 3), minutes=st.integers(1, 600), work=st.booleans())
    def time_passes(self, days: int, minutes: int, work: bool) -> None:
        self.now += days * DAY_MS + minutes * MINUTE_MS
        if work:
            with frozen(self.now):
                due.run(self.counter.brand.pk)
            self.locks = [lock for lock in self.locks if lock[2] > self.now]
            self.free = {code: end for code, end in self.free.items() if end > self.now or self.held(code)}

    @invariant()
    def agrees(self) -> None:
        if not hasattr(self, "own"):
            return
        brand_id = self.counter.brand.pk
        rows = {row.pk: row for row in Coupon.objects.filter(campaign=self.own)}
        for code, ends_ms in self.free.items():
            row = rows[number_of(brand_id, code) or 0]
            assert row.expires_ms == ends_ms
            assert row.state == ("locked" if self.held(code) else row.state if self.lapsed(code) else "free")
        assert all(rows[number_of(brand_id, code) or 0].state == "redeemed" for code in self.used)
        uses = sum(code == self.word for _done, code, _other in self.done)
        locked = sum(code == self.word for _done, code, _until in self.locks)
        live = sum(code == self.word and until > self.now for _done, code, until in self.locks)
        left = booking.left(brand_id, [self.all])[self.all.code]
        assert STOCK - uses - locked <= left <= STOCK - uses - live

    def lapsed(self, code: str) -> bool:
        return any(one == code for _done, one, _until in self.locks)

    def teardown(self) -> None:
        if hasattr(self, "counter"):
            self.counter.proven()


def test_coupons_do_what_the_reference_says(transactional_db: None) -> None:
    run_state_machine_as_test(
        Coupons,
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
