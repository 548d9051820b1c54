"""A statement as a file: the entries of one account, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say
from guanxi.loyalty.console.shown import name_of, place, reason
from guanxi.loyalty.console.statements import Period
from guanxi.loyalty.ledger import assets, reading
from guanxi.loyalty.ledger.words import KINDS
from guanxi.platform.exports import Column, Exportable, Type, exportables
from guanxi.platform.language import spoken
from guanxi.platform.models import Brand
from guanxi.platform.people import actor_names
from guanxi.platform.roles import Permission

PAGE: Final = 1_000
COLUMNS: Final = (
    Column("move", say("Move"), Type.INTEGER),
    Column("posting", say("Posting"), Type.INTEGER),
    Column("happened", say("Happened"), Type.MOMENT),
    Column("entered", say("Entered"), Type.MOMENT),
    Column("what", say("What")),
    Column("reason", say("Reason")),
    Column("units", say("Units"), Type.INTEGER),
    Column("balance", say("Balance"), Type.INTEGER),
    Column("other_side", say("Other side")),
    Column("rule", say("Rule")),
    Column("key", say("Key")),
    Column("by_whom", say("By whom")),
)


def _account_of(query: Mapping[str, str]) -> int:
    text = query.get("account", "")
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise Invalid(
            say("Say which account."), remedy=say("Its number is in its page's address."), field="account"
        )
    return int(text)


def pages(brand: Brand, query: Mapping[str, str]) -> Iterator[Sequence[Sequence[Any]]]:
    period = Period.from_address({**query, "before": ""}, brand.timezone)
    number, before = _account_of(query), None
    while True:
        told = reading.statement(
            brand.pk, number, from_ms=period.from_ms, until_ms=period.until_ms, before=before, limit=PAGE
        )
        names = actor_names(one.actor for one in told.entries)
        yield [_row(one, names) for one in told.entries]
        before = told.before
        if before is None:
            return


def _row(one: reading.Entry, names: Mapping[str, str]) -> Sequence[Any]:
    other = place(one.other.place)
    return (
        one.move_id,
        one.posting_id,
        one.occurred_ms,
        one.recorded_ms,
        spoken(KINDS[one.kind]),
        reason(one.reason),
        one.units,
        one.balance,
        f"{other} {one.other.name}".strip(),
        one.rule or None,
        one.key,
        names[one.actor],
    )


def count(brand: Brand, query: Mapping[str, str]) -> int:
    period = Period.from_address({**query, "before": ""}, brand.timezone)
    number = _account_of(query)
    told = reading.statement(brand.pk, number, from_ms=period.from_ms, until_ms=period.until_ms, limit=1)
    return told.total


def check(brand: Brand, query: Mapping[str, str]) -> object:
    return reading.account(brand.pk, _account_of(query))


def said(brand: Brand, query: Mapping[str, str]) -> str:
    row = reading.account(brand.pk, _account_of(query))
    whose = f"#{row.subject_id}" if row.subject_id else row.name
    parts = [name_of(assets.find(brand.pk, row.asset)), place(row.place), whose]
    if query.get("from") or query.get("until"):
        parts.append(f"{query.get('from') or '…'} – {query.get('until') or '…'}")
    return " · ".join(part for part in parts if part)


def register() -> None:
    exportables.register(
        Exportable(
            "ledger",
            say("Statement of a ledger account"),
            Permission.LEDGER_VIEW,
            COLUMNS,
            pages,
            count,
            check,
            ("account", "from", "until"),
            said,
        )
    )
