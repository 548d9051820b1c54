"""Typed values (from workbooks, Parquet, JSON) → the text a CSV would have had."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isnan
from typing import Any


def text_of(value: object) -> str:
    """Whole floats lose their point (13085.0 → "13085"); times are ISO with a space; nothing is ""."""
    convert = _CONVERT.get(type(value))
    if convert:
        return convert(value)
    return json.dumps(value, ensure_ascii=False, default=str)


def _float(value: float) -> str:
    if isnan(value):
        return ""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


_CONVERT: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "",
    str: lambda text: text,
    bool: lambda flag: "1" if flag else "0",
    int: str,
    float: _float,
    datetime: lambda moment: moment.isoformat(" "),
    date: str,
    time: str,
    timedelta: str,
    Decimal: str,
    bytes: lambda data: data.decode("utf-8", errors="replace"),
}
