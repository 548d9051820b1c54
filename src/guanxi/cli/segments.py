"""`guanxi segments …`: who is in which segment, and why."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from guanxi.cli.json_files import read_object
from guanxi.cli.segments_shown import branch, branch_printed, placed, refreshed, rows_printed, shown
from guanxi.cli.shared import (
    BrandOption,
    JsonOption,
    VersionOption,
    command,
    command_app,
    current_brand,
    either,
    line,
    note,
    out,
    progress,
    show,
)
from guanxi.cli.written import written
from guanxi.kernel.errors import Conflict
from guanxi.kernel.wording import say

app = command_app(help="Segments: list, count, explain, refresh, export.")

ConditionArgument = Annotated[
    str, typer.Argument(metavar="FILE", help="A file with the condition as JSON; - for standard input.")
]
SegmentArgument = Annotated[int, typer.Argument(metavar="ID", help="The segment's id.")]


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
    show({"segments": [asdict(row) for row in rows]}, json, lambda: rows_printed(rows))


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

    show(result, json, lambda: shown(found))


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
        lambda: line(say("Segment %(number)s: %(what)s", number=number, what=either(*said)), markup=False),
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
    done = (
        say("Segment %(number)s is deleted.", number=number)
        if delete
        else say("Segment %(number)s is in the archive.", number=number)
    )
    show({"id": number, "state": "deleted" if delete else "archived"}, json, lambda: note(done))


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
        out.print(either(found.sentence_zh, found.sentence_en), markup=False)
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
        "explained": branch(found.explained),
    }

    def print_it() -> None:
        line(placed(found.customer_id, number, member=found.member))
        branch_printed(found.explained)

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

    with progress(say("Refreshing")) as advance:
        found = refresh(current_brand(brand), numbers or None, tell=advance)
    result = {**asdict(found), "drift": found.drift}

    show(result, json, lambda: refreshed(found))
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
    from guanxi.platform.actors import COMMAND_LINE
    from guanxi.segments import exporting, services

    where = current_brand(brand)
    exporting.demand(COMMAND_LINE, digests or [])
    services.find(where.pk, number)  # before a file that is there already is emptied
    with written(path) as sink:
        rows = exporting.write(where, number, sink, hashes=digests or [], actor=COMMAND_LINE)

    def print_it() -> None:
        note(say("%(rows)s rows are in %(path)s.", rows=f"{rows:,}", path=path))
        if digests:
            note(say("Hashed phones are personal data still: delete the file when it is uploaded."))

    show({"segment": number, "rows": rows, "file": str(path)}, json, print_it)


def _condition(source: str) -> dict[str, Any]:
    return read_object(source, say("See docs/guide/conditions.md."))
