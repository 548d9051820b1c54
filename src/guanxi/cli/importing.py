"""`guanxi import`, `guanxi imports` and `guanxi rates`: files come in, and what became of them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer
from rich.table import Table

from guanxi.cli.headings import heading, table
from guanxi.cli.shared import (
    BrandOption,
    JsonOption,
    command,
    command_app,
    current_brand,
    line,
    note,
    out,
    progress,
    show,
)
from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say

if TYPE_CHECKING:
    from guanxi.touchpoints.importing.contracts import Options

SOME_REJECTED = 3
SUMS = ("rows", "recorded", "duplicates", "rejected", "customers_created", "customers_merged")

app = command_app()
imports = command_app(help="Imports so far: list, show, rejected rows, cancel.")
rates = command_app(help="Exchange rates of amounts in another currency than the brand's.")
app.add_typer(imports, name="imports")
app.add_typer(rates, name="rates")

Files = Annotated[list[Path], typer.Argument(help="Files as the platform exported them.", metavar="FILE…")]


@app.command("import")
@command
def import_files(
    *,
    files: Files,
    importer: Annotated[
        str, typer.Option("--as", metavar="NAME", help="The importer; default: found by the header.")
    ] = "",
    pairs: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="FIELD=COLUMN", help="A field's column: its header, or its number from 1."
        ),
    ] = None,
    statuses: Annotated[
        list[str] | None,
        typer.Option(
            "--status",
            metavar="TEXT=MEANING",
            help="What an order's status means: paid, placed (not paid), closed or refunded.",
        ),
    ] = None,
    mapping: Annotated[str, typer.Option(metavar="NAME", help="A saved mapping.")] = "",
    save_mapping: Annotated[str, typer.Option(metavar="NAME", help="Save this mapping.")] = "",
    shop: Annotated[str, typer.Option(metavar="NAME", help="The shop that customer ids belong to.")] = "",
    channel: Annotated[str, typer.Option(metavar="NAME", help="The channel of the facts.")] = "",
    scheme: Annotated[str, typer.Option(metavar="NAME", help="What the customer column identifies.")] = "",
    mode: Annotated[
        str, typer.Option(help="backfill: history, sends nothing; live: rules and messages act.")
    ] = "backfill",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be understood; write nothing.")
    ] = False,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Bring files of orders or members in: each fact once, each customer found.

    Exit code 0: every row was understood. 3: done, but some rows were rejected; see `guanxi imports rejects`.
    """
    from guanxi.touchpoints.importing import services

    found = current_brand(brand)
    columns = _columns(found.pk, pairs or [], mapping)
    if save_mapping:
        services.save_mapping(found.pk, save_mapping, importer, columns, actor="cli")
    options = _options(columns, statuses or [], shop, channel, scheme)
    if dry_run:
        _preview(found.pk, files, importer, options, json)
        return
    started = time.monotonic()
    outcomes = [_import_one(found.pk, path, importer, options, mode) for path in files]
    result: dict[str, Any] = {name: sum(one[name] for one in outcomes) for name in SUMS}
    result["seconds"] = round(time.monotonic() - started, 3)
    reports = [one["report"] for one in outcomes]
    result["report"] = reports[0] if len(reports) == 1 else reports
    show(result, json, lambda: _print_result(result, outcomes))
    if result["rejected"]:
        raise typer.Exit(SOME_REJECTED)


def _columns(brand_id: int, pairs: list[str], mapping: str) -> dict[str, str]:
    """Saved columns, and over them those of the command line."""
    from guanxi.touchpoints import queries
    from guanxi.touchpoints.importing.mapping import parse_map

    columns: dict[str, str] = {}
    if mapping:
        saved = queries.saved_mappings(brand_id)
        if mapping not in saved:
            raise Invalid(
                say("There is no mapping '%(name)s'.", name=mapping),
                remedy=say("Saved: %(names)s.", names=", ".join(saved))
                if saved
                else say("Save one with --save-mapping."),
            )
        columns.update(saved[mapping])
    columns.update(parse_map(pairs))
    return columns


def _options(
    columns: Mapping[str, str], statuses: list[str], shop: str, channel: str, scheme: str
) -> Options:
    from guanxi.touchpoints.importing.contracts import Options
    from guanxi.touchpoints.importing.mapping import parse_statuses

    return Options(
        mapping=columns,
        shop=shop or Options().shop,
        channel=channel,
        scheme=scheme,
        statuses=parse_statuses(statuses),
    )


def _import_one(brand_id: int, path: Path, importer: str, options: Options, mode: str) -> dict[str, Any]:
    from guanxi.touchpoints.contracts import Mode
    from guanxi.touchpoints.importing import running

    if mode not in {one.value for one in Mode}:
        raise Invalid(say("'%(mode)s' is not a mode.", mode=mode), remedy=say("Use backfill or live."))
    with progress(path.name) as advance:

        def tell(done: running.Done) -> None:
            share = done.bytes_read / done.bytes_total if done.bytes_total else 0.0
            advance(done.rows, done.rows / share if share else None)

        outcome = running.start_import(
            brand_id, path, importer=importer, options=options, mode=Mode(mode), progress=tell
        )
        advance(outcome.rows, outcome.rows)
    return {"file": path.name, **outcome._asdict()}


def _print_result(result: Mapping[str, Any], outcomes: list[dict[str, Any]]) -> None:
    from guanxi.touchpoints.importing import messages

    shown = table("file", *SUMS)
    for one in outcomes:
        shown.add_row(one["file"], *(f"{one[name]:,}" for name in SUMS))
    if len(outcomes) > 1:
        shown.add_row(heading("all"), *(f"{result[name]:,}" for name in SUMS), style="bold")
    out.print(shown)
    for one in outcomes:
        report = orjson.loads(Path(one["report"]).read_bytes())
        for name, reason in report["skipped"]:
            note(say("%(name)s is left out: %(reason)s", name=name, reason=reason))
        for remark in messages.refund_remarks(report):
            note(remark)
        line(say("Report: %(path)s", path=one["report"]), soft_wrap=True)
        if one["rejected"]:
            note(
                say(
                    "%(n)s rows were rejected: guanxi imports rejects %(number)s --out rejects.csv",
                    n=f"{one['rejected']:,}",
                    number=one["import_id"],
                )
            )


def _preview(brand_id: int, files: list[Path], importer: str, options: Options, json: bool) -> None:
    from guanxi.touchpoints.importing.preview import preview

    shown = []
    for path in files:
        if not path.is_file():
            raise Invalid(say("There is no file %(path)s.", path=path), remedy=say("Check the name."))
        with progress(path.name, path.stat().st_size) as advance:
            found = preview(brand_id, path, path.name, importer=importer, options=options, progress=advance)
        shown.append({"file": path.name, "dry_run": True, **found._asdict()})
    result = shown[0] if len(shown) == 1 else {"dry_run": True, "files": shown}

    def print_all() -> None:
        for one in shown:
            _print_preview(one)

    show(result, json, print_all)


def _print_preview(one: Mapping[str, Any]) -> None:
    for found in one["tables"]:
        what = ", ".join(filter(None, (found["importer"], found["format"], found["encoding"])))
        line(
            say(
                "[bold]%(name)s[/bold]: %(what)s, %(n)s columns",
                name=found["name"],
                what=what,
                n=len(found["names"]),
            )
        )
    for name, reason in one["skipped"]:
        note(say("%(name)s is left out: %(reason)s", name=name, reason=reason))
    shown = table("kind", "reference", "time", "amount", "who", "more")
    for fact in one["first"]:
        amount = "" if fact["amount_fen"] is None else f"{fact['amount_fen'] / 100:,.2f}"
        who = " ".join([*fact["identities"], *(str(value) for value in fact["person"].values())])
        shown.add_row(fact["kind"], fact["source_ref"], _time(fact["occurred_ms"]), amount, who, _more(fact))
    out.print(shown)
    for reject in one["rejects"]:
        line(
            say(
                "line %(line)s: %(code)s: %(message)s",
                **{name: reject[name] for name in ("line", "code", "message")},
            ),
            markup=False,
        )
    line(
        say(
            "%(rows)s rows: %(recorded)s new facts, %(duplicates)s known, %(rejected)s rejected. "
            "Nothing was written.",
            **{name: f"{one[name]:,}" for name in ("rows", "recorded", "duplicates", "rejected")},
        )
    )


def _more(fact: Mapping[str, Any]) -> str:
    payload = fact["payload"]
    return " ".join(str(payload[name]) for name in ("status", "shop") if name in payload)


def _time(at_ms: int) -> str:
    from guanxi.kernel.clock import to_datetime

    return f"{to_datetime(at_ms):%Y-%m-%d %H:%M}" if at_ms else ""


@imports.command("list")
@command
def list_imports(
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 20,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """The newest imports."""
    from guanxi.touchpoints import queries

    rows = queries.recent_imports(current_brand(brand).pk, limit=limit)

    def print_rows() -> None:
        shown = table("id", "file", "importer", "state", "rows", "recorded", "duplicates", "rejected", "when")
        for row in rows:
            counts = (row.rows, row.recorded, row.duplicates, row.rejected)
            numbers = (f"{count:,}" for count in counts)
            shown.add_row(str(row.id), row.filename, row.importer, row.state, *numbers, _time(row.created_ms))
        out.print(shown)

    show({"imports": [_plain(row) for row in rows]}, json, print_rows)


def _plain(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__slots__}


@imports.command("show")
@command
def show_import(number: int, brand: BrandOption = None, json: JsonOption = False) -> None:
    """Everything about one import."""
    from guanxi.touchpoints import queries

    row = queries.import_detail(current_brand(brand).pk, number)

    def print_row() -> None:
        shown = Table(box=None, show_header=False)
        for name, value in _plain(row).items():
            shown.add_row(heading(name), _time(value) if name.endswith("_ms") else str(value))
        out.print(shown)

    show(_plain(row), json, print_row)


@imports.command("rejects")
@command
def write_rejects(
    number: int,
    path: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write the plain CSV.")],
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Write the rejected rows, in the clear, to a CSV: correct them there and import that file."""
    from guanxi.touchpoints.importing import services

    count = services.write_rejects(current_brand(brand).pk, number, path, actor="cli")
    show(
        {"rows": count, "file": str(path)},
        json,
        lambda: note(
            say(
                "%(n)s rejected rows are in %(path)s, in the clear, as they stood in the file: delete it "
                "when you are done. Cells that a spreadsheet would take for a formula begin with an "
                "apostrophe.",
                n=f"{count:,}",
                path=path,
            )
        ),
    )


@imports.command("cancel")
@command
def cancel_import(number: int, brand: BrandOption = None, json: JsonOption = False) -> None:
    """Stop a running import after the chunk it is at; what is recorded stays."""
    from guanxi.touchpoints.importing import services

    services.cancel_import(current_brand(brand).pk, number, actor="cli")
    done = say("Import %(number)s is cancelled.", number=number)
    show({"import_id": number, "state": "cancelled"}, json, lambda: note(done))


@rates.command("add")
@command
def add_rate(
    currency: str, from_day: str, rate: str, brand: BrandOption = None, json: JsonOption = False
) -> None:
    """From a day on, one unit of CURRENCY is worth RATE units of the brand's own: USD 2024-01-01 7.1."""
    from guanxi.touchpoints import services

    services.set_rate(current_brand(brand).pk, currency, from_day, rate, actor="cli")
    result = {"currency": currency.upper(), "from_day": from_day, "rate": rate}
    done = say("1 %(currency)s = %(rate)s from %(from_day)s on.", **result)
    show(result, json, lambda: note(done))


@rates.command("list")
@command
def list_rates(brand: BrandOption = None, json: JsonOption = False) -> None:
    """The rates of the brand."""
    from guanxi.touchpoints import queries

    rows = queries.rates(current_brand(brand).pk)

    def print_rows() -> None:
        shown = table("currency", "from", "rate")
        for row in rows:
            shown.add_row(*row)
        out.print(shown)

    show(
        {"rates": [dict(zip(("currency", "from_day", "rate"), row, strict=True)) for row in rows]},
        json,
        print_rows,
    )
