"""The effect of a rule that gives tickets of a draw; they end with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from guanxi.kernel.clock import now_ms
from guanxi.kernel.conditions import Param, ParamType, Tongue
from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.kernel.wording import say
from guanxi.loyalty.draws.contracts import State
from guanxi.loyalty.draws.models import Draw
from guanxi.loyalty.draws.services import ticket_of
from guanxi.loyalty.ledger.contracts import Account, Move, Place, Posting
from guanxi.loyalty.ledger.contracts import State as Booked
from guanxi.loyalty.ledger.posting import LARGEST_BATCH, post
from guanxi.loyalty.rules.contracts import EFFECTS, Due, Effect, EffectType, Failed

ACTOR: Final = "rules"


def register() -> None:
    EFFECTS.register(
        EffectType(
            "draw_ticket",
            "送抽奖机会",
            "Draw ticket",
            "Tickets of a draw whose entries cost tickets; they end when it closes.",
            (
                Param("draw", ParamType.TEXT, "抽奖", "Draw", "code of the draw", required=True),
                Param(
                    "units", ParamType.INTEGER, "张数", "Tickets", "how many", default=1, least=1, most=1_000
                ),
            ),
            _say,
            act=_give,
            demand=_demand,
        )
    )


def _say(effect: Effect, tongue: Tongue) -> str:
    return tongue.say(
        "%(units)s tickets of the draw %(draw)s", units=effect["units"], draw=tongue.quoted(effect["draw"])
    )


def _demand(brand_id: int, effect: Effect) -> None:
    """Raises NotFound for a draw that there is not, Invalid for one whose entries cost no tickets."""
    draw = _find(brand_id, effect["draw"])
    if draw.terms["entry"]["asset"] != ticket_of(draw.code):
        raise Invalid(
            say("Entries of this draw cost no tickets."),
            remedy=say("Let an entry cost tickets, or give what it costs."),
            field="draw",
        )


def _find(brand_id: int, code: str) -> Draw:
    draw = Draw.objects.filter(brand_id=brand_id, code=code).first()
    if draw is None:
        raise NotFound(
            say("There is no draw '%(code)s'.", code=code), remedy=say("Make it first."), draw=code
        )
    return draw


def _give(brand_id: int, dues: Sequence[Due], live: bool) -> list[Failed]:
    """Raises NotFound, and Conflict for a draw that is over or not published."""
    by_draw: dict[str, list[Due]] = defaultdict(list)
    for due in dues:
        by_draw[due.effect["draw"]].append(due)
    failed: list[Failed] = []
    for code, some in by_draw.items():
        draw = _find(brand_id, code)
        if draw.state != State.OPEN.value or draw.closes_ms <= now_ms():
            raise Conflict(say("The draw '%(code)s' is not open.", code=code))
        for start in range(0, len(some), LARGEST_BATCH):
            part = some[start : start + LARGEST_BATCH]
            outcomes = post(brand_id, [_posting(draw, due) for due in part], actor=ACTOR)
            failed += [
                Failed(due, outcome.code[:40], outcome.message)
                for due, outcome in zip(part, outcomes, strict=True)
                if outcome.state is Booked.REFUSED
            ]
    return failed


def _posting(draw: Draw, due: Due) -> Posting:
    asset = ticket_of(draw.code)
    wallet = Account(asset, Place.WALLET, due.fact.subject_id)
    step = Move(Account(asset, Place.ISSUED), wallet, int(due.effect["units"]), expires_ms=draw.closes_ms)
    return Posting(due.key, "draw.ticket", [step], due.fact.occurred_ms, due.fact.id)
