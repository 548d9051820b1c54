"""The editor's form: what was typed becomes terms, and terms what the form shows."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from guanxi.kernel.clock import DAY_MS, now_ms, to_datetime
from guanxi.kernel.conditions import loads
from guanxi.kernel.errors import Invalid
from guanxi.loyalty.draws.contracts import MOST_PRIZES
from guanxi.platform.models import Brand

_TIME: Final = "%Y-%m-%dT%H:%M"
_YUAN: Final = re.compile(r"(\d{1,10})(?:\.(\d{1,2}))?")
_TEXTS: Final = ("title", "organiser", "redemption", "entropy", "insider_tag")
EMPTY_PRIZE: Final[Mapping[str, str]] = dict.fromkeys(
    ("code", "name", "kind", "quantity", "value", "asset", "units", "campaign"), ""
)


def fresh(brand: Brand) -> dict[str, Any]:
    """What a new draw begins with."""
    today = to_datetime(now_ms(), ZoneInfo(brand.timezone)).replace(hour=10, minute=0)
    start_ms = int(today.timestamp() * 1000) + DAY_MS
    prize = {"kind": "gift", "quantity": "1", "value": ""}
    return {
        "mode": "drawn",
        "organiser": brand.name,
        "opens": written_time(brand, start_ms),
        "closes": written_time(brand, start_ms + 7 * DAY_MS),
        "claim_days": "30",
        "most": "1",
        "one_prize": "on",
        "expected": "1000",
        "prizes": [{**EMPTY_PRIZE, **prize}, EMPTY_PRIZE, EMPTY_PRIZE],
    }


def shown(brand: Brand, terms: Mapping[str, Any]) -> dict[str, Any]:
    """Terms as the form has them."""
    entry, told = terms["entry"], terms["consolation"] or {}
    prizes = [
        {
            **{name: one.get(name, "") for name in ("code", "name", "kind", "asset", "campaign")},
            **_numbers(one),
        }
        for one in terms["prizes"]
    ]
    return {
        **{name: terms[name] for name in ("draw", "mode", *_TEXTS)},
        "opens": written_time(brand, terms["opens_ms"]),
        "closes": written_time(brand, terms["closes_ms"]),
        "claim_days": terms["claim_days"],
        "positions": terms["positions"] or "",
        "one_prize": "on" if terms["one_prize"] else "",
        "asset": entry["asset"],
        "units": entry["units"] or "",
        "most": entry["most"],
        "condition": _json(entry["condition"]),
        "consolation_asset": told.get("asset", ""),
        "consolation_units": told.get("units", ""),
        "consolation_value": _yuan(told["value_fen"]) if told else "",
        "expected": terms["positions"] or "1000",
        "prizes": [*prizes, *[EMPTY_PRIZE] * 2],
    }


def typed(data: Mapping[str, str]) -> dict[str, Any]:
    """The form as it was sent, to be shown again."""
    rows = []
    for place in range(MOST_PRIZES):
        row = {name: data.get(f"p.{place}.{name}", "").strip() for name in EMPTY_PRIZE}
        if any(row[name] for name in ("code", "name")):
            rows.append(row)
    return {**{name: data.get(name, "").strip() for name in data}, "prizes": [*rows, *[EMPTY_PRIZE] * 2]}


def read(brand: Brand, form: Mapping[str, Any]) -> dict[str, Any]:
    """The terms that were typed. Raises Invalid with `field`, ConditionInvalid."""
    asset, told = form.get("asset", ""), None
    if form.get("consolation_asset"):
        told = {
            "asset": form["consolation_asset"],
            "units": _whole(form.get("consolation_units", ""), "consolation"),
            "value_fen": _fen(form.get("consolation_value", ""), "consolation"),
        }
    condition = str(form.get("condition", "")).strip()
    if condition:
        loads(condition)
    instant = form.get("mode") == "instant"
    return {
        **{name: form.get(name, "") for name in ("draw", "mode", *_TEXTS)},
        "entropy": "" if instant else form.get("entropy", ""),
        "opens_ms": _time(brand, form.get("opens", ""), "opens_ms"),
        "closes_ms": _time(brand, form.get("closes", ""), "closes_ms"),
        "claim_days": _whole(form.get("claim_days", ""), "claim_days"),
        "positions": _whole(form.get("positions", ""), "positions") if instant else 0,
        "one_prize": bool(form.get("one_prize")),
        "entry": {
            "asset": asset,
            "units": _whole(form.get("units", ""), "entry.units") if asset else 0,
            "most": _whole(form.get("most", ""), "entry.most"),
            "condition": _object(condition),
        },
        "prizes": [
            _prize(one, f"prizes.{place}")
            for place, one in enumerate(one for one in form["prizes"] if one["code"] or one["name"])
        ],
        "consolation": told,
    }


def written_time(brand: Brand, at_ms: int) -> str:
    return to_datetime(at_ms, ZoneInfo(brand.timezone)).strftime(_TIME)


def _prize(one: Mapping[str, str], where: str) -> dict[str, Any]:
    paid = one["kind"] in ("points", "credit")
    coupon = {"campaign": one["campaign"]} if one["kind"] == "coupon" else {}
    return {
        **{name: one[name] for name in ("code", "name", "kind")},
        "quantity": _whole(one["quantity"], f"{where}.quantity"),
        "value_fen": _fen(one["value"], f"{where}.value_fen"),
        "asset": one["asset"] if paid else "",
        "units": _whole(one["units"], f"{where}.units") if paid else 0,
        **coupon,
    }


def _numbers(one: Mapping[str, Any]) -> dict[str, Any]:
    return {"quantity": one["quantity"], "value": _yuan(one["value_fen"]), "units": one["units"] or ""}


def _whole(text: object, field: str) -> int:
    plain = str(text).replace(",", "").strip()
    if not plain.isascii() or not plain.isdecimal() or len(plain) > 12:
        raise Invalid(_("Say it as a whole number."), field=field)
    return int(plain)


def _fen(text: object, field: str) -> int:
    found = _YUAN.fullmatch(str(text).replace(",", "").lstrip("¥￥ ").strip())
    if found is None:
        raise Invalid(_("Say the market value in yuan, such as 1299 or 9.90."), field=field)
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}" if fen % 100 else str(fen // 100)


def _time(brand: Brand, text: object, field: str) -> int:
    try:
        local = datetime.strptime(str(text)[:16], _TIME).replace(tzinfo=ZoneInfo(brand.timezone))
    except ValueError:
        raise Invalid(_("Say the day and the time."), field=field) from None
    return int(local.timestamp() * 1000)


def _object(text: str) -> Any:
    return json.loads(text) if text else None


def _json(condition: object) -> str:
    return json.dumps(condition, ensure_ascii=False) if condition else ""
