"""`guanxi warehouse …`: the lake that analytics read."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rich.table import Table
from rich.text import Text

from guanxi.cli.shared import BrandOption, JsonOption, command, command_app, current_brand, out, show
from guanxi.kernel.errors import Conflict

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
        for name, value in result.items():
            shown = ", ".join(f"{k} {v:,}" for k, v in value.items()) if isinstance(value, dict) else value
            table.add_row(name, f"{shown:,}" if isinstance(shown, int) else str(shown or "–"))
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
        for table in verified.behind:
            out.print(f"{table} changed since the last sync and was not compared.")
        if verified.is_equal:
            out.print(Text(f"Equal: {verified.rows:,} facts, {verified.checked:,} figures.", style="green"))
        else:
            _print_differences(result["differences"])

    show(result, json, print_it)
    if not verified.is_equal:
        raise SystemExit(Conflict.exit_code)


def _show_synced(result: dict[str, object], json: bool) -> None:
    rows, seconds = int(str(result["rows"])), float(str(result["seconds"]))
    result["rows_per_second"] = round(rows / seconds) if seconds else 0
    show(result, json, lambda: out.print(f"{rows:,} facts in {seconds:.1f} s; the warehouse is up to date."))


def _print_differences(differences: Any) -> None:
    table = Table("table", "month", "kind", "figure", "database", "warehouse")
    for found in differences[:50]:
        table.add_row(*(str(value) for value in found.values()))
    out.print(table)
    out.print(Text(f"{len(differences)} differences. Run `guanxi warehouse rebuild`.", style="red"))
