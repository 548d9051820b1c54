"""Cities by their six-digit division code, from a city's name or the beginning of an address. Pure."""

from __future__ import annotations

import csv
import re
from collections import Counter
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

_SUFFIXES = ("特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "地区", "省", "市", "盟")
_PEOPLES = re.compile(
    r"(土家族苗族|布依族苗族|苗族侗族|哈尼族彝族|壮族苗族|傣族景颇族|藏族羌族|蒙古族藏族|朝鲜族|土家族"
    r"|藏族|彝族|白族|傣族|傈僳族|回族|蒙古|哈萨克|柯尔克孜|黎族苗族|黎族|苗族)*$"
)
LONGEST_NAME = 16
_WHOLE = frozenset({110_100, 120_100, 310_100, 500_100})  # municipalities as their own only city
_FORMER = {"襄樊市": 420600, "巢湖市": 340100}  # renamed in 2010, dissolved in 2011; files still say them


class _Names(NamedTuple):
    divisions: dict[int, str]
    english: dict[int, str]
    shared: frozenset[str]  # English names of more than one city: Suzhou, Taizhou, Fuzhou …
    provinces: dict[str, int]
    cities: dict[int, dict[str, int]]  # by province, 0 for all whose name is the only one
    longest: int


@lru_cache(maxsize=1)
def _names() -> _Names:
    text = files("guanxi.customers").joinpath("data/divisions.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    divisions = {int(row["adcode"]): row["name"] for row in rows}
    english = {int(row["adcode"]): row["name_en"] for row in rows}
    counted = Counter(name for code, name in english.items() if code % 10_000)
    shared = frozenset(name for name, count in counted.items() if count > 1)
    provinces: dict[str, int] = {}
    cities: dict[int, dict[str, int]] = {0: {}}
    named = [*divisions.items(), *((code, name) for name, code in _FORMER.items())]
    for code, name in named:
        for form in _forms(name):
            if code % 10_000 == 0:
                provinces[form] = code
            else:
                cities.setdefault(code // 10_000, {})[form] = code
                cities[0][form] = code
    return _Names(divisions, english, shared, provinces, cities, LONGEST_NAME)


def _forms(name: str) -> set[str]:
    """ "杭州市" is also written 杭州, "大理白族自治州" 大理州 or 大理."""
    forms = {name}
    for suffix in _SUFFIXES:
        if name.endswith(suffix) and len(name) - len(suffix) >= 2:
            forms.add(name.removesuffix(suffix))
            break
    if name.endswith(("自治州", "自治县")):
        stem = _PEOPLES.sub("", name[:-3])
        if len(stem) >= 2:
            forms |= {stem, stem + "州"}
    return forms


@lru_cache(maxsize=65536)
def adcode(text: str | None) -> int | None:
    """The division code of a city ("杭州", "浙江省杭州市", "浙江 杭州 西湖区…"), or of the province where
    only that is said; else None."""
    rest = "".join((text or "").split()).removeprefix("中国")
    names = _names()
    province, length = _longest(rest, names.provinces)
    city, _ = _longest(
        rest[length:], names.cities.get(province // 10_000, {}) if province else names.cities[0]
    )
    if not city and length:
        # 吉林市 and 海南州 begin like a province; 北京市朝阳区 leaves the city out.
        city = names.cities[0].get(rest[: length + 1], 0) or names.cities[0].get(rest[:length], 0)
        city = city if city // 10_000 == province // 10_000 else 0
    return city or province or None


def _longest(text: str, table: dict[str, int]) -> tuple[int, int]:
    for length in range(min(LONGEST_NAME, len(text)), 1, -1):
        code = table.get(text[:length])
        if code:
            return code, length
    return 0, 0


def place_name(code: int | None, *, chinese: bool = True) -> str:
    """ "浙江省杭州市", "Hangzhou, Zhejiang" for 330100; "" for None or an unknown code."""
    named = _names().divisions if chinese else _names().english
    name = named.get(code or 0, "")
    province = named.get((code or 0) // 10_000 * 10_000, "")
    if not name or code in _WHOLE or (chinese and name == province) or not (code or 0) % 10_000:
        return name
    return province + name if chinese else f"{name}, {province}"


def place_in_sentence(code: int, *, chinese: bool) -> str:
    """The same without a comma, so that several can be listed: "Hangzhou", "Suzhou (Jiangsu)"."""
    if chinese or code % 10_000 == 0 or _names().english.get(code) not in _names().shared:
        return place_name(code) if chinese else _names().english.get(code, "")
    return f"{_names().english[code]} ({_names().english[code // 10_000 * 10_000]})"


def cities() -> dict[int, str]:
    """All cities and provinces by code."""
    return dict(_names().divisions)
