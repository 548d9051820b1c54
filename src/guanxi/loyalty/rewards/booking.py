"""What a redemption does to the ledger, one posting for each move between states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from guanxi.kernel.clock import DAY_MS
from guanxi.kernel.errors import Conflict, GuanxiError
from guanxi.kernel.wording import say
from guanxi.loyalty.ledger.contracts import (
    NEVER_MS,
    Account,
    ClawBack,
    GiveBack,
    Kind,
    Move,
    Outcome,
    Place,
    Posting,
    Resolve,
    State,
    Step,
)
from guanxi.loyalty.ledger.models import Account as Row
from guanxi.loyalty.ledger.posting import post
from guanxi.loyalty.ledger.queries import asset
from guanxi.loyalty.rewards.contracts import ASSET
from guanxi.loyalty.rewards.models import Redemption, Reward

GRACE_MS: Final = 7 * DAY_MS  # what comes back after its day lives so long at the least


def stock_of(code: str) -> Account:
    return Account(ASSET, Place.STOCK, name=code)


def given_of(code: str) -> Account:
    return Account(ASSET, Place.GIVEN, name=code)


def hold(row: Redemption, reward: Reward, at_ms: int) -> None:
    """Set the units and a piece aside, both or neither; the row learns the moves. Raises Conflict with
    `reason` sold_out or insufficient."""
    steps: list[Step] = []
    if reward.stocked:
        steps.append(Move(stock_of(reward.code), given_of(reward.code), 1, until_ms=NEVER_MS))
    if row.units:
        wallet = Account(row.asset, Place.WALLET, row.subject_id)
        steps.append(Move(wallet, Account(row.asset, Place.SPENT), row.units, until_ms=NEVER_MS))
    if not steps:
        return
    if reward.stocked:
        asset(row.brand_id, ASSET, "reward", "礼品")
    told = _post(row, "hold", "reward.reserved", steps, at_ms)
    if told.state is State.REFUSED:
        raise _refused(row, reward, told)
    moves = list(told.moves)
    row.piece_hold = moves.pop(0) if reward.stocked else None
    row.holds = moves


def spend(row: Redemption, at_ms: int) -> None:
    """What was set aside is spent, and the piece has left the stock."""
    _resolve(row, Kind.POST, "spend", "reward.handed_out", at_ms)


def let_go(row: Redemption, at_ms: int) -> None:
    """What was set aside goes back to where it came from."""
    _resolve(row, Kind.VOID, "void", "reward.cancelled", at_ms)


def give_back(row: Redemption, at_ms: int, *, piece: bool) -> None:
    """Units that were spent come back as new lots, and the piece to the stock where it did."""
    steps: list[Step] = []
    if row.holds:
        steps.append(GiveBack(row.holds[0], row.units, GRACE_MS))
    if piece and row.piece_hold:
        steps.append(ClawBack(row.piece_hold, 1))
    if steps:
        _demand(_post(row, "back", "reward.returned", steps, at_ms))


def fill(brand_id: int, code: str, pieces: int, key: str, *, at_ms: int, actor: object) -> Outcome:
    """More pieces into the stock, or, below zero, out of it. Raises Conflict where there are not so many."""
    asset(brand_id, ASSET, "reward", "礼品")
    made, stock = Account(ASSET, Place.ISSUED), stock_of(code)
    step = Move(made, stock, pieces) if pieces > 0 else Move(stock, made, -pieces)
    (told,) = post(brand_id, [Posting(key, "reward.stock", [step], at_ms)], actor=actor)
    _demand(told)
    return told


def _resolve(row: Redemption, kind: Kind, name: str, reason: str, at_ms: int) -> None:
    pending = [*([row.piece_hold] if row.piece_hold else []), *row.holds]
    if pending:
        _demand(_post(row, name, reason, [Resolve(number, kind) for number in pending], at_ms))


def _post(row: Redemption, name: str, reason: str, steps: Sequence[Step], at_ms: int) -> Outcome:
    posting = Posting(f"reward:{row.pk}:{name}", reason, steps, at_ms)
    return post(row.brand_id, [posting], actor="rewards")[0]


def _demand(told: Outcome) -> None:
    if told.state is State.REFUSED:
        raise Conflict(told.message, remedy=say("Look at it again, then decide."), reason=told.code)


def _refused(row: Redemption, reward: Reward, told: Outcome) -> GuanxiError:
    if reward.stocked and left(row.brand_id, [reward.code]).get(reward.code, 0) < 1:
        return Conflict(
            say("The last piece is gone."), remedy=say("Choose another reward."), reason="sold_out"
        )
    return Conflict(
        told.message, remedy=say("Choose another price, or come back with more."), reason=told.code
    )


def left(brand_id: int, codes: Sequence[str]) -> dict[str, int]:
    """code → pieces that can still be had."""
    rows = Row.objects.filter(
        asset__brand_id=brand_id, asset__code=ASSET, place=Place.STOCK.value, subject_id=0, name__in=codes
    )
    return {name: posted - held for name, posted, held in rows.values_list("name", "posted", "held")}
