"""Whatever is earned, spent, held, refunded, merged and expired in whatever order: the ledger says what the
slow and obvious one says, and proves itself."""

from __future__ import annotations

from contextlib import suppress
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from guanxi.customers.models import Subject
from guanxi.kernel.clock import frozen
from guanxi.loyalty.ledger.contracts import (
    Account,
    ClawBack,
    Expire,
    GiveBack,
    Kind,
    Move,
    Outcome,
    Place,
    Posting,
    Resolve,
    Ripen,
    State,
    Step,
)
from guanxi.loyalty.ledger.models import Lot
from guanxi.loyalty.ledger.posting import post
from guanxi.loyalty.ledger.proving import prove
from guanxi.loyalty.ledger.queries import asset, standings
from guanxi.loyalty.ledger.ripening import ripen
from guanxi.platform.models import Brand
from tests.loyalty.ledger.reference import NEVER, Coming, Held, No, Reference

START = 1_700_000_000_000
units = st.integers(1, 12)
who = st.integers(0, 3)
any_of = st.integers(0, 10**6)
_names = count(1)


class Ledgers(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.brand = Brand.objects.get_or_create(slug="ledger", defaults={"name": "ledger"})[0].pk
        self.asset = f"points{next(_names)}"
        asset(self.brand, self.asset)
        Subject.objects.filter(brand_id=self.brand).delete()
        self.subjects = []
        for number in range(4):
            one = Subject.objects.create(
                brand_id=self.brand,
                scheme="tmall",
                key=f"{self.asset}-{number}",
                customer_id=0,
                first_ms=START,
                last_ms=START,
            )
            Subject.objects.filter(pk=one.pk).update(customer_id=one.pk)
            self.subjects.append(one.pk)
        self.reference = Reference({one: one for one in self.subjects})
        self.reference.now = START
        self.keys = count(1)
        self.posted: list[tuple[Posting, Outcome]] = []

    def wallet(self, number: int) -> Account:
        return Account(self.asset, Place.WALLET, self.subjects[number])

    def own(self, place: Place) -> Account:
        return Account(self.asset, place)

    def ask(self, *steps: Step) -> Outcome:
        posting = Posting(f"{self.asset}:{next(self.keys)}", "test", steps, self.reference.now)
        with frozen(self.reference.now):
            (outcome,) = post(self.brand, [posting], actor="test")
        if outcome.state is State.POSTED:
            self.posted.append((posting, outcome))
        return outcome

    def agree(self, outcome: Outcome, fits: bool) -> bool:
        assert (outcome.state is State.POSTED) is fits, outcome
        return fits

    @rule(number=who, size=units, days=st.none() | st.integers(1, 9))
    def earn(self, number: int, size: int, days: int | None) -> None:
        expires = None if days is None else self.reference.now + days
        done = self.ask(Move(self.own(Place.ISSUED), self.wallet(number), size, expires))
        assert done.state is State.POSTED
        self.reference.earn(done.moves[0], self.subjects[number], size, NEVER if expires is None else expires)

    @rule(
        number=who,
        size=units,
        days=st.integers(1, 9),
        until=st.integers(1, 6) | st.just(NEVER),
        ripe=st.none() | st.integers(0, 5) | st.just(NEVER),
    )
    def earn_later(self, number: int, size: int, days: int, until: int, ripe: int | None) -> None:
        now = self.reference.now
        end = min(now + until, NEVER)
        date = None if ripe is None else min(now + ripe, NEVER)
        done = self.ask(Move(self.own(Place.ISSUED), self.wallet(number), size, now + days, end, date))
        if self.agree(done, date is None or date < end or date == NEVER):
            told = (self.subjects[number], size, end, now + days, done.moves[0])
            self.reference.announce(Coming(*told, ripe=date))

    @precondition(lambda self: self.reference.coming)
    @rule(which=any_of, days=st.integers(-2, 5) | st.just(NEVER), later=st.booleans())
    def told_when(self, which: int, days: int, later: bool) -> None:
        coming = list(self.reference.coming.values())
        origin = coming[which % len(coming)].origin
        at = min(self.reference.now + days, NEVER)
        ripen(self.brand, [origin], at, later=later)
        assert not ripen(self.brand, [origin], at, later=later)
        self.reference.tell(origin, at, later)

    @rule(number=who, size=units)
    def spend(self, number: int, size: int) -> None:
        done = self.ask(Move(self.wallet(number), self.own(Place.SPENT), size))
        name = done.moves[0] if done.moves else None
        fits = self.reference.spendable(self.subjects[number]) >= size
        if self.agree(done, fits):
            self.reference.spend(name, self.subjects[number], size)

    @rule(number=who, size=units, until=st.integers(1, 6))
    def hold(self, number: int, size: int, until: int) -> None:
        end = self.reference.now + until
        done = self.ask(Move(self.wallet(number), self.own(Place.SPENT), size, until_ms=end))
        held: list[Held] = []
        with suppress(No):
            held = self.reference.hold(self.subjects[number], size, end)
        if self.agree(done, bool(held)):
            for one in held:  # a refund names the first of them
                one.origin = done.moves[0]
            self.reference.held.update(zip(done.moves, held, strict=True))

    @precondition(lambda self: self.reference.coming or self.reference.held)
    @rule(which=any_of, kind=st.sampled_from([Kind.POST, Kind.VOID, Kind.LAPSE]), size=units)
    def resolve(self, which: int, kind: Kind, size: int) -> None:
        names = [*self.reference.coming, *self.reference.held]
        name = names[which % len(names)]
        done = self.ask(Resolve(name, kind, size if kind is Kind.POST else None))
        try:
            self.reference.resolve(name, kind.name.lower(), size)
        except No:
            self.agree(done, False)
        else:
            self.agree(done, True)

    @precondition(lambda self: self.reference.earned)
    @rule(which=any_of, size=units)
    def claw_back(self, which: int, size: int) -> None:
        names = list(self.reference.earned)
        name = names[which % len(names)]
        fits = size <= self.reference.earned[name]
        done = self.ask(ClawBack(name, size))
        if not self.agree(done, fits):
            return
        coming = self.reference.coming
        announced = [number for number, one in coming.items() if one.open and one.origin == name]
        self.reference.claw_back(name, size)
        for number in announced:  # what is left of it is announced anew, under a new number
            if coming[number].open:
                coming[done.moves[1]] = coming.pop(number)

    @precondition(lambda self: self.reference.paid)
    @rule(which=any_of, size=units, grace=st.sampled_from([0, 5]))
    def give_back(self, which: int, size: int, grace: int) -> None:
        names = list(self.reference.paid)
        name = names[which % len(names)]
        done = self.ask(GiveBack(name, size, grace))
        fits = size <= len(self.reference.paid[name]) - self.reference.returned[name]
        if self.agree(done, fits):
            self.reference.give_back(name, size, grace)

    @rule(first=who, second=who)
    def merge(self, first: int, second: int) -> None:
        customers = self.reference.customer_of
        one, other = sorted({customers[self.subjects[first]], customers[self.subjects[second]]} | {0})[-2:]
        for subject, customer in customers.items():
            if customer == other and one:
                customers[subject] = one
        self._map()

    @rule()
    def unmerge(self) -> None:
        self.reference.customer_of.update({one: one for one in self.subjects})
        self._map()

    def _map(self) -> None:
        for subject, customer in self.reference.customer_of.items():
            Subject.objects.filter(pk=subject).update(customer_id=customer)

    @rule(days=st.integers(1, 4))
    def time_passes(self, days: int) -> None:
        self.reference.now += days
        now_ripe = self.reference.ripe()
        for name in self.reference.coming:
            done = self.ask(Ripen(name)) if name not in now_ripe else None
            assert done is None or done.code in {"too_early", "already_resolved"}
        for name in now_ripe:
            assert self.ask(Ripen(name)).state is State.POSTED
            self.reference.resolve(name, "post", self.reference.coming[name].units)
        over = Lot.objects.filter(
            account__asset__code=self.asset, expires_ms__lte=self.reference.now, remaining__gt=0
        )
        for lot in over.order_by("pk"):
            assert self.ask(Expire(lot.pk)).state is State.POSTED
        self.reference.expire()

    @precondition(lambda self: self.posted)
    @rule(which=any_of)
    def ask_again(self, which: int) -> None:
        posting, before = self.posted[which % len(self.posted)]
        with frozen(self.reference.now):
            (same,) = post(self.brand, [posting], actor="test")
            (other,) = post(self.brand, [posting._replace(reason="other")], actor="test")
        assert same == before._replace(state=State.EXISTS)
        assert other.code == "key_conflict"

    @invariant()
    def the_same_for_everybody(self) -> None:
        if not hasattr(self, "reference"):
            return
        found = standings(self.brand, self.subjects, self.asset)
        for one in self.subjects:
            assert found[one].spendable == self.reference.spendable(one)
            assert found[one].owed == self.reference.owed(one)

    def teardown(self) -> None:
        if hasattr(self, "brand"):
            proof = prove(self.brand)
            assert proof.ok, proof.problems


@pytest.mark.django_db(transaction=True)
def test_whatever_happens_in_whatever_order() -> None:
    run_state_machine_as_test(
        Ledgers,
        settings=settings(
            max_examples=20,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
