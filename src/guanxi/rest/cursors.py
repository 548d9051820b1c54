"""Opaque, signed cursors: a page's end for the same question of the same brand, and for nothing else."""

from __future__ import annotations

from typing import Any, Final

from django.core import signing

from guanxi.kernel.ids import short_hash
from guanxi.rest.problems import Problem

_SALT: Final = "guanxi.rest.cursor"


def sealed(brand_id: int, question: str, after_id: int) -> str:
    """`question` is the filters, spelt one way."""
    return signing.dumps([brand_id, short_hash(question.encode()), after_id], salt=_SALT)


def opened(brand_id: int, question: str, cursor: str) -> int:
    """The id to go on after. Raises Problem where the cursor was changed or belongs to another question."""
    try:
        value: Any = signing.loads(cursor, salt=_SALT)
        owner, asked, after_id = value
    except (signing.BadSignature, ValueError, TypeError):
        owner, asked, after_id = 0, "", 0
    if owner != brand_id or asked != short_hash(question.encode()):
        raise Problem(
            400,
            "cursor_bad",
            "This cursor belongs to another question, or was changed.",
            remedy="Use `next` as it came, with the same filters; or start again without a cursor.",
            field="cursor",
        )
    return int(after_id)
