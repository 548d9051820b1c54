from __future__ import annotations

from itertools import count

import pytest

from guanxi.customers.models import Subject
from guanxi.loyalty.ledger.contracts import Account, Move, Outcome, Place, Posting, Step
from guanxi.loyalty.ledger.posting import post
from guanxi.loyalty.ledger.queries import Standing, asset, standing
from guanxi.platform.models import Brand

START_MS = 1_700_000_000_000


class Till:
    """A brand with points, and what is done with them, one posting each."""

    def __init__(self) -> None:
        self.brand_id = Brand.objects.create(slug="lanhua", name="Lanhua").pk
        self.keys = count(1)
        asset(self.brand_id, "points")

    def customer(self, brand_id: int = 0) -> int:
        number = Subject.objects.count() + 1
        one = Subject.objects.create(
            brand_id=brand_id or self.brand_id,
            scheme="tmall",
            key=str(number),
            customer_id=0,
            first_ms=START_MS,
            last_ms=START_MS,
        )
        Subject.objects.filter(pk=one.pk).update(customer_id=one.pk)
        return one.pk

    def merge(self, one: int, other: int) -> None:
        Subject.objects.filter(pk=other).update(customer_id=one)

    def part(self, one: int) -> None:
        Subject.objects.filter(pk=one).update(customer_id=one)

    def ask(self, *steps: Step, key: str = "", reason: str = "test") -> Outcome:
        posting = Posting(key or f"k{next(self.keys)}", reason, steps, START_MS)
        return post(self.brand_id, [posting], actor="test")[0]

    def earn(self, subject: int, units: int, **more: int | None) -> Outcome:
        return self.ask(Move(self.own(Place.ISSUED), self.wallet(subject), units, **more))  # type: ignore[arg-type]

    def spend(self, subject: int, units: int, **more: int | None) -> Outcome:
        return self.ask(Move(self.wallet(subject), self.own(Place.SPENT), units, **more))  # type: ignore[arg-type]

    def has(self, subject: int) -> Standing:
        return standing(self.brand_id, subject, "points")

    def wallet(self, subject: int) -> Account:
        return Account("points", Place.WALLET, subject)

    def own(self, place: Place, name: str = "") -> Account:
        return Account("points", place, name=name)


@pytest.fixture
def till(transactional_db: None) -> Till:
    return Till()
