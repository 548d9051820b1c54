"""A command for each declared report: its parameters as options, its rows as a table, CSV or JSON."""

from __future__ import annotations

import csv
import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from guanxi.cli.shared import BrandOption, JsonOption, note, out, print_json, told
from guanxi.economics.reporting import Column, Kind, Param, Report, ReportKind, Unit, as_json
from guanxi.kernel import channels
from guanxi.kernel.wording import say

if TYPE_CHECKING:
    from guanxi.platform.models import Brand

NoSyncOption = Annotated[
    bool, typer.Option("--no-sync", help="As of the last sync, even where newer facts wait.")
]
CsvOption = Annotated[bool, typer.Option("--csv", help="Print the rows as CSV.")]
WIDEST_TEXT = 28
LEAST_COLUMNS = 3
WIDEST_TABLE = 10_000
TYPES: dict[Kind, type] = {Kind.INTEGER: int, Kind.NUMBER: float}


def command_of(kind: ReportKind, synced: Callable[[str | None, bool], Brand]) -> Callable[..., None]:
    """The function that Typer makes a command of: its signature is the report's parameters."""

    def run(**options: Any) -> None:
        from guanxi.economics import running

        json, as_csv = options.pop("json"), options.pop("as_csv")
        brand = synced(options.pop("brand"), options.pop("no_sync"))
        report = running.run(brand, kind.name, options)
        if json:
            print_json(as_json(kind.name, report, told))
        elif as_csv:
            _print_csv(report)
        else:
            _print(report, brand.currency)

    options = [_parameter(param.name, _option(param), param.default) for param in kind.params]
    common = [
        _parameter("brand", BrandOption, None),
        _parameter("no_sync", NoSyncOption, False),
        _parameter("as_csv", CsvOption, False),
        _parameter("json", JsonOption, False),
    ]
    run.__signature__ = inspect.Signature([*options, *common])  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in (*options, *common)}
    run.__name__ = f"report_{kind.name}"
    return run


def _parameter(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


def _option(param: Param) -> Any:
    metavar = "|".join(param.choices) if param.choices else "YYYY-MM-DD" if param.kind is Kind.DATE else None
    flag = f"--{param.name.replace('_', '-')}"
    kind: Any = TYPES.get(param.kind, str)
    return Annotated[kind | None, typer.Option(flag, help=str(param.help), metavar=metavar)]


def _print_csv(report: Report) -> None:
    from guanxi.kernel.sheets import safe_cell

    writer = csv.writer(sys.stdout)
    writer.writerow([column.name for column in report.columns])
    for row in report.rows:
        writer.writerow([safe_cell(row.get(column.name)) for column in report.columns])


def _print(report: Report, currency: str) -> None:
    for name, value in report.head.items():
        if isinstance(value, Mapping):
            _print_parts(name, value)
        elif not isinstance(value, list):
            out.print(Text(f"{name}: {_short(value)}"))
    for sentence in report.answers:
        out.print(Text(told(sentence)))
    if report.rows:
        _print_rows(report, currency)
    for remark in report.notes:
        note(remark)


def _print_rows(report: Report, currency: str) -> None:
    columns = list(report.columns)
    table = _table(columns, report.rows, currency)
    while _width(table) > out.width and len(columns) > LEAST_COLUMNS:
        brief = [column for column in columns if not column.detail]
        columns = brief if len(brief) < len(columns) else columns[:-1]
        table = _table(columns, report.rows, currency)
    if len(columns) < len(report.columns):
        note(say("There is more than fits here: --csv and --json have all columns."))
    out.print(table)


def _width(table: Table) -> int:
    """The columns that the table would take on a terminal as wide as it likes."""
    return Measurement.get(out, out.options.update(width=WIDEST_TABLE), table).maximum


def _table(columns: Sequence[Column], rows: Sequence[Mapping[str, Any]], currency: str) -> Table:
    table = Table(box=None)
    for column in columns:
        label = told(column.label) + (f" ({currency})" if column.unit is Unit.FEN else "")
        if column.unit is Unit.TEXT:
            table.add_column(Text(label), justify="left", max_width=WIDEST_TEXT)
        else:
            table.add_column(Text(label), justify="right")
    for row in rows:
        cells = (Text(_shown(column, row), no_wrap=True) for column in columns)
        table.add_row(*cells)
    return table


def _print_parts(name: str, parts: Mapping[str, Any]) -> None:
    flat = {key: part for key, part in parts.items() if not isinstance(part, list | Mapping)}
    if flat:
        out.print(Text(f"{name}: " + "  ".join(f"{key} {_short(part)}" for key, part in flat.items())))
    for key, part in parts.items():
        if isinstance(part, Mapping):
            _print_parts(f"{name}.{key}", part)


def _short(value: Any) -> str:
    if value is None:
        return "–"
    return (
        f"{value:.6g}" if isinstance(value, float) else told(value if isinstance(value, str) else f"{value}")
    )


def _name(column: Column, value: str) -> str:
    return column.words.get(value) or channels.named(value)


def _shown(column: Column, row: Mapping[str, Any]) -> str:
    value, unit = row.get(column.name), column.unit_in(row)
    if value is None:
        return "–"
    if isinstance(value, bool | str):
        return told(say("yes")) if value is True else told(_name(column, value)) if value else ""
    if unit is Unit.FEN:
        return f"{value / 100:,.2f}"
    if unit is Unit.SHARE:
        return f"{value:.1%}"
    if unit is Unit.RATIO:
        return f"{value:,.2f}"
    return f"{value:,.4g}" if isinstance(value, float) and unit is Unit.NUMBER else f"{value:,.0f}"
