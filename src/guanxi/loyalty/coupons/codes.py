"""Unique codes: a coupon's number, enciphered by the brand's key, and a check digit.

A code is nowhere stored: who has the database alone cannot write one, and finding one needs no index but the
number's own. The cipher is a balanced Feistel network of eight rounds over 58 bits (Luby and Rackoff 1988)
whose round function is AES-256. Twenty-three letters and digits of which no two look alike, a prime number of
them: the check digit, a weighted sum modulo 23, notices each single mistake and each two swapped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from guanxi.platform.vault import blind_index

ALPHABET: Final = "CDFGHJKMPQRTVWXY2346789"
LENGTH: Final = 14
GENERIC_LETTERS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_BASE: Final = len(ALPHABET)
_VALUES: Final = {letter: value for value, letter in enumerate(ALPHABET)}
_BYTES: Final = np.frombuffer(ALPHABET.encode(), np.uint8)
_WEIGHTS: Final = np.arange(1, LENGTH, dtype=np.uint64)
_PLACES: Final = [0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 12, 13, 14, 15]  # the others are dashes
_HALF: Final = 29
_MASK: Final = (1 << _HALF) - 1
_ROUNDS: Final = range(8)


def code_of(brand_id: int, number: int) -> str:
    """Such as CDFGH-JKMPQ-RTVW."""
    return codes_of(brand_id, [number])[0]


def codes_of(brand_id: int, numbers: Sequence[int]) -> list[str]:
    """In the order given; a million take about two seconds."""
    if not numbers:
        return []
    rest = _enciphered(brand_id, np.array(numbers, dtype=np.uint64))
    letters = np.empty((len(numbers), LENGTH), np.uint64)
    for place in range(LENGTH - 1):
        rest, letters[:, place] = np.divmod(rest, np.uint64(_BASE))
    letters[:, -1] = (letters[:, :-1] * _WEIGHTS).sum(axis=1) % _BASE
    text = np.full((len(numbers), LENGTH + 2), ord("-"), np.uint8)
    text[:, _PLACES] = _BYTES[letters]
    return [code.decode() for code in text.view(f"S{LENGTH + 2}").ravel().tolist()]


def number_of(brand_id: int, code: str) -> int | None:
    """The number that a code stands for; None for what cannot be one."""
    text = plain(code)
    if len(text) != LENGTH or any(letter not in _VALUES for letter in text):
        return None
    *letters, check = [_VALUES[letter] for letter in text]
    if check != sum((place + 1) * value for place, value in enumerate(letters)) % _BASE:
        return None
    told = 0
    for value in reversed(letters):
        told = told * _BASE + value
    if told >> (2 * _HALF):
        return None
    # Backwards it is the same network with its halves changed over.
    swapped = ((told & _MASK) << _HALF) | (told >> _HALF)
    found = int(_enciphered(brand_id, np.array([swapped], dtype=np.uint64), reversed(_ROUNDS))[0])
    return ((found & _MASK) << _HALF) | (found >> _HALF)


def plain(code: str) -> str:
    """As it is looked up: capitals, without blanks and dashes."""
    return "".join(code.upper().split()).replace("-", "")


def _enciphered(brand_id: int, numbers: Any, rounds: Iterable[int] = _ROUNDS) -> Any:
    """58-bit numbers through the network, all at once."""
    left, right = numbers >> np.uint64(_HALF), numbers & np.uint64(_MASK)
    # One block for each number, made of the round and a half: a keyed function, no text that ECB would show.
    aes = Cipher(algorithms.AES(_key(brand_id)), modes.ECB()).encryptor()  # noqa: S305
    blocks = np.zeros((len(numbers), 4), "<u4")
    for turn in rounds:
        blocks[:, 0], blocks[:, 1] = turn, right
        mixed = np.frombuffer(aes.update(blocks.tobytes()), "<u4")[::4] & _MASK
        left, right = right, left ^ mixed
    return (left << np.uint64(_HALF)) | right


def _key(brand_id: int) -> bytes:
    return hashlib.blake2b(blind_index(brand_id, "coupon codes", "1").encode(), digest_size=32).digest()
