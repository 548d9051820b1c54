"""What this room's entries of the audit log are called."""

from __future__ import annotations

from guanxi.kernel.wording import say
from guanxi.platform.audit_words import Kind
from guanxi.platform.audit_words import register as add


def register() -> None:
    add(
        {
            "asset.created": say("Asset made"),
            "asset.changed": say("Asset changed"),
            "ledger.adjusted": say("Balance changed by hand"),
        },
        {"asset": Kind(say("Asset"), "ledger-asset")},
        {"asset": say("asset"), "units_count": say("units"), "posting_id": say("posting")},
    )
