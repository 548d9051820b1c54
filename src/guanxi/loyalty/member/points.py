"""What a member has: the first part of the card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guanxi.customers.lookup import subject_ids_of
from guanxi.loyalty.console.shown import expiry, name_of, units
from guanxi.loyalty.ledger import queries
from guanxi.loyalty.member.contracts import SECTIONS, Member, Section


def register() -> None:
    SECTIONS.register(Section("points", 100, "loyalty/member/points.html", load))


def load(member: Member) -> Mapping[str, Any]:
    rows = []
    for one in queries.balances(member.brand.pk, subject_ids_of(member.brand.pk, member.customer_id)):
        asset, has, brand = one.asset, one.standing, member.brand
        if not (has.posted or has.coming or has.owed):
            continue
        soon = one.next_ms is not None
        rows.append(
            {
                "name": name_of(asset),
                "spendable": units(asset, brand, has.spendable),
                "coming": units(asset, brand, has.coming) if has.coming else "",
                "owed": units(asset, brand, has.owed) if has.owed else "",
                "soon": units(asset, brand, one.next_units) if soon else "",
                "soon_day": expiry(one.next_ms, brand) if one.next_ms is not None else "",
            }
        )
    return {"balances": rows}
