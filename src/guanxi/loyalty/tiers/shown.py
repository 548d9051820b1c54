"""Tiers for programs: the same JSON over REST and by command."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from typing import Any

from guanxi.kernel.clock import to_datetime
from guanxi.loyalty.tiers.models import TierChange
from guanxi.loyalty.tiers.parsing import dump_programme, dump_way
from guanxi.loyalty.tiers.queries import Customer, InForce, Progress, Share


def programme(force: InForce | None, shares: Sequence[Share]) -> dict[str, Any]:
    """`version` is 0 where there is none yet."""
    if force is None:
        return {"version": 0, "programme": None, "changed_at": None, "tiers": []}
    return {
        "version": force.version,
        "programme": dump_programme(force.programme),
        "changed_at": moment(force.changed_ms),
        "tiers": [
            {
                "code": one.tier.code,
                "customers": one.customers,
                "customers_thousandths": one.customers_share,
                "revenue_fen": one.revenue_fen,
                "revenue_thousandths": one.revenue_share,
            }
            for one in shares
        ],
    }


def customer(found: Customer) -> dict[str, Any]:
    standing, tiers = found.standing, found.force.programme.tiers
    return {
        "customer": found.customer_id,
        "tier": found.tier.code,
        "earned": tiers[standing.earned].code,
        "since": moment(standing.since_ms),
        "held_until": moment(standing.until_ms),
        "next": found.following.code if found.following else None,
        "progress": [_progress(one) for one in found.progress],
        "memberships": [
            {
                "plan": one.plan.code,
                "from": moment(one.from_ms),
                "until": moment(one.until_ms),
                "renews": one.renews,
            }
            for one in found.memberships
        ],
    }


def _progress(one: Progress) -> dict[str, Any]:
    return {**dump_way(one.way), "has": one.has, "left": one.left}


def change(row: TierChange) -> dict[str, Any]:
    return {
        "from": row.before,
        "to": row.after,
        "up": row.up,
        "why": row.why,
        "version": row.version,
        "at": moment(row.at_ms),
        "recorded_at": moment(row.recorded_ms),
    }


def moment(at_ms: int | None) -> str | None:
    """RFC 3339, in UTC."""
    if at_ms is None:
        return None
    return to_datetime(at_ms).astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
