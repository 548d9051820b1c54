"""`guanxi sandbox …`: a copy of a brand in which nothing is real."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

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
    progress,
    show,
    told,
)
from guanxi.kernel.wording import say

if TYPE_CHECKING:
    from guanxi.platform.models import Brand

app = command_app(help="Sandboxes: make, fill, look, empty.")


@app.command("make")
@command
def make(
    slug: Annotated[str, typer.Option(help="Its short name; without one it is proposed.")] = "",
    name: Annotated[str, typer.Option(help="Its name; without one it is proposed.")] = "",
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Make a sandbox of a brand: what it has defined and its owners, without a customer."""
    from guanxi.platform.actors import COMMAND_LINE
    from guanxi.platform.sandbox import services

    where = current_brand(brand)
    proposed = ("", "") if slug and name else services.proposed(where)
    made = services.make(where, slug or proposed[0], name or proposed[1], actor=COMMAND_LINE)
    result = {
        "brand": made.brand.slug,
        "name": made.brand.name,
        "copied": dict(made.copied),
        "left": [{"kind": one.copier, "name": one.name, "error": one.reason} for one in made.left],
    }

    def print_it() -> None:
        line(say("[bold]%(slug)s[/bold] is made.", slug=made.brand.slug))
        _print_counts(made.copied)
        for one in made.left:
            note(say("Not copied: %(name)s. %(why)s", name=one.name, why=one.reason))

    show(result, json, print_it)


@app.command("fill")
@command
def fill(brand: BrandOption = None, json: JsonOption = False) -> None:
    """Fill a sandbox with five made members, each with points, a coupon and an order; once."""
    from guanxi.loyalty.sandbox import filling
    from guanxi.platform.actors import COMMAND_LINE

    where = current_brand(brand)
    filling.fill(where, actor=COMMAND_LINE)
    _show_people(where, json)


@app.command("people")
@command
def people(brand: BrandOption = None, json: JsonOption = False) -> None:
    """The made members of a sandbox: numbers, phones, points, coupons that can be used."""
    from guanxi.platform.sandbox import services

    where = current_brand(brand)
    services.demand(where)
    _show_people(where, json)


@app.command("empty")
@command
def empty(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for the short name.")] = False,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Take everybody out of a sandbox; its programme stays. A real brand is refused."""
    from guanxi.loyalty.sandbox import emptying
    from guanxi.platform.actors import COMMAND_LINE
    from guanxi.platform.sandbox import services

    where = current_brand(brand)
    services.demand(where)
    asked = told(say("Everybody in it is erased for ever. Its short name"))
    services.confirm(where, where.slug if yes else typer.prompt(asked))
    with progress(say("Emptying")) as advance:
        done = emptying.empty(where, actor=COMMAND_LINE, advance=advance)
    result = {"brand": where.slug, "customers": done}
    show(result, json, lambda: line(say("%(n)s customers are gone; the programme stays.", n=done)))


def _show_people(where: Brand, json: bool) -> None:
    from guanxi.loyalty.sandbox import filling

    rows: list[dict[str, Any]] = [one._asdict() for one in filling.known(where)]
    shown = ("number", "phone", "name", "order", "points", "coupon")

    def print_it() -> None:
        printed = table(*shown)
        for row in rows:
            printed.add_row(*(str(row[column]) for column in shown))
        out.print(printed)

    show({"brand": where.slug, "people": rows}, json, print_it)


def _print_counts(copied: Any) -> None:
    from guanxi.platform.sandbox.contracts import COPIERS

    printed = table("kind", "rows")
    for name, count in copied.items():
        printed.add_row(told(COPIERS[name].label), str(count))
    out.print(printed)
