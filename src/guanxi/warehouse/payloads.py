"""Fields of a payload, found in its text alike by every engine.

A payload is compact JSON as orjson writes it: `{"store":"S1","items":[{"sku":"A1"}]}`. Inside a string each
quote is escaped, so `"store":"S1"` occurs only where the field has that value, and no engine need parse JSON,
which each does differently and none fast. Names must be plain: letters, digits, underscores.
"""

from __future__ import annotations

import re
from typing import Any

import orjson


def has_value(payload: Any, name: str, value: str | bool) -> Any:
    """Whether a field, of the payload or of one of its items, is just that text or boolean."""
    return payload.contains(orjson.dumps({name: value})[1:-1].decode())


def has_text(payload: Any, name: str) -> Any:
    """Whether the field is there and is text."""
    return payload.contains(f'"{name}":"')


def has_items(payload: Any) -> Any:
    return payload.contains('"items":[')


def contains(payload: Any, name: str, part: str) -> Any:
    """Whether the field is text that contains `part`. Characters before it are passed one by one, those that
    JSON escapes as the pairs they are."""
    wanted = re.escape(orjson.dumps(part)[1:-1].decode())
    return payload.re_search(rf'"{name}":"(?:[^"\\]|\\.)*{wanted}')


def whole_number(payload: Any, name: str) -> Any:
    """The field where it is a whole number of at most 18 digits, else NULL."""
    digits = payload.re_extract(rf'"{name}":(-?[0-9]{{1,18}})[,}}]', 1)
    return digits.nullif("").cast("int64")


def text_in(payload: Any, name: str) -> Any:
    """The first text of that name in a payload, escaped as in JSON; "" where it has none. Most payloads have
    none and are not searched to their end; of a pattern that is not found engines answer "" or NULL."""
    import ibis  # noqa: PLC0415 - half a second that only metrics need

    known = ibis.coalesce(payload, ibis.literal(""))
    found = ibis.coalesce(known.re_extract(rf'"{name}":"((?:[^"\\]|\\.)*)"', 1), ibis.literal(""))
    return ibis.ifelse(known.contains(f'"{name}":"'), found, ibis.literal(""))
