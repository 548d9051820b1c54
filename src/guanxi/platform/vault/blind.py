"""Keyed blind indexes: equal texts of one brand meet, and nothing else can be learnt from them.

The brand is part of every digest, so the same phone at two brands cannot be joined.
"""

from __future__ import annotations

import hmac
import unicodedata
from base64 import urlsafe_b64encode
from functools import lru_cache

from guanxi.platform.vault.root import forget_keys as forget_root
from guanxi.platform.vault.root import index_keys

INDEX_BYTES = 16
INDEX_CHARS = 22
NUMBER_BYTES = 8
MAX_SEARCHED_CHARS = 60


def blind_index(brand_id: int, purpose: str, text: str) -> str:
    """22 characters that stand for `text` within one brand and purpose ("phone", "email")."""
    digest = hmac.digest(index_keys().identity, _message(brand_id, purpose, text), "sha256")
    return urlsafe_b64encode(digest[:INDEX_BYTES])[:INDEX_CHARS].decode()


def name_key(brand_id: int, text: str) -> int:
    """A signed 64-bit number, never 0, that stands for a normalised name within one brand."""
    digest = hmac.digest(index_keys().name, _message(brand_id, "name", text), "sha256")
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


@lru_cache(maxsize=1 << 17)
def _gram(brand_id: int, gram: str) -> int:
    return _number(hmac.digest(index_keys().gram, _message(brand_id, "gram", gram), "sha256"))


def _message(brand_id: int, purpose: str, text: str) -> bytes:
    return b"%d\x1f%b\x1f%b" % (brand_id, purpose.encode(), text.encode("utf-8", "surrogatepass"))


def _number(digest: bytes) -> int:
    return int.from_bytes(digest[:NUMBER_BYTES], "big", signed=True)


def forget_keys() -> None:
    """Forget every opened key and what was computed with it, as a new process would."""
    forget_root()
    _gram.cache_clear()
