"""What is kept of errors and reasons, so that each reader has them in their own language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from guanxi.kernel.errors import GuanxiError
from guanxi.kernel.wording import packed, say, unpacked
from guanxi.platform import audit
from guanxi.platform.language import spoken


def kept_error(error: GuanxiError) -> str:
    """An error as its import keeps it: JSON of message and remedy, nothing personal in it."""
    return orjson.dumps([_blanked(packed(error.message)), _blanked(packed(error.remedy))]).decode()


def spoken_error(kept: str) -> str:
    """The same in the active language, as one text; "" where there was none."""
    if not kept.startswith("["):
        return kept
    message, remedy = (spoken(unpacked(part)) for part in orjson.loads(kept))
    return f"{message}{'' if message.endswith('。') else ' '}{remedy}".strip()


def kept_reason(reason: str) -> Any:
    """Why a part of a file was left out, for the cursor."""
    return _blanked(packed(reason))


def spoken_skipped(cursor: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The parts that were left out, each with the reason, in the active language."""
    return [(name, spoken(unpacked(reason))) for name, reason in cursor.get("skipped", [])]


def refund_remarks(cursor: Mapping[str, Any]) -> list[str]:
    """What refunds were not booked and why, in the active language: neither row nor order was refused."""
    unstated, smaller = cursor.get("unstated_refunds", 0), cursor.get("smaller_refunds", 0)
    told = []
    if unstated:
        told.append(
            say(
                "Orders that say a part was given back and not how much: %(n)s. They count in full.",
                n=f"{unstated:,}",
            )
        )
    if smaller:
        told.append(
            say("Orders that state less given back than is booked: %(n)s. That stays.", n=f"{smaller:,}")
        )
    return [spoken(one) for one in told]


def _blanked(kept: Any) -> Any:
    if isinstance(kept, str):
        return audit.blanked(kept)
    if isinstance(kept, list):
        template, data = kept
        return [template, {name: _blanked(part) for name, part in data.items()}]
    return kept
