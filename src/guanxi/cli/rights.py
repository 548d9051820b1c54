"""`guanxi rights`: what people have asked for, the record of processing, fresh consent."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from guanxi.cli.headings import table
from guanxi.cli.shared import BrandOption, JsonOption, command, command_app, current_brand, note, out, show
from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say

app = command_app(help="Requests of people, the record of processing, fresh consent.")


@app.command("list")
@command
def list_requests(
    *,
    ended: Annotated[bool, typer.Option("--ended", help="Those that have ended.")] = False,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Open requests, those due first."""
    from guanxi.customers.rights import shown

    rows = shown.listed(current_brand(brand).pk, ended=ended)
    show({"requests": rows}, json, lambda: _print(rows, "id", "kind", "state", "customer", "due"))


@app.command()
@command
def processing(brand: BrandOption = None, json: JsonOption = False) -> None:
    """The record of processing: what is held, why, by what right, for whom, how long."""
    from guanxi.customers.rights import processing as record

    rows = [entry._asdict() for entry in record.entries(current_brand(brand).pk)]
    show({"processing": rows}, json, lambda: _print(rows, "label", "purpose", "basis", "retention"))


@app.command()
@command
def lift(
    identity: Annotated[str, typer.Argument(metavar="SCHEME:VALUE", help="phone:13800138000, tmall:name …")],
    *,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Which consent lifts it.")],
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Fresh consent of somebody who was erased: their history may be imported again."""
    from guanxi.customers.contracts import Identity
    from guanxi.customers.identifiers import normalise
    from guanxi.customers.rights import tombstones

    scheme, _colon, value = identity.rpartition(":")
    try:
        normal = normalise(scheme, value)
    except ValueError:
        normal = None
    if normal is None:
        raise Invalid(say("This is not an identity."), remedy=say("Write for example: phone:13800138000"))
    lifted = tombstones.lift(current_brand(brand).pk, [Identity(scheme, normal)], actor="cli", reason=reason)
    show({"lifted": lifted}, json, lambda: note(say("%(n)s tombstones were lifted.", n=lifted)))


def _print(rows: list[dict[str, Any]], *names: str) -> None:
    shown = table(*names)
    for row in rows:
        shown.add_row(*(str(row[name] or "") for name in names))
    out.print(shown)
