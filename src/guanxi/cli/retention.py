"""`guanxi retention`: how long each kind of data is kept, and letting go of what is older."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from guanxi.cli.headings import table
from guanxi.cli.shared import BrandOption, JsonOption, command, command_app, current_brand, note, out, show
from guanxi.kernel.wording import say

app = command_app(help="How long each kind of data is kept, and letting go of what is older.")


@app.command("show")
@command
def show_periods(brand: BrandOption = None, json: JsonOption = False) -> None:
    """Every kind with its period, the least that is allowed, and what would go now."""
    from guanxi.platform.retention import periods, running

    rows = [periods.plain(one, found) for one, found in running.dry_run(current_brand(brand).pk)]
    show({"retention": rows}, json, lambda: _print(rows))


@app.command("set")
@command
def set_period(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="The kind, as `show` names it.")],
    days: Annotated[str, typer.Argument(metavar="DAYS", help="A whole number of days, or: keep")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Save it; without this, say what would go.")] = False,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Choose how long a kind of data is kept. What is older then goes in the next night."""
    from guanxi.platform.retention import periods

    where, wanted = current_brand(brand).pk, periods.parsed(days)
    one = periods.choose(where, kind, wanted, actor="cli") if yes else periods.wished(where, kind, wanted)
    told = periods.plain(one, periods.forecast(where, one))

    def said() -> None:
        _print([told])
        note(say("Saved.") if yes else say("Nothing is saved yet. Say --yes to keep it so."))

    show({**told, "saved": yes}, json, said)


@app.command()
@command
def run(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go, and let go of nothing.")
    ] = False,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Let go now of whatever is older than its period, as every night does."""
    from guanxi.platform.retention import running

    where = current_brand(brand).pk
    if dry_run:
        gone = {one.kind.key: found.rows for one, found in running.dry_run(where) if found.rows}
    else:
        gone = running.run(where)

    def said() -> None:
        shown = table("kind", "rows")
        for key, count in gone.items():
            shown.add_row(key, f"{count:,}")
        if gone:
            out.print(shown)
        note(say("%(n)s rows would go.", n=sum(gone.values())) if dry_run else say("Done."))

    show({"gone": gone, "dry_run": dry_run}, json, said)


def _print(rows: list[dict[str, Any]]) -> None:
    from guanxi.platform.retention.periods import written

    shown = table("kind", "days", "least", "would go", "label")
    for row in rows:
        least = "" if row["least_days"] is None else str(row["least_days"])
        shown.add_row(row["kind"], written(row["days"]), least, f"{row['would_go']:,}", row["label"])
    out.print(shown)
