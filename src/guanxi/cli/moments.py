"""`guanxi moments`: birthdays and anniversaries."""

from __future__ import annotations

import typer

from guanxi.cli.headings import facts, table
from guanxi.cli.shared import BrandOption, JsonOption, command, command_app, current_brand, note, out, show
from guanxi.kernel.wording import say

app: typer.Typer = command_app(help="Birthdays and anniversaries: who is next.")


@app.command("coming")
@command
def coming(brand: BrandOption = None, json: JsonOption = False) -> None:
    """How many have a birthday or an anniversary on each of the next 30 days."""
    from guanxi.loyalty.moments import queries

    found = queries.coming(current_brand(brand))
    rows = [one._asdict() | {"day": one.day.isoformat()} for one in found.days]

    def print_it() -> None:
        told = table("day", "birthdays", "lunar", "anniversaries")
        for one in found.days:
            if one.birthdays or one.anniversaries:
                told.add_row(
                    one.day.isoformat(),
                    *(f"{many:,}" for many in (one.birthdays, one.lunar, one.anniversaries)),
                )
        out.print(told)
        if not found.complete:
            note(say("So many have an anniversary that not all were counted."))

    show({"days": rows, "complete": found.complete}, json, print_it)


@app.command("run")
@command
def run(brand: BrandOption = None, json: JsonOption = False) -> None:
    """Record the birthdays and anniversaries of the days that are due, as the worker does by itself."""
    from guanxi.loyalty.moments import services

    done = services.run(current_brand(brand))
    named = (
        (say("days"), f"{done.days:,}"),
        (say("birthdays"), f"{done.birthdays:,}"),
        (say("anniversaries"), f"{done.anniversaries:,}"),
    )
    show(done._asdict(), json, lambda: facts(*named))
