"""`guanxi loops list|show`: which loops there are, and whether they turn."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from guanxi.cli.headings import table
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
from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say

if TYPE_CHECKING:
    from guanxi.loops.queries import Measured

app = command_app(help="Loops: list, show.")

LAST_MONTHS = 12


@app.command("list")
@command
def list_loops(json: JsonOption = False) -> None:
    """The loops there are: their stations and windows."""
    from guanxi.loops import shown
    from guanxi.loops.contracts import LOOPS

    rows = [shown.declared(loop) for loop in LOOPS]

    def printed() -> None:
        listed = table("name", "label", "what", "days")
        for one in rows:
            stations = " → ".join(told(station["label"]) for station in one["stations"])
            listed.add_row(one["name"], told(one["title"]), Text(stations), f"{one['return_days']}")
        out.print(listed)

    show({"loops": rows}, json, printed)


@app.command("show")
@command
def show_loop(
    name: Annotated[str, typer.Argument(help="The loop's name, such as loyalty.")],
    until: Annotated[str, typer.Option("--until", help="As if that day were the last, 2026-11-21.")] = "",
    margin: Annotated[
        float | None,
        typer.Option("--margin", min=0, max=1, help="What is left of revenue, as a share; else as assumed."),
    ] = None,
    *,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """What became of a loop's cycles, by the month in which they began, as of the last sync."""
    from guanxi.loops import queries, shown

    try:
        day = date.fromisoformat(until) if until else None
    except ValueError:
        raise Invalid(say("This is no day."), remedy=say("Write days as 2026-11-21.")) from None
    mille = None if margin is None else round(margin * 1_000)
    found = queries.measure(current_brand(brand), name, until=day, margin_mille=mille)
    show(shown.measured(found), json, lambda: _print(found))


def _print(found: Measured) -> None:
    from guanxi.loops import shown

    for sentence in shown.answers(found):
        line(told(sentence), markup=False)
    shown_table = table(
        "month", "entered", "acted", "produced", "open", "share", "low", "high", "days", "alone"
    )
    for one in found.cohorts[-LAST_MONTHS:]:
        rates = (_share(one.back.share), _share(one.back.low), _share(one.back.high))
        days = "–" if one.days.median is None else f"{one.days.median}"
        counts = (f"{count:,}" for count in (one.entered, one.acted, one.produced, one.open))
        shown_table.add_row(one.month, *counts, *rates, days, _share(one.alone_back.share))
    out.print(shown_table)
    note(shown.CAVEAT)


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"
