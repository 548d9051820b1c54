"""What Lanhua sells: 48 articles from a sachet to a diffuser, and who sells it."""

from __future__ import annotations

import csv
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray


def _read(name: str) -> list[dict[str, str]]:
    with files(__package__).joinpath("data", name).open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


_ROWS = sorted(_read("catalogue.csv"), key=lambda row: (int(row["price_fen"]), row["sku"]))
SKUS = [row["sku"] for row in _ROWS]
CATEGORIES = [row["category"] for row in _ROWS]
TITLES = [row["title"] for row in _ROWS]
OPTIONS = [row["option"] for row in _ROWS]
PRICES_FEN = np.array([int(row["price_fen"]) for row in _ROWS], dtype=np.int64)
_SPENT = np.cumsum([float(row["weight"]) for row in _ROWS]) / sum(float(row["weight"]) for row in _ROWS)

TMALL, JD, DOUYIN, YOUZAN, STORE = range(5)
CHANNELS = ("tmall", "jd", "douyin", "youzan", "store")
SHOPS = ("兰花旗舰店", "兰花京东自营旗舰店", "兰花官方旗舰店", "兰花小程序商城", "兰花")
STORES = 40
STORE_NAMES = [row["name"] for row in _read("stores.csv")]


def choose(level: NDArray[np.float64]) -> NDArray[np.int64]:
    """Articles for uniform numbers in 0..1: low ones are cheap, each as often as it sells."""
    return np.minimum(np.searchsorted(_SPENT, level), len(SKUS) - 1)
