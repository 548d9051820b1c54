"""Unique codes: a coupon's number, enciphered by the brand's key, and a check digit.

A code is nowhere stored: who has the database alone cannot write one, and finding one needs no index but the
number's own. The cipher is a balanced Feistel network of eight rounds over 58 bits (Luby and Rackoff 1988)
whose round function is keyed BLAKE2b. Twenty-three letters and digits that look alike to nobody, a prime
number of them: the check digit, a weighted sum modulo 23, notices each single mistake and each two swapped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Final

from guanxi.platform.vault import blind_index

ALPHABET: Final = "CDFGHJKMPQRTVWXY2346789"
LENGTH: Final = 14
_BASE: Final = len(ALPHABET)
_VALUES: Final = {letter: value for value, letter in enumerate(ALPHABET)}
_HALF: Final = 29
_MASK: Final = (1 << _HALF) - 1
_ROUNDS: Final = range(8)
GENERIC_LETTERS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")


def code_of(brand_id: int, number: int) -> str:
    """Such as CDFGH-JKMPQ-RTVW."""
    return next(codes_of(brand_id, [number]))


def codes_of(brand_id: int, numbers: Iterable[int]) -> Iterator[str]:
    """In the order given."""
    key = _key(brand_id)
    return (_written(key, number) for number in numbers)


def _written(key: bytes, number: int) -> str:
    left, right = number >> _HALF, number & _MASK
    for turn in _ROUNDS:
        left, right = right, left ^ _round(key, turn, right)
    rest, letters = (left << _HALF) | right, []
    for _place in range(LENGTH - 1):
        rest, value = divmod(rest, _BASE)
        letters.append(value)
    text = "".join(ALPHABET[value] for value in (*letters, _check(letters)))
    return f"{text[:5]}-{text[5:10]}-{text[10:]}"


def number_of(brand_id: int, code: str) -> int | None:
    """The number that a code stands for; None for what cannot be one."""
    text = plain(code)
    if len(text) != LENGTH or any(letter not in _VALUES for letter in text):
        return None
    *letters, check = [_VALUES[letter] for letter in text]
    if check != _check(letters):
        return None
    told = 0
    for value in reversed(letters):
        told = told * _BASE + value
    if told >> (2 * _HALF):
        return None
    left, right = told >> _HALF, told & _MASK
    key = _key(brand_id)
    for turn in reversed(_ROUNDS):
        left, right = right ^ _round(key, turn, left), left
    return (left << _HALF) | right


def plain(code: str) -> str:
    """As it is looked up: capitals, without blanks and dashes."""
    return "".join(code.upper().split()).replace("-", "")


def _check(letters: list[int]) -> int:
    return sum((place + 1) * value for place, value in enumerate(letters)) % _BASE


def _round(key: bytes, turn: int, half: int) -> int:
    told = bytes((turn,)) + half.to_bytes(4, "big")
    return int.from_bytes(hashlib.blake2b(told, digest_size=4, key=key).digest(), "big") & _MASK


def _key(brand_id: int) -> bytes:
    return hashlib.blake2b(blind_index(brand_id, "coupon codes", "1").encode(), digest_size=32).digest()
