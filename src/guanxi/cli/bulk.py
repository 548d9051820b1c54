"""`guanxi bulk`: a tag on or off many customers at once, looked at before and taken back after."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guanxi.cli.headings import table
from guanxi.cli.shared import (
    BrandOption,
    JsonOption,
    command,
    command_app,
    current_brand,
    note,
    out,
    show,
    told,
)
from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say

if TYPE_CHECKING:
    from guanxi.customers.bulk.contracts import Bulk

app = command_app(help="Many customers at once: look, do, take back.")


@app.command()
@command
def do(
    action: Annotated[str, typer.Argument(metavar="ACTION", help="add_tag or remove_tag.")],
    tag: Annotated[str, typer.Argument(metavar="TAG", help="Name of the tag.")],
    *,
    listing: Annotated[
        str, typer.Option("--list", help="The list that finds the customers: customers or segment.")
    ] = "customers",
    where: Annotated[
        list[str] | None, typer.Option(help="Of the list's address, such as show=repeat or segment=3.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would change.")] = False,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Put a tag on all that a list finds, or take one off; of more than 1,000 the worker does it."""
    from guanxi.customers.bulk import services
    from guanxi.customers.bulk.contracts import Chosen
    from guanxi.platform.actors import COMMAND_LINE

    owner = current_brand(brand)
    chosen = Chosen(listing, dict(map(_pair, where or [])))
    found = services.preview(owner, action, tag, chosen, COMMAND_LINE)
    if not dry_run:
        found = services.confirm(owner, found.id, COMMAND_LINE)
    show(_plain(found), json, lambda: _tell(found))


@app.command()
@command
def recent(brand: BrandOption = None, json: JsonOption = False) -> None:
    """What was done in the last day, the newest first."""
    from guanxi.customers.bulk import queries

    found = queries.recent(current_brand(brand).pk)
    show({"actions": [_plain(one) for one in found]}, json, lambda: _print(found))


@app.command()
@command
def undo(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="Number of the action.")],
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Take back what an action of the last day changed and nobody changed since."""
    from guanxi.customers.bulk import services
    from guanxi.platform.actors import COMMAND_LINE

    found = services.undo(current_brand(brand), number, COMMAND_LINE)
    show(_plain(found), json, lambda: _tell(found))


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise Invalid(say("'%(text)s' is no name=value.", text=text), remedy=say("Write show=repeat."))
    return name, value


def _plain(found: Bulk) -> dict[str, Any]:
    counts = {"chosen": found.counts.chosen, **found.counts._asdict()}
    return {**asdict(found), "verb": found.verb.value, "state": found.state.value, "counts": counts}


def _tell(found: Bulk) -> None:
    note(
        say(
            "%(state)s: of %(chosen)s chosen, %(fresh)s to change, %(same)s so already, %(refused)s refused "
            "by the customer, %(frozen)s stored only, %(unknown)s unknown; %(changed)s changed, %(restored)s "
            "taken back. Number %(id)s.",
            state=str(found.state.label),
            chosen=found.counts.chosen,
            changed=found.changed,
            restored=found.restored,
            id=found.id,
            **found.counts._asdict(),
        )
    )


def _print(found: list[Bulk]) -> None:
    shown = table("number", "action", "tag", "state", "changed", "taken back")
    for one in found:
        state = told(str(one.state.label))
        shown.add_row(str(one.id), one.verb.value, one.label, state, f"{one.changed:,}", f"{one.restored:,}")
    out.print(shown)
