"""`guanxi ledger …`: the ledger and its proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from guanxi.cli import ledger_explorer
from guanxi.cli.headings import facts, table
from guanxi.cli.report import NoSyncOption, synced
from guanxi.cli.shared import (
    BrandOption,
    JsonOption,
    command,
    command_app,
    current_brand,
    note,
    out,
    show,
    told,
)
from guanxi.kernel.errors import Conflict, Invalid
from guanxi.kernel.wording import say

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from guanxi.loyalty.ledger.due import Counts
    from guanxi.loyalty.ledger.proving import Proof

app = command_app(help="The ledger: look at it, change a balance, prove it, do what is due, report on it.")
ledger_explorer.register(app)
UntilOption = Annotated[
    str, typer.Option("--until", metavar="YYYY-MM-DD", help="As of the end of that day. Default: today.")
]


@app.callback()
def ledger() -> None:
    """The ledger of points, credit, stocks and budgets."""


@app.command("prove")
@command
def prove(brand: BrandOption = None, json: JsonOption = False) -> None:
    """Recompute every balance, lot and refund from the entries alone, and the sum of each asset. Exit code 6
    where anything does not agree."""
    from guanxi.loyalty.ledger import proving

    proof = proving.prove(current_brand(brand).pk)
    show(shown(proof), json, lambda: _print(proof))
    if not proof.ok:
        raise Conflict(
            say("The ledger does not agree with itself."),
            remedy=say(
                "See docs/guide/ledger.md, “What always holds”: change nothing by hand, restore a backup."
            ),
        )


@app.command("due")
@command
def what_is_due(
    *,
    now: Annotated[bool, typer.Option("--now/--dry-run", help="Do it, or say what would be done.")] = False,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Post what is ripe, let lapse what was announced for too long, and let expire what is left of lots whose
    time is up, as the worker does by itself."""
    from guanxi.loyalty.ledger import due

    where = current_brand(brand).pk
    rows = [one._asdict() for one in due.dry_run(where)]
    if not now:
        show({"dry_run": True, "due": rows}, json, lambda: _print_due(rows))
        return
    counts = due.run(where)
    show({"dry_run": False, "due": rows, **counts._asdict()}, json, lambda: _print_done(counts))


def _print_due(rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        _table(rows)
    note(say("Nothing was changed. Say --now to do it.") if rows else say("Nothing is due."))


def _print_done(counts: Counts) -> None:
    facts(
        (say("posted"), f"{counts.ripened:,}"),
        (say("lapsed"), f"{counts.lapsed:,}"),
        (say("expired"), f"{counts.expired:,}"),
    )


@app.command("liability")
@command
def liability(
    until: UntilOption = "",
    no_sync: NoSyncOption = False,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """What customers hold at the end of each month, in units and in money, and how fast it is used."""
    from guanxi.loyalty import liability as reports

    names = ("asset", "month", "issued", "used", "expired", "outstanding", "money_fen", "burn_rate")
    _report("months", reports.liability(synced(brand, no_sync), _day(until)), names, json)


@app.command("breakage")
@command
def breakage(
    until: UntilOption = "",
    no_sync: NoSyncOption = False,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Of the units issued in each month, how many have expired, and how many are likely to in the end."""
    from guanxi.loyalty import liability as reports

    names = ("asset", "month", "issued", "used", "expired", "alive", "breakage_rate", "expected_rate")
    _report("cohorts", reports.breakage(synced(brand, no_sync), _day(until)), names, json)


@app.command("forecast")
@command
def forecast(
    until: UntilOption = "",
    no_sync: NoSyncOption = False,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """What expires in each month to come unless it is used, and how much of it is likely to."""
    from guanxi.loyalty import liability as reports

    names = ("asset", "month", "units", "expected", "expected_fen")
    _report("expiries", reports.forecast(synced(brand, no_sync), _day(until)), names, json)


def _report(name: str, rows: Sequence[DataclassInstance], names: Sequence[str], json: bool) -> None:
    """JSON has everything; the terminal the columns of these names."""
    plain = [asdict(one) for one in rows]
    brief = [{name: row[name] for name in names} for row in plain]
    show({name: plain}, json, lambda: _table(brief) if brief else note(say("Nothing was booked yet.")))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid(
            say("'%(given)s' is no day.", given=text), remedy=say("Write it as 2026-11-21."), field="until"
        ) from None


def shown(proof: Proof) -> dict[str, object]:
    return {
        "ok": proof.ok,
        "entries": proof.entries,
        "accounts": proof.accounts,
        "units": [one._asdict() for one in proof.units],
        "problems": [one._asdict() for one in proof.problems],
    }


def _print(proof: Proof) -> None:
    counted = (say("entries"), say("accounts"), say("problems"))
    facts(*((name, str(n)) for name, n in zip(counted, _counts(proof), strict=True)))
    if proof.units:
        _table([one._asdict() for one in proof.units])
    if proof.problems:
        _table([one._asdict() for one in proof.problems])


def _counts(proof: Proof) -> tuple[int, int, int]:
    return proof.entries, proof.accounts, len(proof.problems)


def _table(rows: Sequence[Mapping[str, object]]) -> None:
    shown = table(*rows[0])
    for row in rows:
        shown.add_row(*(Text(_cell(name, cell), no_wrap=name != "message") for name, cell in row.items()))
    out.print(shown)


def _cell(name: str, value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.1%}"
    if isinstance(value, int):
        return f"{value / 100:,.2f}" if name.endswith("_fen") else f"{value:,}"
    return told(str(value))
