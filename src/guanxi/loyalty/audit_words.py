"""What this room's entries of the audit log are called."""

from __future__ import annotations

from guanxi.kernel.wording import say
from guanxi.platform.audit_words import Kind
from guanxi.platform.audit_words import register as add


def register() -> None:
    add(
        {"asset.priced": say("Worth of an asset set")},
        {"asset": Kind(say("Asset"))},
        {"fen_per_thousand": say("fen per 1,000 units")},
    )
