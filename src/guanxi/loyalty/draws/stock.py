"""Prizes in the ledger: filled when published, given when won, back where they came from when left over."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Conflict
from guanxi.kernel.wording import say
from guanxi.loyalty.coupons.contracts import ASSET as COUPON
from guanxi.loyalty.draws import coupons
from guanxi.loyalty.draws.contracts import PRIZE_ASSET, Mode, Prize, Terms
from guanxi.loyalty.draws.models import Draw, DrawPrize
from guanxi.loyalty.ledger.contracts import (
    NEVER_MS,
    Account,
    Kind,
    Move,
    Outcome,
    Place,
    Posting,
    Resolve,
    State,
    Step,
)
from guanxi.loyalty.ledger.models import Account as AccountRow
from guanxi.loyalty.ledger.posting import post

CONSOLATION: Final = "consolation"


def account(draw_id: int, asset: str, name: str) -> Account:
    """`name` is the code of a prize, or the consolation's."""
    return Account(asset, Place.STOCK, name=f"draw:{draw_id}:{'' if name == CONSOLATION else 'p:'}{name}")


def of_prize(draw_id: int, prize: Prize) -> Account:
    asset = COUPON if prize.campaign else prize.asset or PRIZE_ASSET
    return account(draw_id, asset, prize.code)


def _origins(draw: Draw, terms: Terms) -> dict[Account, Account]:
    """Stock of a coupon → where it comes from, and goes back to; all else is issued."""
    return {
        of_prize(draw.pk, one): coupons.origin(draw.brand_id, one) for one in terms.prizes if one.campaign
    }


def fill(draw: Draw, terms: Terms, *, actor: object) -> None:
    """As much as the terms in force still promise; once for each version. In the caller's transaction."""
    dealt = dict(DrawPrize.objects.filter(draw=draw).values_list("code", "dealt"))
    wanted = {
        of_prize(draw.pk, one): (one.quantity - dealt.get(one.code, 0)) * (one.units or 1)
        for one in terms.prizes
    }
    if terms.consolation is not None and terms.mode is Mode.INSTANT:
        blanks = terms.positions - draw.entered - (terms.pieces - sum(dealt.values()))
        wanted[account(draw.pk, terms.consolation.asset, CONSOLATION)] = blanks * terms.consolation.units
    has = left(draw)
    steps: dict[str, list[Step]] = defaultdict(list)
    origins = _origins(draw, terms)
    for target, units in wanted.items():
        if (more := units - has.get(target, 0)) > 0:
            origin = origins.get(target, Account(target.asset, Place.ISSUED))
            steps[target.asset].append(Move(origin, target, more))
    postings = [
        Posting(f"draw:{draw.pk}:stock:{draw.version}:{asset}", "draw.stock", some, now_ms())
        for asset, some in steps.items()
    ]
    demand_posted(post(draw.brand_id, postings, actor=actor))


def left(draw: Draw) -> dict[Account, int]:
    """What is in the stocks of a draw, and not set aside."""
    rows = AccountRow.objects.filter(
        brand_id=draw.brand_id, place=Place.STOCK.value, subject_id=0, name__startswith=f"draw:{draw.pk}:"
    )
    return {
        Account(code, Place.STOCK, name=name): posted - held
        for code, name, posted, held in rows.values_list("asset__code", "name", "posted", "held")
    }


def winning(draw: Draw, prize: Prize, number: int, subject_id: int) -> Posting:
    """Points and credit go to the wallet; a gift is set aside until it is handed out."""
    source = of_prize(draw.pk, prize)
    if prize.asset:
        step = Move(source, Account(prize.asset, Place.WALLET, subject_id), prize.units)
    else:
        step = Move(source, Account(PRIZE_ASSET, Place.GIVEN), 1, until_ms=NEVER_MS)
    return Posting(f"draw:{draw.pk}:w:{number}", "draw.won", [step], _at_ms(draw))


def consoling(draw: Draw, terms: Terms, number: int, subject_id: int) -> Posting:
    told = terms.consolation
    assert told is not None
    source = account(draw.pk, told.asset, CONSOLATION)
    step = Move(source, Account(told.asset, Place.WALLET, subject_id), told.units)
    return Posting(f"draw:{draw.pk}:c:{number}", "draw.consoled", [step], _at_ms(draw))


def funding(draw: Draw, terms: Terms, people: int) -> Posting:
    """What `people` consolations need, at the end of a drawn one."""
    told = terms.consolation
    assert told is not None
    target = account(draw.pk, told.asset, CONSOLATION)
    step = Move(Account(told.asset, Place.ISSUED), target, people * told.units)
    return Posting(f"draw:{draw.pk}:stock:{CONSOLATION}", "draw.stock", [step], draw.drawn_ms)


def handing_out(draw: Draw, number: int, move_id: int) -> Posting:
    return Posting(f"draw:{draw.pk}:h:{number}", "draw.handed_out", [Resolve(move_id)], now_ms())


def returning(draw: Draw, prize: Prize, number: int, move_id: int) -> Posting:
    """A gift that is not claimed goes back; once the draw is over, to where it was issued from."""
    steps: list[Step] = [Resolve(move_id, Kind.VOID)]
    if draw.revealed_ms:
        steps.append(Move(of_prize(draw.pk, prize), Account(PRIZE_ASSET, Place.ISSUED), 1))
    return Posting(f"draw:{draw.pk}:x:{number}", "draw.returned", steps, now_ms())


def emptying(draw: Draw, terms: Terms) -> list[Posting]:
    """What is left when it is over."""
    origins = _origins(draw, terms)
    return [
        Posting(
            f"draw:{draw.pk}:left:{one.asset}:{one.name.split(':', 2)[2]}",
            "draw.left",
            [Move(one, origins.get(one, Account(one.asset, Place.ISSUED)), units)],
            draw.drawn_ms,
        )
        for one, units in left(draw).items()
        if units > 0
    ]


def demand_posted(outcomes: list[Outcome]) -> None:
    """Raises Conflict where the ledger refused one."""
    for one in outcomes:
        if one.state is State.REFUSED:
            raise Conflict(
                one.message, remedy=say("Nothing was changed; try again."), reason=one.code or "refused"
            )


def _at_ms(draw: Draw) -> int:
    """The same at each attempt, so that the same key asks the same: instant wins are posted at once."""
    return draw.drawn_ms or draw.opens_ms
