"""For whom a reward is: conditions kept as JSON, asked of one customer now, said as sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from guanxi.kernel.conditions import (
    BrandRow,
    Condition,
    ConditionInvalid,
    Moment,
    Tongue,
    dump,
    parse,
    sentence,
)
from guanxi.segments.definitions import readable, resolve
from guanxi.segments.evaluating import evaluate_each


def checked(brand_id: int, data: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The condition as it is kept; None for everybody. Raises ConditionInvalid with its path."""
    if data is None:
        return None
    parsed = parse(data)
    resolve(brand_id, parsed)
    return dump(parsed)


def met(brand: BrandRow, conditions: Mapping[int, Any], customer_id: int, at_ms: int) -> frozenset[int]:
    """Which of the kept conditions, each under a key, hold of the customer. One that refers to what has gone
    holds of nobody; None holds of everybody."""
    free = {key for key, data in conditions.items() if data is None}
    asked: dict[int, Condition] = {}
    for key, data in conditions.items():
        if data is None:
            continue
        try:
            asked[key] = resolve(brand.pk, parse(data, stored=True))
        except ConditionInvalid:
            continue
    if not asked:
        return frozenset(free)
    moment = Moment(at_ms, ZoneInfo(brand.timezone), None)
    (held,) = evaluate_each(brand, asked, [(customer_id, moment)])
    return held | free


def said(brand_id: int, data: Mapping[str, Any] | None, tongue: Tongue) -> str:
    """ "" for everybody."""
    if data is None:
        return ""
    return sentence(readable(brand_id, parse(data, stored=True)), tongue)
