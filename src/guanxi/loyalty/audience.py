"""Who may have something of the programme: a condition, kept as JSON, asked of a customer now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from guanxi.kernel.clock import now_ms
from guanxi.kernel.conditions import BrandRow, ConditionInvalid, Moment, Tongue, dump, parse, sentence
from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say
from guanxi.segments.definitions import readable, resolve
from guanxi.segments.evaluating import evaluate


def checked(brand_id: int, data: Any) -> dict[str, Any] | None:
    """The condition in its one form; None is everybody. Raises ConditionInvalid."""
    if data is None:
        return None
    condition = parse(data)
    resolve(brand_id, condition)
    return dump(condition)


def read(brand_id: int, text: str) -> dict[str, Any] | None:
    """The same of JSON text as somebody typed it; empty is everybody. Raises Invalid with `field`."""
    if not text.strip():
        return None
    try:
        return checked(brand_id, orjson.loads(text))
    except orjson.JSONDecodeError:
        raise Invalid(
            say("This is not JSON."), remedy=say("Copy it from a segment's page."), field="audience"
        ) from None
    except ConditionInvalid as error:
        raise Invalid(error.message, remedy=error.remedy, field="audience") from None


def written(data: Mapping[str, Any] | None) -> str:
    """As text to be changed."""
    return "" if data is None else orjson.dumps(data, option=orjson.OPT_INDENT_2).decode()


def holding(
    brand: BrandRow, conditions: Mapping[int, Mapping[str, Any] | None], customer_id: int
) -> frozenset[int]:
    """Those of the conditions, by key, that hold of the customer now. What can no longer be asked, since it
    refers to what has gone, holds of nobody."""
    found = {key for key, data in conditions.items() if data is None}
    asked = {}
    for key, data in conditions.items():
        if data is not None:
            try:
                asked[key] = resolve(brand.pk, parse(data, stored=True))
            except ConditionInvalid:
                continue
    if asked:
        moment = Moment(now_ms(), ZoneInfo(brand.timezone))
        answer = evaluate(brand, asked, [customer_id], moment)
        found |= answer[customer_id].holds if customer_id in answer else frozenset()
    return frozenset(found)


def said(brand_id: int, data: Mapping[str, Any] | None, tongue: Tongue) -> str:
    """The condition as a sentence; "" is everybody."""
    if data is None:
        return ""
    try:
        return sentence(readable(brand_id, parse(data, stored=True)), tongue)
    except ConditionInvalid as error:
        return str(error.message)
