"""Rewards and redemptions as programs are told of them: JSON, times in UTC as RFC 3339."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

from guanxi.kernel.clock import to_datetime
from guanxi.kernel.conditions import BrandRow
from guanxi.loyalty import audience
from guanxi.loyalty.rewards import queries
from guanxi.loyalty.rewards.models import Redemption, Reward
from guanxi.loyalty.rewards.queries import Counts
from guanxi.loyalty.rewards.rules import prices_of
from guanxi.platform.language import tongue

_PLAIN = ("code", "kind", "state", "version", "name", "name_en", "text", "text_en", "condition")
_NUMBERS = ("per_customer", "per_household", "pay_minutes", "keep_days", "review_days", "cost_fen", "place")


def moment(at_ms: int | None) -> str | None:
    if at_ms is None:
        return None
    text = to_datetime(at_ms, ZoneInfo("UTC")).astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def rewards(brand: BrandRow, rows: Collection[Reward]) -> list[dict[str, Any]]:
    """Each with what is left of it and how often it was redeemed."""
    left, counted = queries.left(brand.pk, rows), queries.counts(brand.pk)
    return [_reward(brand, row, left.get(row.code), counted.get(row.pk, Counts())) for row in rows]


def reward(brand: BrandRow, row: Reward) -> dict[str, Any]:
    (found,) = rewards(brand, [row])
    return found


def _reward(brand: BrandRow, row: Reward, left: int | None, counted: Counts) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in (*_PLAIN, *_NUMBERS)}
    return {
        **told,
        "audience_zh": audience.said(brand.pk, row.condition, tongue("zh-hans", brand.currency)),
        "audience_en": audience.said(brand.pk, row.condition, tongue("en", brand.currency)),
        "prices": [
            {"asset": one.asset or None, "units": one.units, "fen": one.fen} for one in prices_of(row.prices)
        ],
        "opens_at": moment(row.opens_ms),
        "closes_at": moment(row.closes_ms),
        "early_at": moment(row.early_ms),
        "early_condition": row.early_condition,
        "deliveries": row.deliveries,
        "stocked": row.stocked,
        "review_channel": row.review_channel or None,
        "review_template": row.review_template or None,
        "settings": row.settings,
        "left": left,
        "waiting": counted.waiting,
        "redeemed": counted.had,
    }


def redemptions(brand_id: int, rows: Collection[Redemption]) -> list[dict[str, Any]]:
    owners: Mapping[int, int] = queries.customers_of(brand_id, rows)
    return [_redemption(row, owners.get(row.subject_id)) for row in rows]


def redemption(brand_id: int, row: Redemption) -> dict[str, Any]:
    """With its history and its payments; never with the address."""
    (found,) = redemptions(brand_id, [row])
    return {
        **found,
        "steps": [
            {"state": one.after, "at": moment(one.at_ms), "by": one.actor, "why": one.why}
            for one in queries.steps(row.pk)
        ],
        "payments": [
            {"reference": one.reference, "fen": one.fen, "due_back": one.due_back, "at": moment(one.at_ms)}
            for one in queries.payments(row.pk)
        ],
    }


def _redemption(row: Redemption, customer_id: int | None) -> dict[str, Any]:
    return {
        "id": row.pk,
        "key": row.key,
        "reward": row.reward.code,
        "customer": customer_id,
        "asset": row.asset or None,
        "units": row.units,
        "fen": row.fen,
        "state": row.state,
        "delivery": row.delivery,
        "store": row.store or None,
        "code": row.code,
        "carrier": row.carrier or None,
        "tracking": row.tracking or None,
        "given": row.given or None,
        "expires_at": moment(row.due_ms),
        "made_at": moment(row.made_ms),
        "changed_at": moment(row.changed_ms),
    }
