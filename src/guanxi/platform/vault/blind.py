"""The blind indexes of this installation, by the keys of its vault (kernel/blind.py says what they are)."""

from __future__ import annotations

from functools import lru_cache

from guanxi.kernel.blind import BlindIndexer, searchable
from guanxi.platform.vault.root import forget_keys as forget_root
from guanxi.platform.vault.root import index_keys

__all__ = [
    "blind_index",
    "forget_keys",
    "grams",
    "indexer",
    "name_key",
    "searchable",
    "tail_gram",
    "text_key",
    "wanted_grams",
]


@lru_cache(maxsize=1)
def indexer() -> BlindIndexer:
    """Raises KeyMissing, KeyWrong, or KeyCheckMissing where sealed data exists but its secret is gone."""
    return BlindIndexer(index_keys())


def blind_index(brand_id: int, purpose: str, text: str) -> str:
    """22 characters that stand for `text` within one brand and purpose ("phone", "email")."""
    return indexer().index(brand_id, purpose, text)


def name_key(brand_id: int, text: str) -> int:
    """A signed 64-bit number, never 0, that stands for a normalised name within one brand."""
    return indexer().name_key(brand_id, text)


def text_key(brand_id: int, text: str) -> int:
    """The same for texts that seldom come twice, which are not worth remembering."""
    return indexer().text_key(brand_id, text)


def grams(brand_id: int, name: str) -> list[int]:
    """The signed 64-bit numbers a name is found by: its first character and its pairs of characters."""
    return [*indexer().grams(brand_id, name)]


def wanted_grams(brand_id: int, text: str) -> list[int]:
    """The grams that a name must have to be found by `text`: pairs, or the first character alone."""
    found = grams(brand_id, text)
    return found[1:] or found


def tail_gram(brand_id: int, phone: str) -> int | None:
    """The number a phone (or the end of one) is found by; None where it has fewer than four digits."""
    return indexer().tail_gram(brand_id, phone)


def forget_keys() -> None:
    """Forget every opened key and what was computed with it, as a new process would."""
    forget_root()
    indexer.cache_clear()
