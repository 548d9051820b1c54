"""`guanxi warehouse …`: the lake that analytics read."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rich.table import Table

from guanxi.cli.headings import heading
from guanxi.cli.shared import BrandOption, JsonOption, command, command_app, current_brand, line, out, show
from guanxi.kernel.clock import to_datetime
from guanxi.kernel.errors import Conflict
from guanxi.kernel.wording import say

app = command_app(help="Sync, check and rebuild the warehouse.")


@app.command()
@command
def sync(brand: BrandOption = None, json: JsonOption = False) -> None:
    """Export what is new since the last sync."""
    from guanxi.warehouse import services

    _show_synced(asdict(services.sync(current_brand(brand))), json)


@app.command()
@command
def rebuild(brand: BrandOption = None, json: JsonOption = False) -> None:
    """Make the lake anew from the database, beside the old one, then swap."""
    from guanxi.warehouse import services

    _show_synced(asdict(services.rebuild(current_brand(brand))), json)


@app.command()
@command
def status(brand: BrandOption = None, json: JsonOption = False) -> None:
    """How far the warehouse is behind, and what it holds."""
    from guanxi.warehouse import queries

    result = asdict(queries.status(current_brand(brand)))

    def print_it() -> None:
        table = Table("", "", show_header=False, box=None)
        moment = result["synced_ms"] and f"{to_datetime(result['synced_ms']):%Y-%m-%d %H:%M}"
        for name, value in {**result, "synced_ms": moment}.items():
            shown = ", ".join(f"{k} {v:,}" for k, v in value.items()) if isinstance(value, dict) else value
            table.add_row(heading(name), f"{shown:,}" if isinstance(shown, int) else str(shown or "–"))
        out.print(table)

    show(result, json, print_it)


@app.command()
@command
def verify(brand: BrandOption = None, json: JsonOption = False) -> None:
    """Compare the warehouse with the database: counts and sums by month and kind, and every subject.

    Ends with exit code 6 where they differ.
    """
    from guanxi.warehouse import services

    verified = services.verify(current_brand(brand))
    result = {**asdict(verified), "equal": verified.is_equal}

    def print_it() -> None:
        for name in verified.behind:
            line(say("%(table)s changed since the last sync and was not compared.", table=name))
        if verified.is_equal:
            counted = {"rows": f"{verified.rows:,}", "figures": f"{verified.checked:,}"}
            line(say("Equal: %(rows)s facts, %(figures)s figures.", **counted), style="green")
        else:
            _print_differences(result["differences"])

    show(result, json, print_it)
    if not verified.is_equal:
        raise SystemExit(Conflict.exit_code)


def _show_synced(result: dict[str, object], json: bool) -> None:
    rows, seconds = int(str(result["rows"])), float(str(result["seconds"]))
    result["rows_per_second"] = round(rows / seconds) if seconds else 0
    done = say(
        "%(rows)s facts in %(seconds)s s; the warehouse is up to date.",
        rows=f"{rows:,}",
        seconds=f"{seconds:.1f}",
    )
    show(result, json, lambda: line(done))


def _print_differences(differences: Any) -> None:
    table = Table(*map(heading, ("table", "month", "kind", "figure", "database", "warehouse")))
    for found in differences[:50]:
        table.add_row(*(str(value) for value in found.values()))
    out.print(table)
    line(say("%(n)s differences. Run `guanxi warehouse rebuild`.", n=len(differences)), style="red")
