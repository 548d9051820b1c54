"""Keyed blind indexes: equal texts of one brand meet, and nothing else can be learnt from them.

The brand is part of every digest, so the same phone at two brands cannot be joined.
"""

from __future__ import annotations

import unicodedata
from base64 import urlsafe_b64encode
from functools import lru_cache
from hashlib import blake2b

from guanxi.platform.vault.root import forget_keys as forget_root
from guanxi.platform.vault.root import index_keys

INDEX_CHARS = 22
NUMBER_BYTES = 8
TAIL_DIGITS = 4
MAX_SEARCHED_CHARS = 60
REMEMBERED = 1 << 17  # an import meets the same buyers and names again and again


@lru_cache(maxsize=REMEMBERED)
def blind_index(brand_id: int, purpose: str, text: str) -> str:
    """22 characters that stand for `text` within one brand and purpose ("phone", "email")."""
    digest = _digest(index_keys().identity, brand_id, purpose, text)
    return urlsafe_b64encode(digest)[:INDEX_CHARS].decode()


@lru_cache(maxsize=REMEMBERED)
def name_key(brand_id: int, text: str) -> int:
    """A signed 64-bit number, never 0, that stands for a normalised name within one brand."""
    return text_key(brand_id, text)


def text_key(brand_id: int, text: str) -> int:
    """The same for texts that seldom come twice, which are not worth remembering."""
    digest = _digest(index_keys().name, brand_id, "name", text)
    return _number(digest) or 1


def searchable(name: str) -> str:
    """How names are compared in a search: NFKC, one case, letters and digits only."""
    folded = unicodedata.normalize("NFKC", name[: MAX_SEARCHED_CHARS * 2]).casefold()
    text = folded if folded.isalnum() else "".join(filter(str.isalnum, folded))
    return text[:MAX_SEARCHED_CHARS]


def grams(brand_id: int, name: str) -> list[int]:
    """The signed 64-bit numbers a name is found by: its first character and its pairs of characters."""
    text = searchable(name)
    if not text:
        return []
    found = [_gram(brand_id, text[i : i + 2]) for i in range(len(text) - 1)]
    return [_gram(brand_id, "^" + text[0]), *dict.fromkeys(found)]


def wanted_grams(brand_id: int, text: str) -> list[int]:
    """The grams that a name must have to be found by `text`: pairs, or the first character alone."""
    found = grams(brand_id, text)
    return found[1:] or found


def tail_gram(brand_id: int, phone: str) -> int | None:
    """The number a phone (or the end of one) is found by: it stands for the last four digits. None where
    there are fewer."""
    tail = phone[-TAIL_DIGITS:]
    return _tail(brand_id, tail) if len(tail) == TAIL_DIGITS and tail.isdecimal() else None


@lru_cache(maxsize=1 << 15)
def _tail(brand_id: int, tail: str) -> int:
    return _number(_digest(index_keys().gram, brand_id, "phone tail", tail))


@lru_cache(maxsize=REMEMBERED)
def _gram(brand_id: int, gram: str) -> int:
    return _number(_digest(index_keys().gram, brand_id, "gram", gram))


def _digest(keyed: blake2b, brand_id: int, purpose: str, text: str) -> bytes:
    hasher = keyed.copy()
    hasher.update(f"{brand_id}\x1f{purpose}\x1f{text}".encode("utf-8", "surrogatepass"))
    return hasher.digest()


def _number(digest: bytes) -> int:
    return int.from_bytes(digest[:NUMBER_BYTES], "big", signed=True)


def forget_keys() -> None:
    """Forget every opened key and what was computed with it, as a new process would."""
    forget_root()
    blind_index.cache_clear()
    name_key.cache_clear()
    _gram.cache_clear()
    _tail.cache_clear()
