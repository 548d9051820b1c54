"""Where people live: cities by weight, with streets made up for them."""

from __future__ import annotations

import csv
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

with files(__package__).joinpath("data/cities.csv").open(encoding="utf-8") as _stream:
    _ROWS = list(csv.DictReader(_stream))
PROVINCES = [row["province"] for row in _ROWS]
CITIES = [row["city"] for row in _ROWS]
ADCODES = [int(row["adcode"]) for row in _ROWS]
_WEIGHTS = np.array([float(row["weight"]) for row in _ROWS])

HONG_KONG = CITIES.index("香港特别行政区")
GUANGDONG = np.array([province == "广东省" for province in PROVINCES])

_DISTRICTS = ["城东区", "城西区", "新城区", "高新区", "江北区", "江南区", "中心区", "湖滨区"]
_STREETS = [
    "人民路",
    "中山路",
    "解放路",
    "建设路",
    "和平路",
    "文化路",
    "学府路",
    "滨江路",
    "兴业路",
    "长江路",
    "朝阳街",
    "幸福街",
    "花园街",
    "迎宾大道",
]
_ESTATES = [
    "锦绣花园",
    "阳光新城",
    "翠湖苑",
    "金色家园",
    "碧水湾",
    "书香门第",
    "万和城",
    "紫金华府",
    "云山雅居",
    "世纪城",
]


def draw(random: np.random.Generator, count: int) -> NDArray[np.int64]:
    """City numbers for people."""
    return random.choice(len(CITIES), count, p=_WEIGHTS / _WEIGHTS.sum())


def district(home: int) -> str:
    return _DISTRICTS[home % len(_DISTRICTS)]


def street(home: int) -> str:
    """The part of the address below the district; `home` is any number that stands for the household."""
    number, home = home % 300 + 1, home // 7
    estate, home = _ESTATES[home % len(_ESTATES)], home // 3
    door = f"{home % 28 + 1}栋{home % 5 + 1}0{home % 8 + 1}室"
    return f"{_STREETS[home % len(_STREETS)]}{number}号{estate}{door}"


def address(city: int, home: int) -> str:
    """Province, city, district and street with blanks between, as Tmall writes it."""
    return f"{PROVINCES[city]} {CITIES[city]} {district(home)} {street(home)}"
