"""What the columns of the terminal's tables are called. JSON has the fields' own names, in no language."""

from __future__ import annotations

from typing import Final

from rich.table import Table
from rich.text import Text

from guanxi.cli.shared import out, told
from guanxi.kernel.wording import Wording, say

WORDS: Final[dict[str, Wording]] = {
    "English": say("English"),
    "a minute": say("a minute"),
    "action": say("action"),
    "active": say("active"),
    "actor": say("by whom"),
    "all": say("all"),
    "allowed": say("allowed"),
    "amount": say("amount"),
    "anonymous_fen": say("anonymous"),
    "answer": say("answer"),
    "attempts": say("attempts"),
    "behind_rows": say("rows behind"),
    "behind_tables": say("tables behind"),
    "brand": say("brand"),
    "buyers": say("buyers"),
    "bytes": say("bytes"),
    "changed": say("changed"),
    "channel": say("channel"),
    "choices": say("choices"),
    "city": say("city"),
    "code": say("code"),
    "cohort": say("cohort"),
    "created": say("made at"),
    "created_ms": say("made at"),
    "where": say("where"),
    "unit": say("asset"),
    "sum": say("sum"),
    "rule": say("rule"),
    "pending": say("announced"),
    "owed": say("owed"),
    "held": say("held"),
    "entries": say("entries"),
    "coming": say("announced"),
    "currency": say("currency"),
    "customers": say("customers"),
    "customers_created": say("customers new"),
    "customers_merged": say("customers merged"),
    "database": say("database"),
    "days": say("days"),
    "default": say("default"),
    "drift": say("drift"),
    "duplicates": say("duplicates"),
    "duration_ms": say("milliseconds"),
    "engine": say("engine"),
    "entered": say("entered"),
    "error": say("error"),
    "events": say("events"),
    "expires": say("works until"),
    "figure": say("figure"),
    "file": say("file"),
    "filename": say("file"),
    "files": say("files"),
    "finished_ms": say("ended at"),
    "first_month": say("first month"),
    "folder": say("folder"),
    "from": say("from day"),
    "high": say("high"),
    "id": say("number"),
    "identities": say("identities"),
    "importer": say("importer"),
    "item": say("item"),
    "kept by": say("kept by"),
    "kind": say("kind"),
    "kinds": say("kinds"),
    "label": say("label"),
    "lag_ms": say("milliseconds behind"),
    "last seen": say("last seen"),
    "last used": say("last used"),
    "last_month": say("last month"),
    "latitude": say("latitude"),
    "least": say("at least"),
    "left": say("left"),
    "longitude": say("longitude"),
    "low": say("low"),
    "master key": say("master key"),
    "measures": say("measures"),
    "members": say("members"),
    "message": say("message"),
    "mode": say("mode"),
    "month": say("month"),
    "more": say("more"),
    "name": say("name"),
    "new_buyers": say("new buyers"),
    "new_fen": say("from new"),
    "nothing": say("nothing"),
    "now": say("now"),
    "number": say("number"),
    "options": say("options"),
    "orders": say("orders"),
    "owner": say("owner"),
    "password": say("password"),
    "platform": say("platform"),
    "prefix": say("prefix"),
    "profiles": say("profiles"),
    "purpose": say("purpose"),
    "rate": say("rate"),
    "reason": say("reason"),
    "recorded": say("recorded"),
    "reference": say("reference"),
    "refunds_fen": say("refunds"),
    "rejected": say("rejected"),
    "replays": say("replays"),
    "returning_buyers": say("returning buyers"),
    "returning_fen": say("from returning"),
    "revenue_fen": say("revenue"),
    "revoked": say("revoked"),
    "role": say("role"),
    "rows": say("rows"),
    "scopes": say("scopes"),
    "secret key": say("secret key"),
    "sent": say("sent at"),
    "share": say("share"),
    "size_bytes": say("bytes"),
    "skipped": say("left out"),
    "source": say("source"),
    "started_ms": say("begun at"),
    "state": say("state"),
    "status": say("status"),
    "synced_ms": say("synced at"),
    "table": say("table"),
    "tables": say("tables"),
    "tag": say("tag"),
    "taken back": say("taken back"),
    "template": say("template"),
    "then": say("then"),
    "time": say("time"),
    "timezone": say("time zone"),
    "type": say("type"),
    "url": say("address"),
    "used by": say("used by"),
    "user": say("user"),
    "version": say("version"),
    "waiting": say("waiting"),
    "warehouse": say("warehouse"),
    "when": say("when"),
    "who": say("who"),
    "would go": say("would go"),
    "中文": say("Chinese"),
}


def heading(field: str) -> str:
    """A field's name in the reader's language; of one without a word, the name itself."""
    return told(WORDS.get(field, field))


def table(*fields: str) -> Table:
    """A table without lines, its columns named after fields."""
    return Table(*map(heading, fields), box=None, header_style="bold")


def facts(*named: tuple[str, object]) -> None:
    """Print names and values beside each other; those without a value are left out."""
    shown = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    shown.add_column()
    shown.add_column(style="bold", overflow="fold")
    for name, value in named:
        if value:
            shown.add_row(told(name), Text(str(value)))
    out.print(shown)
