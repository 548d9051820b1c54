"""`guanxi segments …`: who is in which segment, and why."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

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
from guanxi.kernel.errors import Conflict, Invalid
from guanxi.kernel.wording import say

if TYPE_CHECKING:
    from guanxi.segments.contracts import Explained, SegmentRow

app = command_app(help="Segments: list, count, explain, refresh, export.")

ConditionArgument = Annotated[
    str, typer.Argument(metavar="FILE", help="A file with the condition as JSON; - for standard input.")
]
SegmentArgument = Annotated[int, typer.Argument(metavar="ID", help="The segment's id.")]
VersionOption = Annotated[
    int | None,
    typer.Option("--version", help="The version you have read; refused where it was changed since."),
]


@app.command("list")
@command
def list_segments(
    *,
    archived: Annotated[bool, typer.Option("--archived", help="Those in the archive.")] = False,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """The segments with their sizes."""
    from guanxi.segments import queries

    rows = queries.segments(current_brand(brand), state="archived" if archived else "active")
    show({"segments": [_plain(row) for row in rows]}, json, lambda: _print_rows(rows))


@app.command("show")
@command
def show_segment(number: SegmentArgument, brand: BrandOption = None, json: JsonOption = False) -> None:
    """One segment: condition, sentence, history, what refers to it."""
    from guanxi.segments import queries

    found = queries.detail(current_brand(brand), number)
    result = asdict(found)
    result["uses"] = [one._asdict() for one in found.uses]
    result["used_by"] = [one._asdict() for one in found.used_by]
    result["days"] = [day._asdict() for day in found.days]

    def print_it() -> None:
        _print_rows([found.row])
        out.print(found.sentence_en, markup=False)
        out.print(found.sentence_zh, markup=False)
        for day in found.days[-7:]:
            out.print(f"{_date(day.day)}: {day.size:,} (+{day.entered:,} −{day.left:,})")
        for reference in found.used_by:
            line(say("used by %(kind)s %(name)s", kind=reference.kind, name=reference.name), markup=False)

    show(result, json, print_it)


@app.command("create")
@command
def create_segment(
    name: str,
    condition: ConditionArgument,
    *,
    description: Annotated[str, typer.Option(help="What it is for.")] = "",
    mode: Annotated[str, typer.Option(help="live, scheduled or frozen.")] = "live",
    hour: Annotated[int | None, typer.Option(help="Scheduled: the hour of the day, 0 to 23.")] = None,
    weekday: Annotated[int | None, typer.Option(help="Scheduled: 0 Monday to 6; every day without.")] = None,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Make a segment of a condition. The worker fills it; `guanxi segments refresh ID` does so at once."""
    from guanxi.platform.actors import COMMAND_LINE
    from guanxi.segments import queries, services

    where = current_brand(brand)
    given = _condition(condition)
    number = services.create(
        where,
        name,
        given,
        description=description,
        mode=mode,
        hour=hour,
        weekday=weekday,
        actor=COMMAND_LINE,
    )
    said = queries.said_both_ways(where, given)
    result = {"id": number, "version": 1, "sentence_zh": said[0], "sentence_en": said[1]}
    show(
        result,
        json,
        lambda: line(say("Segment %(number)s: %(what)s", number=number, what=said[1]), markup=False),
    )


@app.command("save")
@command
def save_segment(
    number: SegmentArgument,
    *,
    condition: Annotated[
        str | None, typer.Option(metavar="FILE", help="The new condition; - for stdin.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="The new name.")] = None,
    description: Annotated[str | None, typer.Option(help="The new description.")] = None,
    mode: Annotated[str | None, typer.Option(help="live, scheduled or frozen.")] = None,
    hour: Annotated[int | None, typer.Option(help="Scheduled: the hour of the day.")] = None,
    weekday: Annotated[int | None, typer.Option(help="Scheduled: 0 Monday to 6.")] = None,
    tag: Annotated[
        str | None, typer.Option(help="The tag that its members have by rule; '' for none.")
    ] = None,
    version: VersionOption = None,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Change a segment."""
    from guanxi.platform.actors import COMMAND_LINE
    from guanxi.segments import services

    where = current_brand(brand)
    now = services.find(where.pk, number).version if version is None else version
    if condition is not None or name is not None or description is not None:
        given = None if condition is None else _condition(condition)
        now = services.save(
            where, number, now, name=name, description=description, condition=given, actor=COMMAND_LINE
        )
    if mode is not None:
        now = services.set_mode(where, number, now, mode, hour=hour, weekday=weekday, actor=COMMAND_LINE)
    if tag is not None:
        now = services.keep_tag(where, number, now, tag, actor=COMMAND_LINE)
    show(
        {"id": number, "version": now},
        json,
        lambda: note(say("Segment %(number)s is at version %(version)s.", number=number, version=now)),
    )


@app.command("archive")
@command
def archive_segment(
    number: SegmentArgument,
    version: VersionOption = None,
    delete: Annotated[bool, typer.Option("--delete", help="Remove it for good instead.")] = False,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Put a segment away, or delete it; refused while others refer to it."""
    from guanxi.platform.actors import COMMAND_LINE
    from guanxi.segments import services

    where = current_brand(brand)
    now = services.find(where.pk, number).version if version is None else version
    verb = services.delete if delete else services.archive
    verb(where, number, now, actor=COMMAND_LINE)
    state = "deleted" if delete else "archived"
    show(
        {"id": number, "state": state},
        json,
        lambda: note(say("Segment %(number)s is %(state)s.", number=number, state=state)),
    )


@app.command("count")
@command
def count_segment(
    condition: ConditionArgument,
    sample: Annotated[int, typer.Option(min=0, max=1000, help="How many customers to show.")] = 20,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """How many customers a condition holds of, as of the warehouse's last sync."""
    from guanxi.segments import previews

    found = previews.preview(current_brand(brand), _condition(condition), sample=sample)
    result = {**asdict(found), "share": found.share}

    def print_it() -> None:
        out.print(found.sentence_en, markup=False)
        line(
            say(
                "%(count)s of %(customers)s customers (%(share)s)",
                count=f"{found.count:,}",
                customers=f"{found.customers:,}",
                share=f"{found.share:.1%}",
            )
        )
        if found.synced_ms is None:
            note(say("The warehouse was never synced: run `guanxi warehouse sync`."))

    show(result, json, print_it)


@app.command("explain")
@command
def explain_segment(
    number: SegmentArgument,
    customer: Annotated[int, typer.Argument(help="The customer's id.")],
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Why a customer is in a segment, or not: each part of the condition, with the touchpoints behind it."""
    from guanxi.segments import queries

    found = queries.why(current_brand(brand), number, customer)
    result = {
        "segment": number,
        "customer": found.customer_id,
        "member": found.member,
        "since_ms": found.since_ms,
        "explained": _branch(found.explained),
    }

    def print_it() -> None:
        line(_placed(found.customer_id, number, member=found.member))
        _print_branch(found.explained, 0)

    show(result, json, print_it)


@app.command("refresh")
@command
def refresh_segments(
    numbers: Annotated[list[int] | None, typer.Argument(metavar="ID…", help="Which; all without.")] = None,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Compute segments from the warehouse and repair what differs; says whether following was right.

    Ends with exit code 6 where live segments had drifted.
    """
    from guanxi.segments.refreshing import refresh

    with progress("Refreshing") as advance:
        found = refresh(current_brand(brand), numbers or None, tell=advance)
    result = {**asdict(found), "drift": found.drift}

    def print_it() -> None:
        table = Table("id", "name", "members", "entered", "left", "drift", box=None, header_style="bold")
        for one in found.segments:
            table.add_row(
                str(one.id),
                Text(one.name),
                f"{one.size:,}",
                f"{one.entered:,}",
                f"{one.left:,}",
                f"{one.drift:,}",
            )
        out.print(table)
        line(
            say(
                "%(segments)s segments × %(customers)s customers in %(seconds)s s",
                segments=len(found.segments),
                customers=f"{found.customers:,}",
                seconds=f"{found.seconds:.1f}",
            )
        )

    show(result, json, print_it)
    if found.drift:
        raise SystemExit(Conflict.exit_code)


@app.command("export")
@command
def export_segment(
    number: SegmentArgument,
    path: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write the CSV.")],
    digests: Annotated[
        list[str] | None,
        typer.Option("--hash", help="Phones as sha256 or md5 of the national number; repeat it for both."),
    ] = None,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Write the members as CSV, with hashed phones for advertising platforms; the audit log says so."""
    import os

    from guanxi.platform.actors import COMMAND_LINE
    from guanxi.segments import exporting

    where = current_brand(brand)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as sink:
        rows = exporting.write(where, number, sink, hashes=digests or [], actor=COMMAND_LINE)
    result = {"segment": number, "rows": rows, "file": str(path)}
    show(
        result,
        json,
        lambda: note(
            f"{rows:,} rows are in {path}."
            + (
                " Hashed phones are personal data still: delete the file when it is uploaded."
                if digests
                else ""
            )
        ),
    )


def _condition(source: str) -> dict[str, Any]:
    """The JSON of a file or of standard input."""
    import orjson

    from guanxi.kernel.conditions import MAX_BYTES

    if source == "-":
        text = sys.stdin.read(4 * MAX_BYTES)
    else:
        path = Path(source)
        if not path.is_file():
            raise Invalid(
                say("There is no file %(path)s.", path=source),
                remedy="Name a file with the condition, or - for stdin.",
            )
        text = path.read_text(encoding="utf-8")[: 4 * MAX_BYTES]
    try:
        data = orjson.loads(text)
    except orjson.JSONDecodeError as broken:
        raise Invalid(
            say("This is not JSON: %(error)s.", error=broken), remedy="See docs/guide/conditions.md."
        ) from None
    if not isinstance(data, dict):
        raise Invalid(say("A condition is a JSON object."), remedy="See docs/guide/conditions.md.")
    return data


def _plain(row: SegmentRow) -> dict[str, Any]:
    return asdict(row)


def _branch(found: Explained) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "path": found.path,
        "holds": found.holds,
        "sentence": found.sentence,
        "values": _values(found.values),
        "facts": list(found.facts),
        "parts": [_branch(part) for part in found.parts],
    }


def _values(values: Mapping[Any, Any]) -> list[Any]:
    return list(values.values())


def _print_branch(found: Explained, depth: int) -> None:
    facts = f"  [touchpoints {', '.join(map(str, found.facts))}]" if found.facts else ""
    mark = Text("✓ ", style="green") if found.holds else Text("✗ ", style="red")
    out.print(Text("  " * depth) + mark + Text(found.sentence + facts))
    for part in found.parts:
        _print_branch(part, depth + 1)


def _print_rows(rows: list[SegmentRow]) -> None:
    table = Table("id", "name", "mode", "members", "share", "", box=None, header_style="bold")
    for row in rows:
        state = row.problem or ("" if row.ready else "being filled")
        table.add_row(str(row.id), Text(row.name), row.mode, f"{row.size:,}", f"{row.share:.1%}", Text(state))
    out.print(table)


def _date(day: int) -> str:
    from datetime import date, timedelta

    return (date(1970, 1, 1) + timedelta(days=day)).isoformat()


def _placed(customer_id: int, segment: int, *, member: bool) -> str:
    parts = {"customer": customer_id, "segment": segment}
    if member:
        return say("Customer %(customer)s is in segment %(segment)s.", **parts)
    return say("Customer %(customer)s is not in segment %(segment)s.", **parts)
