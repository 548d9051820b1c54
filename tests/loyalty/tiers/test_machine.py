"""Orders, refunds, reviews, merges, unmerges and passing days in whatever order: everybody stands where brute
force says, what was told adds up, and the log recorded anew comes to the same."""

from __future__ import annotations

from collections import defaultdict
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

from guanxi.customers.services import merge, unmerge
from guanxi.kernel.clock import frozen
from guanxi.loyalty.tiers.contracts import Gain, Kind, Measure
from guanxi.loyalty.tiers.jobs import due, recompute
from guanxi.loyalty.tiers.models import TierChange, TierStanding
from guanxi.loyalty.tiers.parsing import parse_programme
from guanxi.touchpoints.models import Touchpoint
from tests.loyalty.tiers.conftest import Club
from tests.loyalty.tiers.reference import START_MS, day, place_on

PEOPLE = ("ann", "ben", "cleo")
TERMS = {
    "tiers": [
        {"code": "a", "name_en": "A"},
        {"code": "b", "name_en": "B", "ways": [{"way": "spend", "at_least": 10_000, "window": {"days": 60}}]},
        {
            "code": "c",
            "name_en": "C",
            "ways": [
                {"way": "spend", "at_least": 30_000, "window": "year"},
                {"way": "facts", "kinds": ["review.written"], "at_least": 2, "window": {"days": 90}},
            ],
        },
    ],
    "kept": {"days": 45},
    "grace_days": 5,
}
PROGRAMME = parse_programme(TERMS)
_names = count(1)
who, yuan = st.sampled_from(PEOPLE), st.integers(1, 250)


class Tiers(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.club = Club(f"m{next(_names)}")
        with frozen(START_MS):
            self.club.brand.timezone = "UTC"
            self.club.brand.save()
            self.club.programme(**TERMS)
        self.today = 0
        self.orders: dict[str, tuple[str, int, int]] = {}  # number → who, day, fen
        self.back: dict[str, int] = defaultdict(int)
        self.reviews: list[tuple[str, int]] = []
        self.family = {name: {name} for name in PEOPLE}
        with frozen(day(0)):
            self.club.record(
                *(self.club.did(name, "code.scanned", name, at_ms=day(0), code="x") for name in PEOPLE)
            )

    @rule(who=who, yuan=yuan, ago=st.sampled_from([0, 0, 0, 20, 70]))
    def buys(self, who: str, yuan: int, ago: int) -> None:
        number, on = f"o{len(self.orders)}", max(0, self.today - ago)
        self.orders[number] = (who, on, yuan * 100)
        with frozen(day(self.today)):
            self.club.record(self.club.order(who, yuan, number, at_ms=day(on)))

    @precondition(lambda self: self.orders)
    @rule(place=st.integers(0, 99), yuan=yuan)
    def sends_back(self, place: int, yuan: int) -> None:
        number = list(self.orders)[place % len(self.orders)]
        self.back[number] += yuan * 100
        with frozen(day(self.today)):
            self.club.record(self.club.refund(self.orders[number][0], yuan, number, at_ms=day(self.today)))

    @rule(who=who)
    def reviews_it(self, who: str) -> None:
        self.reviews.append((who, self.today))
        with frozen(day(self.today)):
            reference = f"r{len(self.reviews)}"
            fact = self.club.did(who, "review.written", reference, at_ms=day(self.today), what="tea")
            self.club.record(fact)
            self.club.record(fact)  # a retry

    @rule(days=st.sampled_from([1, 10, 44, 45, 60, 120]))
    def time_passes(self, days: int) -> None:
        self.today += days
        with frozen(day(self.today)):
            due(self.club.brand)

    @precondition(lambda self: len(self.family["ann"]) == 1)
    @rule()
    def become_one(self) -> None:
        with frozen(day(self.today)):
            merge(self.club.brand.pk, [self.club.customer("ann"), self.club.customer("ben")], actor="test")
        self.family["ann"] = self.family["ben"] = {"ann", "ben"}

    @precondition(lambda self: len(self.family["ann"]) == 2)
    @rule()
    def are_two_again(self) -> None:
        with frozen(day(self.today)):
            together = self.club.customer("ann")
            unmerge(self.club.brand.pk, together, [self.club.subject("ben")], actor="test")
        self.family["ann"], self.family["ben"] = {"ann"}, {"ben"}

    def gains(self, people: set[str]) -> dict[Measure, list[Gain]]:
        spent = [
            Gain(day(on), max(0, fen - self.back[number]))
            for number, (who, on, fen) in self.orders.items()
            if who in people and fen > self.back[number]
        ]
        reviewed = [Gain(day(on), 1) for who, on in self.reviews if who in people]
        return {measure: spent if measure.kind is Kind.SPEND else reviewed for measure in PROGRAMME.measures}

    @invariant()
    def all_stand_where_brute_force_says(self) -> None:
        if not hasattr(self, "club"):
            return
        for name in PEOPLE:
            wanted = PROGRAMME.tiers[place_on(PROGRAMME, self.gains(self.family[name]), self.today)].code
            assert self.club.tier(name, "a") == wanted, (name, self.today)

    @invariant()
    def what_was_told_is_what_is(self) -> None:
        if hasattr(self, "club"):
            self.club.told()

    def teardown(self) -> None:
        if not hasattr(self, "club"):
            return
        with frozen(day(self.today)):
            before = _standings(self.club)
            assert recompute(self.club.brand)["changed"] == 0
            assert _standings(self.club) == before
            TierStanding.objects.filter(brand_id=self.club.brand.pk).delete()
            recompute(self.club.brand)
            assert _standings(self.club) == before
        TierChange.objects.filter(brand_id=self.club.brand.pk).delete()
        Touchpoint.objects.filter(brand_id=self.club.brand.pk, kind="tier.changed").delete()


def _standings(club: Club) -> list[tuple[object, ...]]:
    """Who is in which tier since when; until when is said as of the moment it was worked out."""
    rows = TierStanding.objects.filter(brand_id=club.brand.pk, place__gt=0).order_by("pk")
    return list(rows.values_list("pk", "tier", "since_ms"))


@pytest.mark.django_db(transaction=True)
def test_tiers_are_what_brute_force_says() -> None:
    run_state_machine_as_test(
        Tiers,
        settings=settings(
            max_examples=6,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.generate],  # to shrink takes minutes
        ),
    )
