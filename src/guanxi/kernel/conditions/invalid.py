"""What is wrong with a condition."""

from __future__ import annotations

from typing import Any

import orjson

from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import Wording, say

LONGEST_FOUND = 60


class ConditionInvalid(Invalid):
    """`data` has `path` ("all[2].within.days"; "" is the whole), and, where one place is to blame,
    `expected` and `found`."""

    code = "condition_invalid"


def refuse(path: str, expected: Wording, found: Any) -> ConditionInvalid:
    """The error for a value that is not what was expected."""
    shown = say("nothing") if found is None else _shortened(found)
    message = (
        say("At %(path)s: expected %(expected)s, found %(found)s.", path=path, expected=expected, found=shown)
        if path
        else say("Expected %(expected)s, found %(found)s.", expected=expected, found=shown)
    )
    return ConditionInvalid(message, path=path, expected=expected, found=shown)


def _shortened(found: Any) -> str:
    try:
        text = orjson.dumps(found, default=str).decode()
    except (TypeError, ValueError):
        text = str(type(found).__name__)
    return text if len(text) <= LONGEST_FOUND else text[: LONGEST_FOUND - 1] + "…"
