from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from guanxi.customers.lookup import customer_ids_of
from guanxi.kernel.clock import now_ms
from guanxi.loyalty.ledger.contracts import Account, Move, Place, Posting, State
from guanxi.loyalty.ledger.models import Waiting
from guanxi.loyalty.ledger.posting import post
from guanxi.loyalty.ledger.proving import prove
from guanxi.loyalty.ledger.queries import Standing, asset, standing
from guanxi.loyalty.rewards import booking, catalogue, moving
from guanxi.loyalty.rewards.contracts import HOLDING, Price, Shown, Wanted
from guanxi.loyalty.rewards.contracts import State as Stage
from guanxi.loyalty.rewards.models import Redemption, Reward
from guanxi.loyalty.rewards.redeeming import Asked, redeem
from guanxi.platform.models import Brand
from tests.messaging import world

POINTS_100 = Price("points", 100)
MIXED = Price("points", 20, 3_900)


class Shop:
    """A brand with a catalogue, and members with points."""

    def __init__(self) -> None:
        self.brand = Brand.objects.get(pk=world.brand())
        self.numbers = count(1)
        asset(self.brand.pk, "points")

    def member(self, name: str = "", points: int = 0) -> int:
        subject = world.customer(self.brand.pk, name or f"m{next(self.numbers)}")
        if points:
            self.earn(subject, points)
        return subject

    def earn(self, subject: int, units: int, expires_ms: int | None = None) -> int:
        wallet = Account("points", Place.WALLET, subject)
        step = Move(Account("points", Place.ISSUED), wallet, units, expires_ms)
        key = f"earn:{next(self.numbers)}"
        (told,) = post(self.brand.pk, [Posting(key, "test", [step], now_ms())], actor="test")
        assert told.state is State.POSTED
        return told.moves[0]

    def reward(self, code: str = "cup", pieces: int = 3, **more: Any) -> Reward:
        more = {"kind": "gift", "prices": (POINTS_100, MIXED)} | more
        row = catalogue.put(self.brand, Wanted(code, name=code.title(), **more), version=0, actor="test")
        if pieces and row.stocked:
            catalogue.fill(self.brand.pk, code, pieces, key="first", actor="test")
        return catalogue.set_state(self.brand.pk, code, row.version, Shown.ACTIVE, actor="test")

    def redeem(self, subject: int, code: str = "cup", price: int | None = 0, key: str = "") -> Redemption:
        asked = Asked(key or f"k{next(self.numbers)}", code, subject, price)
        return redeem(self.brand, asked, origin="api", actor="test")

    def pay(self, row: Redemption, reference: str = "wx-1", fen: int = 3_900) -> Redemption:
        return moving.pay(self.brand, row.pk, reference, fen, actor="test")

    def hand_out(self, row: Redemption) -> Redemption:
        return moving.hand_out(self.brand.pk, row.pk, actor="test")

    def redeem_row(self, number: int) -> Redemption:
        return Redemption.objects.get(pk=number)

    def customer(self, subject: int) -> int:
        return customer_ids_of(self.brand.pk, [subject])[subject]

    def has(self, subject: int) -> Standing:
        return standing(self.brand.pk, subject, "points")

    def left(self, code: str = "cup") -> int:
        return booking.left(self.brand.pk, [code]).get(code, 0)

    def proven(self) -> None:
        """The ledger adds up, and something is set aside exactly for what waits."""
        proof = prove(self.brand.pk)
        assert proof.ok, proof.problems

        held = set(Waiting.objects.filter(brand_id=self.brand.pk).values_list("move_id", flat=True))
        promised: set[int] = set()
        for row in Redemption.objects.filter(brand_id=self.brand.pk):
            if Stage(row.state) in HOLDING:
                promised |= {*row.holds, *([row.piece_hold] if row.piece_hold else [])}
        assert held == promised


@pytest.fixture
def shop(transactional_db: None) -> Shop:
    return Shop()
