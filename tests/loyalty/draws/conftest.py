from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from guanxi.customers.models import Customer, Subject
from guanxi.kernel.clock import DAY_MS, frozen
from guanxi.loyalty.draws import entering, services, settling
from guanxi.loyalty.draws.entering import Entered
from guanxi.loyalty.draws.models import Draw
from guanxi.loyalty.ledger.contracts import Account, Move, Place, Posting
from guanxi.loyalty.ledger.posting import post
from guanxi.loyalty.ledger.queries import asset, standing
from guanxi.platform.models import Brand

OPENS_MS = 1_790_000_000_000
CLOSES_MS = OPENS_MS + 7 * DAY_MS
GIFT = {
    "code": "bag",
    "name": "Bag",
    "kind": "gift",
    "quantity": 1,
    "value_fen": 120_000,
    "asset": "",
    "units": 0,
}
POINTS = {
    "code": "points",
    "name": "100 points",
    "kind": "points",
    "quantity": 3,
    "value_fen": 1_000,
    "asset": "points",
    "units": 100,
}


def terms(**more: Any) -> dict[str, Any]:
    known: dict[str, Any] = {
        "format": "guanxi-draw-1",
        "draw": "spring",
        "title": "Spring 春天",
        "organiser": "Lanhua Ltd.",
        "redemption": "At any store, with the phone.",
        "mode": "drawn",
        "opens_ms": OPENS_MS,
        "closes_ms": CLOSES_MS,
        "claim_days": 30,
        "entry": {"asset": "", "units": 0, "most": 1, "condition": None},
        "one_prize": True,
        "positions": 0,
        "entropy": "",
        "insider_tag": "",
        "prizes": [GIFT, POINTS],
        "consolation": None,
    }
    return {**known, **more}


class Table:
    """A brand that holds draws, and people who enter."""

    def __init__(self) -> None:
        self.brand = Brand.objects.create(slug="lanhua", name="Lanhua")
        self.keys = count(1)
        asset(self.brand.pk, "points")

    def person(self, scheme: str = "tmall", key: str = "") -> int:
        number = Subject.objects.count() + 1
        seen = {"first_ms": OPENS_MS, "last_ms": OPENS_MS}
        told = {"brand_id": self.brand.pk, "scheme": scheme, "key": key or str(number)}
        one = Subject.objects.create(**told, customer_id=0, **seen)
        Subject.objects.filter(pk=one.pk).update(customer_id=one.pk)
        Customer.objects.create(pk=one.pk, brand_id=self.brand.pk, created_ms=OPENS_MS, **seen)
        return one.pk

    def merge(self, one: int, other: int) -> None:
        Subject.objects.filter(pk=other).update(customer_id=one)
        Customer.objects.filter(pk=other).update(merged_into_id=one)

    def earn(self, subject: int, units: int, code: str = "points") -> None:
        asset(self.brand.pk, code)
        step = Move(Account(code, Place.ISSUED), Account(code, Place.WALLET, subject), units)
        post(self.brand.pk, [Posting(f"earn:{next(self.keys)}", "test", [step], OPENS_MS)], actor="test")

    def has(self, subject: int, code: str = "points") -> int:
        return standing(self.brand.pk, subject, code).posted

    def open(self, **more: Any) -> Draw:
        draft = services.create(self.brand, terms(**more), actor="test")
        return services.publish(self.brand, draft.pk, draft.version, actor="test")

    def enter(self, draw: Draw, subject: int, key: str = "", nonce: str = "") -> Entered:
        key = key or f"k{next(self.keys)}"
        return entering.enter(self.brand, draw.pk, subject, key=key, nonce=nonce, actor="test")

    def settle(self, draw: Draw) -> Draw:
        with frozen(CLOSES_MS):
            return settling.settle(self.brand, draw.pk, actor="test")


@pytest.fixture
def table(transactional_db: None) -> Iterator[Table]:
    with frozen(OPENS_MS):
        yield Table()
