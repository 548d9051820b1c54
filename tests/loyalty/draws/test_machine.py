"""Anything in any order: stock is exact, nobody wins what is not there, and the outsider finds the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as some
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from guanxi.kernel.clock import frozen
from guanxi.kernel.errors import GuanxiError, Invalid
from guanxi.loyalty.draws import claiming, evidence, services, settling
from guanxi.loyalty.draws.contracts import WinState
from guanxi.loyalty.draws.models import Draw, DrawEntry, DrawPrize, DrawWin
from guanxi.loyalty.ledger.models import Account, Move
from tests.emptying import empty
from tests.loyalty.draws.conftest import CLOSES_MS, GIFT, OPENS_MS, POINTS, Table, terms

PEOPLE = 4


class Holding(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        empty()
        self.at = frozen(OPENS_MS)
        self.at.__enter__()
        self.table = Table()
        self.people = [self.table.person() for _ in range(PEOPLE)]

    def teardown(self) -> None:
        self.at.__exit__(None, None, None)

    @initialize(
        mode=some.sampled_from(["drawn", "instant"]),
        one_prize=some.booleans(),
        most=some.integers(1, 3),
        bags=some.integers(1, 2),
        points=some.integers(1, 3),
        value=some.sampled_from([120_000, 3_000_000]),
        blanks=some.integers(0, 3),
    )
    def open(
        self, *, mode: str, one_prize: bool, most: int, bags: int, points: int, value: int, blanks: int
    ) -> None:
        self.told: dict[str, Any] = terms(
            mode=mode,
            one_prize=one_prize,
            entry={"asset": "", "units": 0, "most": most, "condition": None},
            prizes=[{**GIFT, "quantity": bags, "value_fen": value}, {**POINTS, "quantity": points}],
            positions=bags + points + blanks if mode == "instant" else 0,
            consolation={"asset": "points", "units": 5, "value_fen": 5},
        )
        draft = services.create(self.table.brand, self.told, actor="test")
        self.number = services.publish(self.table.brand, draft.pk, draft.version, actor="test").pk

    @property
    def draw(self) -> Draw:
        return Draw.objects.get(pk=self.number)

    @rule(who=some.integers(0, PEOPLE - 1), key=some.sampled_from(["a", "b", "c", "d", "e", "f"]))
    def enter(self, who: int, key: str) -> None:
        self.tried(lambda: self.table.enter(self.draw, self.people[who], f"{key}{who}", key))

    @rule(who=some.integers(1, PEOPLE - 1))
    def merge(self, who: int) -> None:
        self.table.merge(self.people[0], self.people[who])

    @rule(more=some.integers(-1, 1))
    def amend(self, more: int) -> None:
        prizes = [{**one, "quantity": one["quantity"] + more} for one in self.told["prizes"]]
        wanted = {**self.told, "prizes": prizes}
        if wanted["positions"]:
            wanted["positions"] += 2 * more
        try:
            services.amend(self.table.brand, self.number, self.draw.version, wanted, actor="test")
            self.told = wanted
        except GuanxiError:
            pass

    @rule()
    def close(self) -> None:
        self.tried(lambda: settling.close(self.table.brand, self.number, actor="test"), CLOSES_MS)

    @rule()
    def settle(self) -> None:
        self.tried(lambda: settling.settle(self.table.brand, self.number, actor="test"), CLOSES_MS)

    @precondition(lambda self: DrawWin.objects.exists())
    @rule(late=some.booleans())
    def hand_out(self, late: bool) -> None:
        if late:
            with frozen(CLOSES_MS + 31 * 86_400_000):
                claiming.expire(self.table.brand.pk)
        win = DrawWin.objects.order_by("pk").first()
        assert win is not None
        self.tried(lambda: claiming.hand_out(self.table.brand, win.pk, actor="test"))

    def tried(self, what: Any, at_ms: int = OPENS_MS) -> None:
        with frozen(at_ms):
            try:
                what()
            except Invalid:
                raise
            except GuanxiError:
                pass

    @invariant()
    def stock_is_exact(self) -> None:
        if not hasattr(self, "number"):
            return
        rows = Account.objects.filter(place="stock")
        assert all(0 <= row.held <= row.posted for row in rows)
        wins = list(DrawWin.objects.exclude(state=WinState.VOID))
        for prize in DrawPrize.objects.order_by("place"):
            won = sum(win.place == prize.place for win in wins)
            assert won == prize.dealt <= prize.quantity == self.told["prizes"][prize.place]["quantity"]
        numbers = list(DrawEntry.objects.order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, self.draw.entered + 1))

    @invariant()
    def it_can_be_proven(self) -> None:
        if hasattr(self, "number") and self.draw.state == "revealed":
            assert [what for what, good in evidence.replayed(self.draw) if not good] == []
            assert not Move.objects.filter(units__lte=0).exists()


@pytest.mark.django_db(transaction=True)
def test_anything_in_any_order() -> None:
    run_state_machine_as_test(
        Holding,
        settings=settings(
            max_examples=12,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
