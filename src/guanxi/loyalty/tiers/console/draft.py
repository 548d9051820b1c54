"""A programme while somebody writes it: texts of a form, and the definition that they say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import QueryDict

from guanxi.loyalty.tiers.contracts import MOST_PLANS, MOST_TIERS, MOST_WAYS
from guanxi.loyalty.tiers.parsing import COLOURS

TIER_FIELDS: Final = (
    "code",
    "name_zh",
    "name_en",
    "colour",
    "badge",
    "benefits_zh",
    "benefits_en",
    "multiplier",
)
WAY_FIELDS: Final = ("way", "at_least", "window", "days", "asset")
PLAN_FIELDS: Final = ("code", "name_zh", "name_en", "price", "days", "tier", "renews")
_MONEY: Final = re.compile(r"(\d{1,12})(?:\.(\d{1,2}))?")
_PLACE: Final = re.compile(r"[tpw]\.(\d{1,2})(?:\.w\.(\d))?")
EXAMPLE: Final[dict[str, Any]] = {
    "tiers": [
        {"code": "member", "name_zh": "会员", "name_en": "Member"},
        {
            "code": "silver",
            "name_zh": "银卡",
            "name_en": "Silver",
            "colour": "silver",
            "multiplier_percent": 120,
            "ways": [{"way": "spend", "at_least": 100_000, "window": {"days": 365}}],
        },
        {
            "code": "gold",
            "name_zh": "金卡",
            "name_en": "Gold",
            "colour": "gold",
            "badge": "★",
            "multiplier_percent": 150,
            "ways": [
                {"way": "spend", "at_least": 500_000, "window": {"days": 365}},
                {
                    "way": "facts",
                    "kinds": ["training.completed", "event.attended", "review.written"],
                    "at_least": 6,
                    "window": {"days": 365},
                },
            ],
        },
    ],
    "kept": {"years": 1},
    "grace_days": 30,
}


@dataclass(slots=True)
class Draft:
    """All values are texts as typed; a tier has `ways`, a way has `kinds`."""

    version: int = 0
    tiers: list[dict[str, Any]] = field(default_factory=list)
    plans: list[dict[str, Any]] = field(default_factory=list)
    terms: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_form(cls, form: QueryDict) -> Draft:
        draft = cls(int(text) if (text := form.get("version", "")).isdecimal() and len(text) < 9 else 0)
        for place in range(MOST_TIERS):
            if f"t.{place}.code" not in form:
                break
            tier: dict[str, Any] = {name: form.get(f"t.{place}.{name}", "") for name in TIER_FIELDS}
            tier["ways"] = _ways(form, f"t.{place}.w")
            draft.tiers.append(tier)
        for place in range(MOST_PLANS):
            if f"p.{place}.code" not in form:
                break
            draft.plans.append({name: form.get(f"p.{place}.{name}", "") for name in PLAN_FIELDS})
        names = ("kept", "kept_n", "grace_days", "downgrade", "refunds")
        draft.terms = {name: form.get(name, "") for name in names}
        return draft

    @classmethod
    def from_definition(cls, told: Mapping[str, Any], version: int) -> Draft:
        kept = told.get("kept") or {}
        unit = next(iter(kept), "")
        terms = {
            "kept": unit,
            "kept_n": str(kept.get(unit, "")),
            "grace_days": str(told.get("grace_days") or ""),
            "downgrade": told.get("downgrade", "reached"),
            "refunds": told.get("refunds", "take_back"),
        }
        tiers = [
            {
                **{name: str(one.get(name, "")) for name in TIER_FIELDS},
                "colour": one.get("colour", COLOURS[0]),
                "multiplier": str(one.get("multiplier_percent", 100)),
                "ways": [_way_shown(way) for way in one.get("ways", ())],
            }
            for one in told["tiers"]
        ]
        plans = [
            {
                **{name: str(one.get(name, "")) for name in PLAN_FIELDS},
                "price": yuan(one["price_fen"]),
                "renews": "1" if one.get("renews") else "",
            }
            for one in told.get("plans", ())
        ]
        return cls(version, tiers, plans, terms)

    def definition(self) -> dict[str, Any]:
        """As JSON; what is no number stays a text, and is refused with its place."""
        kept = self.terms.get("kept")
        return {
            "tiers": [_tier(one, first=place == 0) for place, one in enumerate(self.tiers)],
            "kept": {kept: whole(self.terms.get("kept_n", ""))} if kept in ("days", "years") else None,
            "grace_days": whole(self.terms.get("grace_days", "") or "0"),
            "downgrade": self.terms.get("downgrade") or None,
            "refunds": self.terms.get("refunds") or None,
            "plans": [
                {
                    **{name: one[name] for name in ("code", "name_zh", "name_en", "tier")},
                    "price_fen": fen(one["price"]),
                    "days": whole(one["days"]),
                    "renews": bool(one["renews"]),
                }
                for one in self.plans
            ],
        }

    def act(self, action: str) -> None:
        """Do what a button says: add or drop a tier, a way or a plan. What makes no sense does nothing."""
        what, _space, where = action.partition(" ")
        found = _PLACE.fullmatch(where)
        place = int(found[1]) if found else -1
        if what == "tier" and len(self.tiers) < MOST_TIERS:
            blank = dict.fromkeys(TIER_FIELDS, "") | {"colour": COLOURS[0], "multiplier": "100"}
            self.tiers.append({**blank, "ways": [_blank_way()] if self.tiers else []})
        elif what == "plan" and len(self.plans) < MOST_PLANS:
            last = self.tiers[-1]["code"] if self.tiers else ""
            self.plans.append({**dict.fromkeys(PLAN_FIELDS, ""), "tier": last, "days": "365"})
        elif what == "way" and 0 < place < len(self.tiers) and len(self.tiers[place]["ways"]) < MOST_WAYS:
            self.tiers[place]["ways"].append(_blank_way())
        elif what == "drop" and where.startswith("p") and 0 <= place < len(self.plans):
            del self.plans[place]
        elif what == "drop" and found and 0 <= place < len(self.tiers):
            ways = self.tiers[place]["ways"]
            if found[2] is None:
                del self.tiers[place]
            elif int(found[2]) < len(ways):
                del ways[int(found[2])]


def _ways(form: QueryDict, prefix: str) -> list[dict[str, Any]]:
    ways = []
    for number in range(MOST_WAYS):
        if f"{prefix}.{number}.way" not in form:
            break
        way: dict[str, Any] = {name: form.get(f"{prefix}.{number}.{name}", "") for name in WAY_FIELDS}
        ways.append({**way, "kinds": form.getlist(f"{prefix}.{number}.kinds")[:20]})
    return ways


def _blank_way() -> dict[str, Any]:
    return {"way": "spend", "at_least": "", "window": "days", "days": "365", "asset": "", "kinds": []}


def _way_shown(way: Mapping[str, Any]) -> dict[str, Any]:
    window = way["window"]
    days = window["days"] if isinstance(window, dict) else ""
    return {
        "way": way["way"],
        "at_least": yuan(way["at_least"]) if way["way"] == "spend" else str(way["at_least"]),
        "window": "days" if isinstance(window, dict) else window,
        "days": str(days),
        "asset": way.get("asset", ""),
        "kinds": list(way.get("kinds", ())),
    }


def _tier(one: Mapping[str, Any], *, first: bool) -> dict[str, Any]:
    told = {name: one[name] for name in TIER_FIELDS if name != "multiplier"}
    told["multiplier_percent"] = whole(one["multiplier"] or "100")
    told["ways"] = [] if first else [_way(way) for way in one["ways"]]
    return told


def _way(way: Mapping[str, Any]) -> dict[str, Any]:
    is_spend = way["way"] == "spend"
    told: dict[str, Any] = {
        "way": way["way"],
        "at_least": fen(way["at_least"]) if is_spend else whole(way["at_least"]),
        "window": {"days": whole(way["days"])} if way["window"] == "days" else way["window"],
    }
    if way["way"] == "asset":
        told["asset"] = way["asset"]
    if way["way"] == "facts":
        told["kinds"] = way["kinds"]
    return told


def whole(text: str) -> int | str:
    clean = text.replace(",", "").strip()
    return int(clean) if clean.isdecimal() and clean.isascii() and len(clean) < 18 else text


def fen(text: str) -> int | str:
    found = _MONEY.fullmatch(re.sub(r"[\s,¥￥]", "", text))
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else text


def yuan(amount_fen: int) -> str:
    return f"{amount_fen // 100}" if amount_fen % 100 == 0 else f"{amount_fen / 100:.2f}"
