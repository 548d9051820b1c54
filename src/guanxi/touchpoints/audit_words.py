"""What this room's entries of the audit log are called."""

from __future__ import annotations

from guanxi.kernel.wording import say
from guanxi.platform.audit_words import Kind
from guanxi.platform.audit_words import register as add


def register() -> None:
    add(
        {
            "touchpoints.recorded": say("Facts recorded by a program"),
            "rate.set": say("Exchange rate set"),
            "import.queued": say("Import started"),
            "import.cancelled": say("Import cancelled"),
            "import.resumed": say("Import resumed"),
            "import.done": say("Import done"),
            "import.rejects_exported": say("Rejected rows taken out"),
            "mapping.saved": say("Mapping of columns saved"),
        },
        {
            "currency": Kind(say("Currency")),
            "import": Kind(say("Import"), "import"),
            "mapping": Kind(say("Mapping of columns")),
        },
        {
            "customers_created": say("customers new"),
            "customers_merged": say("customers merged"),
            "duplicates": say("duplicates"),
            "file": say("file"),
            "from_day": say("from day"),
            "rate": say("rate"),
            "recorded": say("recorded"),
            "rejected": say("rejected"),
            "rows": say("rows"),
        },
    )
