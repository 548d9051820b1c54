"""`guanxi draws …`: lucky draws, their proof and their evidence."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from guanxi.cli.headings import facts, table
from guanxi.cli.json_files import read_object
from guanxi.cli.shared import BrandOption, JsonOption, command, command_app, current_brand, line, out, show
from guanxi.kernel.errors import Conflict, Invalid
from guanxi.kernel.wording import say

app = command_app(help="Lucky draws: list, make, publish, settle, verify.")

DrawArgument = Annotated[int, typer.Argument(metavar="ID", help="The draw's id.")]
NotedOption = Annotated[str, typer.Option(help="The hash that was published.")]


@app.command("list")
@command
def list_draws(brand: BrandOption = None, json: JsonOption = False) -> None:
    """The draws, newest first."""
    from guanxi.loyalty.draws import queries, shown

    rows = [shown.draw(row) for row in queries.draws(current_brand(brand).pk)]

    def print_it() -> None:
        told = table("id", "code", "name", "state", "entries", "closes")
        for row in rows:
            cells = (row["id"], row["code"], row["title"], row["state"], row["entries"], row["closes_at"])
            told.add_row(*(Text(str(cell)) for cell in cells))
        out.print(told)

    show({"draws": rows}, json, print_it)


@app.command("show")
@command
def show_draw(number: DrawArgument, brand: BrandOption = None, json: JsonOption = False) -> None:
    """One draw: its terms, its hashes, what was won."""
    from guanxi.loyalty.draws import services, shown

    found = services.find(current_brand(brand).pk, number)
    row = {**shown.draw(found), "results": shown.results(found)}

    def print_it() -> None:
        facts(
            (say("name"), row["title"]),
            (say("state"), row["state"]),
            (say("entries"), row["entries"]),
            (say("hash of the terms"), row["terms_hash"] or "-"),
            (say("hash of the seed"), row["seed_hash"] or "-"),
            (say("hash of the entrants"), row["entries_hash"] or "-"),
            (say("hash of the result"), row["result_hash"] or "-"),
            (say("seed"), row["seed"] or "-"),
        )

    show(row, json, print_it)


@app.command("create")
@command
def create_draw(
    source: Annotated[str, typer.Argument(metavar="FILE", help="The terms as JSON; - for standard input.")],
    publish: Annotated[bool, typer.Option("--publish", help="Publish it at once.")] = False,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Make a draft of the terms in a file; with --publish they are frozen, the seed committed and the stock
    filled at once."""
    from guanxi.loyalty.draws import services, shown
    from guanxi.platform.actors import COMMAND_LINE

    where, remedy = current_brand(brand), say("docs/guide/draws.md says what terms have.")
    draw = services.create(where, read_object(source, remedy), actor=COMMAND_LINE)
    if publish:
        draw = services.publish(where, draw.pk, draw.version, actor=COMMAND_LINE)
    row = shown.draw(draw)
    show(row, json, lambda: line(say("Draw %(id)s is %(state)s.", id=row["id"], state=row["state"])))


@app.command("settle")
@command
def settle_draw(number: DrawArgument, brand: BrandOption = None, json: JsonOption = False) -> None:
    """Freeze the entrants of a draw that has closed, work out the winners, pay them, reveal the seed; from
    wherever it stands."""
    from guanxi.loyalty.draws import settling, shown
    from guanxi.platform.actors import COMMAND_LINE

    row = shown.draw(settling.settle(current_brand(brand), number, actor=COMMAND_LINE))
    show(row, json, lambda: line(say("Draw %(id)s is %(state)s.", id=row["id"], state=row["state"])))


@app.command("entropy")
@command
def set_entropy(
    number: DrawArgument,
    value: Annotated[str, typer.Argument(help="The public number that was announced.")],
    evidence: Annotated[str, typer.Argument(help="Where it was published.")],
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Type in the public number that the terms announce, once, after the entrants are frozen."""
    from guanxi.loyalty.draws import settling, shown
    from guanxi.platform.actors import COMMAND_LINE

    draw = settling.set_entropy(current_brand(brand), number, value, evidence, actor=COMMAND_LINE)
    show(shown.draw(draw), json, lambda: line(say("The number is kept.")))


@app.command("evidence")
@command
def write_evidence(
    number: DrawArgument,
    target: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write the zip.")],
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Write the evidence of a draw that is revealed: terms, hashes, seed, entrants, winners, script."""
    from guanxi.loyalty.draws import evidence, services

    if target.exists():
        raise Conflict(say("%(file)s is there already.", file=target), remedy=say("Choose another name."))
    content = evidence.archive(services.find(current_brand(brand).pk, number))
    target.write_bytes(content)
    told = {"file": str(target), "bytes": len(content)}
    show(told, json, lambda: line(say("Written: %(file)s", file=target)))


@app.command("verify")
@command
def verify_draw(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="The evidence: a zip, or evidence.json.")],
    terms: NotedOption = "",
    seed: NotedOption = "",
    entries: NotedOption = "",
    json: JsonOption = False,
) -> None:
    """Replay a draw from its evidence, as anybody can with verify_draw.py; needs no database."""
    from guanxi.loyalty.draws import verify_draw as script

    noted = {name: text for name, text in (("terms", terms), ("seed", seed), ("entries", entries)) if text}
    try:
        found = script.verify(str(source), noted)
    except ValueError as error:
        message = say("This is no evidence of a draw that is revealed.")
        raise Invalid(message, remedy=say("Give the zip as it was downloaded.")) from error
    agrees = all(good for _what, good in found)

    def print_it() -> None:
        told = table("what", "answer")
        for what, good in found:
            told.add_row(Text(what), "✓" if good else "✗")
        out.print(told)
        line(say("The draw is as it was published.") if agrees else say("The draw is NOT as published."))

    checks = [{"what": what, "agrees": good} for what, good in found]
    show({"agrees": agrees, "checks": checks}, json, print_it)
    if not agrees:
        raise typer.Exit(1)
