from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from guanxi.customers.services import set_stores
from guanxi.kernel.clock import frozen, to_ms
from guanxi.loyalty.booking import defining, services
from guanxi.loyalty.booking.contracts import SEATED, Wanted
from guanxi.loyalty.booking.models import Booking, BookingSlot
from guanxi.loyalty.ledger.contracts import Account, Move, Place, Posting
from guanxi.loyalty.ledger.posting import post
from guanxi.loyalty.ledger.proving import prove
from guanxi.loyalty.ledger.queries import asset, standing
from guanxi.platform.models import Brand
from tests.messaging import world

# Tuesday 1 December 2026, 09:00 in Shanghai.
NOW_MS = to_ms(datetime(2026, 12, 1, 9))


def at(day: int, hour: int, minute: int = 0) -> int:
    return to_ms(datetime(2026, 12, day, hour, minute))


class Salon:
    """A brand with a store and customers who book there."""

    def __init__(self) -> None:
        self.brand = Brand.objects.get(pk=world.brand())
        set_stores(self.brand.pk, [{"code": "HZ1", "name": "西湖店", "city": "杭州"}], actor="test")
        asset(self.brand.pk, "points")

    def service(self, plan: str = "1-7 10:00-12:00 1", store: str = "HZ1", **more: Any) -> int:
        wanted = Wanted(more.pop("name", "肤质测试"), "Skin test", **{"minutes": 30, **more})
        return defining.create(self.brand, wanted, {store: plan}, actor="test")

    def customer(self, name: str, points: int = 0) -> int:
        subject = world.customer(self.brand.pk, name)
        if points:
            step = Move(Account("points", Place.ISSUED), Account("points", Place.WALLET, subject), points)
            post(self.brand.pk, [Posting(f"earn:{subject}", "test", [step], NOW_MS)], actor="test")
        return subject

    def book(self, service: int, who: int, at_ms: int, store: str = "HZ1") -> Booking:
        return services.book(self.brand, service, who, store, at_ms, actor="test")

    def points(self, who: int) -> int:
        return standing(self.brand.pk, who, "points").spendable

    def proven(self) -> None:
        """Seats are what bookings say, and the ledger adds up."""
        for slot in BookingSlot.objects.all():
            assert slot.taken == Booking.objects.filter(slot=slot, state__in=SEATED).count() <= slot.seats
        proof = prove(self.brand.pk)
        assert proof.ok, proof.problems


@pytest.fixture
def salon(transactional_db: None) -> Iterator[Salon]:
    with frozen(NOW_MS):
        yield Salon()
