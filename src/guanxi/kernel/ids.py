"""Short, stable digests used as keys."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import blake2b


def short_hash(content: bytes, *, size_bytes: int = 12) -> str:
    """A content's digest as URL-safe text (16 characters for the default 12 bytes)."""
    return urlsafe_b64encode(blake2b(content, digest_size=size_bytes).digest()).decode().rstrip("=")
