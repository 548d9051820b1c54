"""The till's part for a member who is served: their tier and what it promises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guanxi.loyalty.tiers import queries, said
from guanxi.loyalty.till.contracts import PARTS, Part, Served
from guanxi.platform.language import tongue


def register() -> None:
    PARTS.register(Part("tier", 150, "loyalty/till_tier.html", load))


def load(served: Served) -> Mapping[str, Any] | None:
    """Nothing where the brand has no tiers above the first."""
    brand = served.request.brand
    found = queries.customer(brand, served.customer_id)
    if found is None or len(found.force.programme.tiers) < 2:
        return None
    return {
        "name": said.name_of(found.tier),
        "badge": found.tier.badge,
        "benefits": found.tier.benefits(chinese=tongue().is_chinese),
        "following": said.name_of(found.following) if found.following else "",
        "progress": [said.progress(brand, one) for one in found.progress],
    }
