"""What the ledger adds to a customer's page: what they have, of each asset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from guanxi.loyalty.console.shown import expiry, name_of, units
from guanxi.loyalty.ledger import assets, queries
from guanxi.loyalty.ledger.adjusting import BY_HAND
from guanxi.platform.access import BrandRequest
from guanxi.platform.roles import Permission


class Balance(NamedTuple):
    """One asset. `accounts` are the customer's (id, place), `next` what expires first (units, when)."""

    code: str
    name: str
    spendable: str
    held: str
    coming: str
    owed: str
    next: tuple[str, str] | None
    accounts: Sequence[tuple[int, str]]
    by_hand: bool


def balances(request: BrandRequest, customer_id: int, subject_ids: Sequence[int]) -> Mapping[str, object]:
    """Nothing where the customer never had anything and nothing can be given."""
    brand, rows = request.brand, []
    for one in queries.balances(brand.pk, subject_ids):
        asset = one.asset
        soon = None
        if one.next_ms is not None:
            soon = (units(asset, brand, one.next_units), expiry(one.next_ms, brand))
        what = one.standing
        rows.append(
            Balance(
                asset.code,
                name_of(asset),
                units(asset, brand, what.spendable),
                units(asset, brand, what.held) if what.held else "",
                units(asset, brand, what.coming) if what.coming else "",
                units(asset, brand, what.owed) if what.owed else "",
                soon,
                one.accounts,
                asset.kind in BY_HAND,
            )
        )
    may_adjust = request.actor.may(Permission.LEDGER_ADJUST)
    may_adjust = may_adjust and bool(rows or assets.assets(brand.pk))
    return {
        "customer_id": customer_id,
        "rows": rows,
        "shown": bool(rows) or may_adjust,
        "may_view": request.actor.may(Permission.LEDGER_VIEW),
        "may_adjust": may_adjust,
    }


def card_link(request: BrandRequest, customer_id: int, _subject_ids: Sequence[int]) -> Mapping[str, object]:
    return {"customer_id": customer_id, "shown": request.actor.may(Permission.MESSAGES_MANAGE)}
