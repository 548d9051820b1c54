"""Orders that are paid for with units, in whole or in part."""

from __future__ import annotations

from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say
from guanxi.loyalty.ledger.contracts import Account, Move, Outcome, Place, Posting, State
from guanxi.loyalty.ledger.posting import post
from guanxi.loyalty.rules.orders import key_of
from guanxi.platform.bulk import insert_rows
from guanxi.platform.writing import writing
from guanxi.touchpoints.services import source_id_of


def pay(
    brand_id: int,
    spender: Account,
    units: int,
    order: tuple[str, str],
    *,
    key: str,
    actor: object,
    until_ms: int | None = None,
) -> Outcome:
    """Spend units of a wallet (`spender`) for an order, named as its facts name it: (source, number), once
    under `key`. Refunds of the order give them back by their share, in whatever order facts and payment
    come. With `until_ms` they are set aside until then, to be posted or voided (`ledger.posting`).

    Raises Invalid for an order without a number, and what `post` raises; a payment beyond what is there is
    refused in the outcome.
    """
    source, number = order
    if not number.strip():
        raise Invalid(say("A payment names the number of its order."), field="order")
    move = Move(spender, Account(spender.asset, Place.SPENT), units, until_ms=until_ms)
    posting = Posting(key, "order.spent", [move], now_ms())
    with writing(brand_id):
        (outcome,) = post(brand_id, [posting], actor=actor)
        if outcome.state is not State.REFUSED:
            link = (outcome.moves[0], key_of(brand_id, source_id_of(brand_id, source), number))
            columns = {"move_id": "bigint", "key": "bigint"}
            insert_rows("loyalty_orderspend", columns, [link], on_conflict="ON CONFLICT (move_id) DO NOTHING")
    return outcome
