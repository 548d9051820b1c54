"""Cities by their six-digit division code, from a city's name or the beginning of an address. Pure."""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

_SUFFIXES = ("特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "地区", "省", "市", "盟")
_PEOPLES = re.compile(
    r"(土家族苗族|布依族苗族|苗族侗族|哈尼族彝族|壮族苗族|傣族景颇族|藏族羌族|蒙古族藏族|朝鲜族|土家族"
    r"|藏族|彝族|白族|傣族|傈僳族|回族|蒙古|哈萨克|柯尔克孜|黎族苗族|黎族|苗族)*$"
)
LONGEST_NAME = 16
_FORMER = {"襄樊市": 420600, "巢湖市": 340100}  # renamed in 2010, dissolved in 2011; files still say them


class _Names(NamedTuple):
    divisions: dict[int, str]
    provinces: dict[str, int]
    cities: dict[int, dict[str, int]]  # by province, 0 for all whose name is the only one
    longest: int


@lru_cache(maxsize=1)
def _names() -> _Names:
    text = files("guanxi.customers").joinpath("data/divisions.csv").read_text(encoding="utf-8")
    divisions = {int(row["adcode"]): row["name"] for row in csv.DictReader(text.splitlines())}
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
    return _Names(divisions, provinces, cities, LONGEST_NAME)


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


def place_name(code: int | None) -> str:
    """ "浙江省杭州市" for 330100; "" for None or an unknown code."""
    divisions = _names().divisions
    name = divisions.get(code or 0, "")
    province = divisions.get((code or 0) // 10_000 * 10_000, "")
    return name if name == province or not name else province + name


def cities() -> dict[int, str]:
    """All cities and provinces by code."""
    return dict(_names().divisions)
