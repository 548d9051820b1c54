"""What the member at the counter has: the first part of the till's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guanxi.loyalty.console.shown import expiry, name_of, units
from guanxi.loyalty.ledger import queries
from guanxi.loyalty.till.contracts import PARTS, Part, Served


def register() -> None:
    PARTS.register(Part("points", 100, "loyalty/till/points.html", load))


def load(served: Served) -> Mapping[str, Any]:
    brand, rows = served.request.brand, []
    for one in queries.balances(brand.pk, served.subject_ids):
        has = one.standing
        if not (has.posted or has.coming or has.owed):
            continue
        rows.append(
            {
                "name": name_of(one.asset),
                "spendable": units(one.asset, brand, has.spendable),
                "coming": units(one.asset, brand, has.coming) if has.coming else "",
                "owed": units(one.asset, brand, has.owed) if has.owed else "",
                "soon": units(one.asset, brand, one.next_units) if one.next_ms is not None else "",
                "soon_day": expiry(one.next_ms, brand) if one.next_ms is not None else "",
            }
        )
    return {"rows": rows}
