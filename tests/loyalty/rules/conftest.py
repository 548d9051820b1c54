from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any

import pytest

from guanxi.customers.models import Subject
from guanxi.kernel.clock import DAY_MS
from guanxi.loyalty.ledger.proving import prove
from guanxi.loyalty.ledger.queries import Standing, asset, standing
from guanxi.loyalty.rules import services
from guanxi.loyalty.rules.contracts import State
from guanxi.platform.models import Brand
from guanxi.touchpoints.contracts import Fact, Identity, Mode, Recorded
from guanxi.touchpoints.services import record

NOON_MS = 1_764_129_600_000  # 2025-11-26 12:00 in Shanghai
POINT_A_YUAN = {"effect": "give", "asset": "points", "per": "amount", "each_fen": 100, "units": 1}


class Shop:
    """A brand with points and rules, and orders of it."""

    def __init__(self) -> None:
        self.brand = Brand.objects.create(slug="lanhua", name="Lanhua")
        self.numbers = count(1)
        asset(self.brand.pk, "points")

    def rule(self, *effects: Mapping[str, Any], on: str = "order.paid", **parts: Any) -> int:
        rest = {name: parts.pop(name) for name in ("priority", "group") if name in parts}
        definition = {"on": [on], "effects": list(effects or [POINT_A_YUAN]), **parts}
        name = parts.pop("name", f"rule {next(self.numbers)}")
        definition.pop("name", None)
        rule = services.create(self.brand, name, definition, actor="test", **rest)
        services.set_state(self.brand, rule, 1, State.ACTIVE, actor="test")
        return rule

    def order(self, who: str, yuan: float, number: str = "", **more: Any) -> Fact:
        return order(who, yuan, number or f"o{next(self.numbers)}", **more)

    def refund(self, who: str, yuan: float, number: str, **more: Any) -> Fact:
        return refund(who, yuan, number, f"{number}:refund:{next(self.numbers)}", **more)

    def received(self, who: str, number: str, *, at_ms: int) -> Fact:
        return _fact("order.received", who, (number, f"{number}:in"), None, {"at_ms": at_ms})

    def record(self, *facts: Fact, mode: Mode = Mode.LIVE) -> Recorded:
        done = record(self.brand.pk, "shop", facts, mode=mode)
        assert not done.rejected, done.rejected
        return done

    def has(self, who: str, code: str = "points") -> Standing:
        subject = Subject.objects.filter(brand_id=self.brand.pk, key=who).first()
        return standing(self.brand.pk, subject.pk, code) if subject else Standing()

    def proven(self) -> None:
        proof = prove(self.brand.pk)
        assert proof.ok, proof.problems


def order(who: str, yuan: float, number: str, **more: Any) -> Fact:
    return _fact("order.paid", who, (number, f"{number}:paid"), round(yuan * 100), more)


def refund(who: str, yuan: float, number: str, reference: str, **more: Any) -> Fact:
    return _fact("order.refunded", who, (number, reference), round(yuan * 100), more)


def _fact(kind: str, who: str, named: tuple[str, str], amount_fen: int | None, more: dict[str, Any]) -> Fact:
    number, reference = named
    return Fact(
        kind,
        reference,
        more.get("at_ms", NOON_MS if kind == "order.paid" else NOON_MS + DAY_MS),
        (Identity("tmall", who),) if who else (),
        None,
        more.get("channel", "tmall"),
        amount_fen,
        more.get("quantity"),
        {"order": number, **more.get("payload", {})},
    )


@pytest.fixture
def shop(transactional_db: None) -> Shop:
    return Shop()
