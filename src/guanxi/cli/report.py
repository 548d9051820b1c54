"""`guanxi report …`: the brand's figures in the terminal and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from guanxi.cli.headings import heading
from guanxi.cli.shared import (
    BrandOption,
    JsonOption,
    command,
    command_app,
    current_brand,
    line,
    note,
    out,
    show,
    told,
)
from guanxi.kernel.wording import say

if TYPE_CHECKING:
    from guanxi.economics.contracts import Overview, Period
    from guanxi.platform.models import Brand

app = command_app(help="Print a report: the overview, cohorts, lifetime value and the rest.")

NoSyncOption = Annotated[
    bool, typer.Option("--no-sync", help="As of the last sync, even where newer facts wait.")
]


@app.command()
@command
def overview(
    brand: BrandOption = None,
    since: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="First day.")] = None,
    until: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="Last day.")] = None,
    no_sync: NoSyncOption = False,
    json: JsonOption = False,
) -> None:
    """Customers, buyers, orders, revenue, refunds, and the share of buyers who came back."""
    from guanxi.economics import queries

    where = synced(brand, no_sync)
    found = queries.overview(where, _period(since, until))
    show(asdict(found), json, lambda: _print_overview(where, found))


@app.command()
@command
def monthly(brand: BrandOption = None, no_sync: NoSyncOption = False, json: JsonOption = False) -> None:
    """Revenue by month: of new customers, of returning ones, and anonymous."""
    from guanxi.economics import queries

    where = synced(brand, no_sync)
    months = [asdict(month) for month in queries.monthly(where)]
    _show_rows(where, "months", months, json)


@app.command()
@command
def channels(brand: BrandOption = None, no_sync: NoSyncOption = False, json: JsonOption = False) -> None:
    """Buyers, orders, revenue and refunds by channel."""
    from guanxi.economics import queries

    where = synced(brand, no_sync)
    _show_rows(where, "channels", [asdict(channel) for channel in queries.channels(where)], json)


def synced(slug: str | None, no_sync: bool) -> Brand:
    """The brand, its warehouse up to date unless that was declined."""
    from guanxi.kernel.errors import Conflict
    from guanxi.warehouse import queries, services

    brand = current_brand(slug)
    if not no_sync and queries.is_behind(brand):
        try:
            services.sync(brand)
        except Conflict:
            note(say("A sync is running; these are the figures before it."))
    return brand


def _period(since: str | None, until: str | None) -> Period | None:
    from datetime import date

    from guanxi.economics.contracts import Period
    from guanxi.kernel.errors import Invalid

    if since is None and until is None:
        return None
    try:
        first = date.fromisoformat(since or "1900-01-01")
        last = date.fromisoformat(until or "2999-12-31")
    except ValueError as wrong:
        raise Invalid(
            say("A day cannot be read: %(reason)s.", reason=wrong), remedy=say("Write it as 2026-11-21.")
        ) from wrong
    if last < first:
        raise Invalid(say("The period ends before it begins."), remedy=say("Exchange --since and --until."))
    return Period(first, last)


def _money(fen: int) -> str:
    return f"{fen / 100:,.2f}"


def _print_overview(brand: Brand, found: Overview) -> None:
    from guanxi.kernel.clock import to_datetime

    rows = [
        (say("Customers"), f"{found.customers:,}"),
        (say("Buyers"), f"{found.buyers:,}"),
        (say("Orders"), f"{found.orders:,}"),
        (say("Revenue (%(currency)s)", currency=brand.currency), _money(found.revenue_fen)),
        (say("Refunds (%(currency)s)", currency=brand.currency), _money(found.refunds_fen)),
        (say("Net (%(currency)s)", currency=brand.currency), _money(found.net_fen)),
        (say("Repeat rate"), "–" if found.repeat_rate is None else f"{found.repeat_rate:.1%}"),
        (say("First order on"), found.first or "–"),
        (say("Last order on"), found.last or "–"),
        (say("As of"), "–" if found.synced_ms is None else f"{to_datetime(found.synced_ms):%Y-%m-%d %H:%M}"),
    ]
    table = Table("", brand.name, box=None)
    table.columns[1].justify = "right"
    for name, value in rows:
        table.add_row(told(name), value)
    out.print(table)


def _show_rows(brand: Brand, what: str, rows: list[dict[str, object]], json: bool) -> None:
    def print_it() -> None:
        if not rows:
            line(
                say("%(brand)s has no orders yet. Bring them in with `guanxi import FILE`.", brand=brand.name)
            )
            return
        table = Table(*map(heading, rows[0]), box=None)
        for column in table.columns[1:]:
            column.justify = "right"
        for row in rows:
            table.add_row(*(_cell(name, value) for name, value in row.items()))
        out.print(table)

    show({what: rows}, json, print_it)


def _cell(name: str, value: object) -> str:
    if isinstance(value, int):
        return _money(value) if name.endswith("_fen") else f"{value:,}"
    return str(value)


def _register() -> None:
    """A command for each declared report, below those written here by hand."""
    from guanxi.cli.reporting import command_of
    from guanxi.community import declared
    from guanxi.economics.catalogue import REPORTS

    declared.register()
    for kind in REPORTS.values():
        app.command(kind.name, help=str(kind.question))(command(command_of(kind, synced)))


_register()
