"""Chinese names: frequency tables from general knowledge of how common names are, and how they are written.

A name is one integer, so that a million of them are an array: style, gender, surname and given characters
packed together. `write` turns it into text.
"""

from __future__ import annotations

import json
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

_TABLES = json.loads(files(__package__).joinpath("data/names.json").read_text(encoding="utf-8"))
SURNAMES: tuple[str, ...] = tuple(_TABLES["surnames"])
_SURNAME_WEIGHTS = np.array(list(_TABLES["surnames"].values()), dtype=float)
_FIRST: dict[str, str] = _TABLES["first"]
_SECOND: dict[str, str] = _TABLES["second"]
_ENGLISH: dict[str, list[str]] = _TABLES["english"]
_PINYIN: list[str] = _TABLES["pinyin"]
_TRADITIONAL = str.maketrans(_TABLES["traditional"])
_SLOTS = 64  # given characters per position, position 0 of the second meaning none
SIMPLIFIED, TRADITIONAL, LATIN = 0, 1, 2


def draw(random: np.random.Generator, female: NDArray[np.bool_], style: Ints) -> Ints:
    """Name codes for people of the given gender and style; one in seven has a single given character."""
    count = len(female)
    surname = random.choice(len(SURNAMES), count, p=_SURNAME_WEIGHTS / _SURNAME_WEIGHTS.sum())
    popularity = random.beta(0.9, 1.6, count)
    first = np.where(
        female, (popularity * len(_FIRST["f"])).astype(int), (popularity * len(_FIRST["m"])).astype(int)
    )
    second_popularity = random.beta(0.9, 1.6, count)
    second = 1 + np.where(
        female,
        (second_popularity * len(_SECOND["f"])).astype(int),
        (second_popularity * len(_SECOND["m"])).astype(int),
    )
    second[random.random(count) < 1 / 7] = 0
    packed = ((style * 2 + female) * len(SURNAMES) + surname) * _SLOTS + first
    return np.asarray(packed * _SLOTS + second, dtype=np.int64)


def unpack(code: int) -> tuple[int, str, int, int, int]:
    """(style, gender, surname, first, second) of a name code."""
    code, second = divmod(code, _SLOTS)
    code, first = divmod(code, _SLOTS)
    code, surname = divmod(code, len(SURNAMES))
    style, female = divmod(code, 2)
    return style, "f" if female else "m", surname, first, second


def with_surname_of(codes: Ints, others: Ints) -> Ints:
    """The same given names under the surnames of `others` (families)."""
    block = _SLOTS * _SLOTS
    upper, given = np.divmod(codes, block)
    surnames = (others // block) % len(SURNAMES)
    return np.asarray((upper - upper % len(SURNAMES) + surnames) * block + given, dtype=np.int64)


def write(code: int) -> str:
    """The full name as its bearer writes it."""
    style, gender, surname, first, second = unpack(code)
    if style == LATIN:
        english = _ENGLISH[gender]
        return f"{english[(first * 7 + second) % len(english)]} {_PINYIN[surname % len(_PINYIN)]}"
    given = _FIRST[gender][first] + (_SECOND[gender][second - 1] if second else "")
    name = SURNAMES[surname] + given
    return name.translate(_TRADITIONAL) if style == TRADITIONAL else name


def title(code: int) -> str:
    """How a shop clerk who did not ask writes it: 李女士."""
    _, gender, surname, _, _ = unpack(code)
    return SURNAMES[surname] + ("女士" if gender == "f" else "先生")


def nickname(code: int) -> str:
    """What friends say, and what some put as the receiver: 小婷."""
    _, gender, _, first, second = unpack(code)
    return "小" + (_SECOND[gender][second - 1] if second else _FIRST[gender][first])


def masked(name: str) -> str:
    """As Tmall masks it: 张**."""
    return name[:1] + "**"
