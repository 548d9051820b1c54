"""How gateways count a short message: 70 characters are one, more are cut into parts of 67. Pure."""

from __future__ import annotations

from typing import Final

ALONE: Final = 70
PART: Final = 67
LONGEST_SIGNATURE: Final = 12


def signed(signature: str, text: str) -> str:
    """With the name of who sends it, which the law and the gateways ask for: 【兰花】您好"""
    return f"【{signature}】{text}"


def parts(text: str) -> int:
    """Of how many parts a text is, its signature counted. The gateways count UTF-16 units, so that a
    character beyond the basic plane is two."""
    units = len(text.encode("utf-16-le")) // 2
    return 1 if units <= ALONE else -(-units // PART)
