"""The limits of a budget as people write them: douyin=100000-500000, jd=-20000, tmall=5000-. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final, NamedTuple

from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say

FEN: Final = 100
_BETWEEN: Final = re.compile(r"[,;，；\n]+(?=\s*[^\d\s])|\s+(?=\S+=)")
_LIMIT: Final = re.compile(r"\s*(.+?)\s*[=＝]\s*([\d.]*)\s*(?:([-–—~～])\s*([\d.]*))?\s*")


class Limit(NamedTuple):
    """In minor units; None where there is none."""

    least: float | None
    most: float | None


def limits_of(text: str, channels: Collection[str]) -> dict[str, Limit]:
    """The limits of each channel that the text names. "jd=5000" fixes it. Raises Invalid."""
    found: dict[str, Limit] = {}
    for part in filter(str.strip, _BETWEEN.split(text.strip())):
        name, limit = _limit(part.strip(" ,;，；"))
        if name not in channels:
            raise Invalid(
                say("No spend is known for the channel '%(name)s'.", name=name),
                remedy=say("Channels with spend: %(names)s.", names=", ".join(sorted(channels)) or "–"),
                field="limits",
            )
        if name in found:
            raise Invalid(say("'%(name)s' has two limits.", name=name), field="limits")
        found[name] = limit
    return found


def _limit(part: str) -> tuple[str, Limit]:
    match = _LIMIT.fullmatch(part.replace(",", ""))
    try:
        if match is None or not (match[2] or match[4]):
            raise ValueError(part)
        least = float(match[2]) * FEN if match[2] else None
        most = (float(match[4]) * FEN if match[4] else None) if match[3] else least
        if least is not None and most is not None and least > most:
            raise ValueError(part)
    except ValueError:
        raise Invalid(
            say("'%(part)s' is no limit.", part=part[:80]),
            remedy=say("Write channel=least-most, the least first: douyin=100000-500000, jd=-20000."),
            field="limits",
        ) from None
    return match[1], Limit(least, most)
