"""`guanxi tiers …`: the programme, who is in which tier, everybody anew."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from guanxi.cli.headings import facts, table
from guanxi.cli.json_files import read_object
from guanxi.cli.shared import (
    BrandOption,
    JsonOption,
    VersionOption,
    command,
    command_app,
    current_brand,
    line,
    out,
    progress,
    show,
)
from guanxi.kernel.errors import NotFound
from guanxi.kernel.wording import say

_REMEDY = say("Give the programme as JSON, as docs/guide/tiers.md shows.")
app = command_app(help="Tiers: show, put, recompute.")


@app.command("show")
@command
def show_tiers(
    customer: Annotated[int | None, typer.Option(help="Of one customer.")] = None,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """The programme with how many customers are in each tier; or where one customer stands."""
    from guanxi.customers.lookup import root_of
    from guanxi.loyalty.tiers import queries, shown

    where = current_brand(brand)
    if customer is not None:
        root = root_of(where.pk, customer)
        found = None if root is None else queries.customer(where, root)
        if root is None or found is None:
            raise NotFound(say("There is no such customer, or there are no tiers yet."))
        told = shown.customer(found)
        told["changes"] = [shown.change(row) for row in queries.history(where.pk, root)]
        named = (
            (say("tier"), told["tier"]),
            (say("since"), told["since"]),
            (say("held until"), told["held_until"]),
            (say("next tier"), told["next"]),
        )
        show(told, json, lambda: facts(*named))
        return
    force = queries.in_force(where.pk)
    told = shown.programme(force, queries.shares(where.pk, force.programme) if force else [])

    def print_it() -> None:
        rows = table("tier", "customers", "revenue")
        for one in told["tiers"]:
            revenue = f"{one['revenue_fen'] / 100:,.2f}"
            rows.add_row(Text(one["code"]), str(one["customers"]), revenue)
        out.print(rows)

    show(told, json, print_it)


@app.command("put")
@command
def put_tiers(
    source: Annotated[
        str, typer.Argument(metavar="FILE", help="A file with the programme as JSON; - for standard input.")
    ],
    version: VersionOption = None,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Make the programme what a file says (docs/guide/tiers.md)."""
    from guanxi.loyalty.tiers import queries, services
    from guanxi.platform.actors import COMMAND_LINE

    where = current_brand(brand)
    force = queries.in_force(where.pk)
    read = version if version is not None else (force.version if force else 0)
    now = services.put(where, read_object(source, _REMEDY), read, actor=COMMAND_LINE)
    show(
        {"version": now}, json, lambda: line(say("The tiers are saved as version %(version)s.", version=now))
    )


@app.command("recompute")
@command
def recompute_tiers(brand: BrandOption = None, json: JsonOption = False) -> None:
    """Work out anew where everybody stands, here and now."""
    from guanxi.loyalty.tiers import jobs

    where = current_brand(brand)
    with progress(say("Tiers")) as advance:
        counts = jobs.recompute(where, advance)
    show(
        counts,
        json,
        lambda: line(
            say(
                "%(looked)s customers looked at, %(changed)s changed tier.",
                looked=counts["looked"],
                changed=counts["changed"],
            )
        ),
    )
