"""JSON to programmes of tiers and back. Every error says where, what was expected and what was found."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from guanxi.kernel.conditions.invalid import refuse
from guanxi.kernel.wording import say
from guanxi.loyalty.tiers.contracts import (
    MOST_DAYS,
    MOST_GRACE_DAYS,
    MOST_PERCENT,
    MOST_PLANS,
    MOST_TIERS,
    MOST_UNITS,
    MOST_WAYS,
    MOST_YEARS,
    NAME_CHARS,
    TEXT_CHARS,
    Downgrade,
    Kind,
    Measure,
    Plan,
    Programme,
    Refunds,
    Span,
    Tier,
    Way,
)
from guanxi.touchpoints.kinds import KINDS

CODE: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,29}")
_LINES: Final = re.compile(r"[\r\n]")
COLOURS: Final = ("grey", "bronze", "silver", "gold", "platinum", "black", "red", "green", "blue", "purple")
BADGE_CHARS: Final = 4
OWN_KINDS: Final = frozenset({"tier.changed"})  # of tiers themselves: they would feed on themselves
_PROGRAMME: Final = ("tiers", "kept", "grace_days", "downgrade", "refunds", "plans")
_TIER: Final = (
    "code",
    "name_zh",
    "name_en",
    "colour",
    "badge",
    "benefits_zh",
    "benefits_en",
    "multiplier_percent",
    "ways",
)
_WAY: Final = ("way", "at_least", "window", "asset", "kinds")
_NO_KINDS: Final[tuple[str, ...]] = ()
_PLAN: Final = ("code", "name_zh", "name_en", "price_fen", "days", "tier", "renews")


def parse_programme(data: Any, *, stored: bool = False) -> Programme:
    """The programme that decoded JSON says. With `stored`, one that was accepted before: kinds of facts that
    have gone since are let be. Raises ConditionInvalid with the path."""
    given = _object(data, "", _PROGRAMME)
    tiers = [
        _tier(one, f"tiers[{place}]", place, stored)
        for place, one in enumerate(_list(given.get("tiers"), "tiers", 1, MOST_TIERS))
    ]
    codes = [tier.code for tier in tiers]
    _once(codes, "tiers")
    plans = [
        _plan(one, f"plans[{place}]", codes)
        for place, one in enumerate(_list(given.get("plans") or [], "plans", 0, MOST_PLANS))
    ]
    _once([plan.code for plan in plans], "plans")
    kept_days, kept_years = _kept(given.get("kept"))
    downgrade = Downgrade(_among(given.get("downgrade"), "downgrade", list(Downgrade), Downgrade.REACHED))
    if downgrade is Downgrade.STEP and kept_days is None and kept_years is None:
        expected = say("how long a tier is kept, since going down step by step keeps each anew")
        raise refuse("kept", expected, None)
    return Programme(
        tuple(tiers),
        kept_days,
        kept_years,
        _whole(given.get("grace_days"), "grace_days", 0, MOST_GRACE_DAYS, 0),
        downgrade,
        Refunds(_among(given.get("refunds"), "refunds", list(Refunds), Refunds.TAKE_BACK)),
        tuple(plans),
    )


def dump_programme(programme: Programme) -> dict[str, Any]:
    """The programme as JSON, in one form: `parse_programme(dump_programme(p)) == p`."""
    kept: dict[str, int] | None = None
    if programme.kept_years is not None:
        kept = {"years": programme.kept_years}
    elif programme.kept_days is not None:
        kept = {"days": programme.kept_days}
    return {
        "tiers": [
            {
                **{name: getattr(tier, name) for name in _TIER if name != "ways"},
                "ways": [dump_way(way) for way in tier.ways],
            }
            for tier in programme.tiers
        ],
        "kept": kept,
        "grace_days": programme.grace_days,
        "downgrade": programme.downgrade.value,
        "refunds": programme.refunds.value,
        "plans": [{name: getattr(plan, name) for name in _PLAN} for plan in programme.plans],
    }


def dump_way(way: Way) -> dict[str, Any]:
    measure = way.measure
    window: Any = {"days": measure.days} if measure.span is Span.DAYS else measure.span.value
    told: dict[str, Any] = {"way": measure.kind.value, "at_least": way.at_least, "window": window}
    if measure.kind is Kind.ASSET:
        told["asset"] = measure.asset
    if measure.kind is Kind.FACTS:
        told["kinds"] = list(measure.kinds)
    return told


def _tier(data: Any, path: str, place: int, stored: bool) -> Tier:
    given = _object(data, path, _TIER)
    code, zh, en = _called(given, path)
    ways = _list(given.get("ways") or [], f"{path}.ways", 0, MOST_WAYS)
    if place == 0 and ways:
        raise refuse(f"{path}.ways", say("nothing: the first tier is everybody's"), ways)
    return Tier(
        code,
        zh,
        en,
        _among(given.get("colour"), f"{path}.colour", COLOURS, COLOURS[0]),
        _text(given.get("badge"), f"{path}.badge", BADGE_CHARS),
        _text(given.get("benefits_zh"), f"{path}.benefits_zh", TEXT_CHARS),
        _text(given.get("benefits_en"), f"{path}.benefits_en", TEXT_CHARS),
        _whole(given.get("multiplier_percent"), f"{path}.multiplier_percent", 0, MOST_PERCENT, 100),
        tuple(_way(one, f"{path}.ways[{number}]", stored) for number, one in enumerate(ways)),
    )


def _way(data: Any, path: str, stored: bool) -> Way:
    given = _object(data, path, _WAY)
    kind = Kind(_among(given.get("way"), f"{path}.way", list(Kind), None))
    span, days = _window(given.get("window"), f"{path}.window")
    at_least = _whole(given.get("at_least"), f"{path}.at_least", 1, MOST_UNITS, None)
    asset, kinds = "", _NO_KINDS
    if kind is Kind.ASSET:
        asset = _text(given.get("asset"), f"{path}.asset", 60)
        if not asset:
            raise refuse(f"{path}.asset", say("the code of an asset"), given.get("asset"))
    if kind is Kind.FACTS:
        kinds = _kinds(given.get("kinds"), f"{path}.kinds", stored)
    return Way(Measure(kind, span, days, asset, kinds), at_least)


def _kinds(data: Any, path: str, stored: bool) -> tuple[str, ...]:
    kinds = _list(data, path, 1, 20)
    for number, kind in enumerate(kinds):
        fits = isinstance(kind, str) and (stored or kind in KINDS) and kind not in OWN_KINDS
        if not fits:
            names = ", ".join(name for name in KINDS.names() if name not in OWN_KINDS)
            raise refuse(f"{path}[{number}]", say("one of %(names)s", names=names), kind)
    return tuple(sorted(set(kinds)))


def _window(data: Any, path: str) -> tuple[Span, int]:
    if data in (Span.YEAR.value, Span.EVER.value):
        return Span(data), 0
    if isinstance(data, dict) and set(data) == {"days"}:
        return Span.DAYS, _whole(data["days"], f"{path}.days", 1, MOST_DAYS, None)
    raise refuse(path, say('{"days": a number}, "year" or "ever"'), data)


def _plan(data: Any, path: str, tiers: list[str]) -> Plan:
    given = _object(data, path, _PLAN)
    code, zh, en = _called(given, path)
    renews = given.get("renews", False)
    if type(renews) is not bool:
        raise refuse(f"{path}.renews", say("true or false"), renews)
    if len(tiers) < 2:
        raise refuse(path, say("a second tier that the plan could give"), None)
    return Plan(
        code,
        zh,
        en,
        _whole(given.get("price_fen"), f"{path}.price_fen", 0, MOST_UNITS, None),
        _whole(given.get("days"), f"{path}.days", 7, MOST_DAYS, None),
        _among(given.get("tier"), f"{path}.tier", tiers[1:], None),
        renews,
    )


def _kept(data: Any) -> tuple[int | None, int | None]:
    if data is None:
        return None, None
    if isinstance(data, dict) and set(data) == {"days"}:
        return _whole(data["days"], "kept.days", 1, MOST_DAYS, None), None
    if isinstance(data, dict) and set(data) == {"years"}:
        return None, _whole(data["years"], "kept.years", 0, MOST_YEARS, None)
    raise refuse("kept", say('{"days": a number}, {"years": a number} or nothing'), data)


def _called(given: Mapping[str, Any], path: str) -> tuple[str, str, str]:
    code = given.get("code")
    if not isinstance(code, str) or not CODE.fullmatch(code):
        raise refuse(f"{path}.code", say("a code of small letters and digits, such as gold"), code)
    zh = _text(given.get("name_zh"), f"{path}.name_zh", NAME_CHARS)
    en = _text(given.get("name_en"), f"{path}.name_en", NAME_CHARS)
    if not zh and not en:
        raise refuse(f"{path}.name_zh", say("a name in Chinese, in English, or both"), None)
    return code, zh, en


def _object(data: Any, path: str, names: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise refuse(path, say("an object with %(names)s", names=", ".join(names)), data)
    for name in data:
        if name not in names:
            where = f"{path}.{name}" if path else str(name)
            raise refuse(where, say("one of %(names)s", names=", ".join(names)), name)
    return data


def _list(data: Any, path: str, least: int, most: int) -> list[Any]:
    if not isinstance(data, list) or not least <= len(data) <= most:
        raise refuse(path, say("a list of %(least)s to %(most)s", least=least, most=most), data)
    return data


def _whole(data: Any, path: str, least: int, most: int, absent: int | None) -> int:
    if data is None and absent is not None:
        return absent
    if type(data) is not int or not least <= data <= most:
        expected = say("a whole number from %(least)s to %(most)s", least=least, most=most)
        raise refuse(path, expected, data)
    return data


def _text(data: Any, path: str, most: int) -> str:
    if data is None:
        return ""
    if not isinstance(data, str) or len(data) > most or not _LINES.sub("", data).isprintable():
        raise refuse(path, say("a text of at most %(most)s characters", most=most), data)
    return data.replace("\r\n", "\n").strip()


def _among(data: Any, path: str, names: Any, absent: str | None) -> str:
    if data is None and absent is not None:
        return absent
    if not isinstance(data, str) or data not in list(names):
        raise refuse(path, say("one of %(names)s", names=", ".join(names)), data)
    return data


def _once(codes: list[str], path: str) -> None:
    for number, code in enumerate(codes):
        if code in codes[:number]:
            raise refuse(f"{path}[{number}].code", say("a code that no other has"), code)
