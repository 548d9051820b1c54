"""`guanxi rights`: what people ask for, when it is due, and doing it; the record of processing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guanxi.cli.customers import erase, freeze
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
)
from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say

if TYPE_CHECKING:
    from guanxi.customers.rights.contacts import Outcome

app = command_app(help="Requests of people, the record of processing, fresh consent.")
app.command("erase")(erase)
app.command("freeze")(freeze)
ReasonOption = Annotated[str, typer.Option(metavar="TEXT", help="Why, for the record; no names or numbers.")]
RequestArgument = Annotated[int, typer.Argument(metavar="REQUEST", help="The number of the request.")]


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


@app.command("receive")
@command
def receive(
    number: int,
    kind: Annotated[str, typer.Argument(help="access, correction, erasure, freeze or unfreeze.")],
    *,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="What was said; no names or numbers.")] = "",
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Note what a customer asks for: it is due within 15 working days."""
    from guanxi.customers.rights import requests, shown
    from guanxi.customers.rights.contracts import Kind

    if kind not in {one.value for one in Kind}:
        names = ", ".join(one.value for one in Kind)
        raise Invalid(say("There is no such right."), remedy=say("Choose among: %(names)s.", names=names))
    made = requests.open_request(current_brand(brand).pk, number, Kind(kind), actor="cli", reason=reason)
    row = shown.plain(made)
    show(row, json, lambda: _print([row], "id", "kind", "state", "customer", "due"))


@app.command()
@command
def verify(request: RequestArgument, *, brand: BrandOption = None, json: JsonOption = False) -> None:
    """Say that you made sure that it is the person who asks."""
    from guanxi.customers.rights import requests

    requests.verify(current_brand(brand).pk, request, actor="cli")
    show({"id": request, "state": "verified"}, json, lambda: note(say("Noted.")))


@app.command()
@command
def refuse(
    request: RequestArgument, *, reason: ReasonOption, brand: BrandOption = None, json: JsonOption = False
) -> None:
    """Refuse a request, and say why."""
    from guanxi.customers.rights import requests

    requests.refuse(current_brand(brand).pk, request, actor="cli", reason=reason)
    show({"id": request, "state": "refused"}, json, lambda: note(say("Noted.")))


@app.command("copy")
@command
def copy_everything(
    number: int,
    *,
    language: Annotated[str, typer.Option(help="Of the page in it: zh-hans or en.")] = "zh-hans",
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Have the worker make the copy of everything held about a customer: a sealed zip that expires."""
    from guanxi.customers.rights import copying

    made = copying.copy_soon(current_brand(brand).pk, number, actor="cli", language=language).pk
    said = say("The worker makes it. Then: guanxi rights take %(id)s FILE", id=made)
    show({"id": made}, json, lambda: note(said))


@app.command()
@command
def take(
    request: RequestArgument,
    file: Annotated[Path, typer.Argument(help="Where the zip is written, in the clear.")],
    *,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Write a copy that was made to a file; that you take it is in the audit log."""
    from guanxi.customers.rights import copying

    if file.exists():
        raise Invalid(say("This file is there already."), remedy=say("Name another one."))
    _name, stream = copying.opened(current_brand(brand).pk, request, actor="cli")
    with stream, os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        shutil.copyfileobj(stream, target)
    show(
        {"id": request, "file": str(file)},
        json,
        lambda: note(say("The copy is in %(file)s.", file=str(file))),
    )


@app.command()
@command
def correct(
    number: int,
    *,
    given: Annotated[
        list[str],
        typer.Option(
            "--set", metavar="FIELD=VALUE", help="A field and its right value: phone=…, wrong_phone=…, name=…"
        ),
    ],
    reason: ReasonOption,
    yes: Annotated[bool, typer.Option("--yes", help="Do it. Without, only say what it would do.")] = False,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Correct what is held about a customer. Without --yes: what it would do to phones and e-mails."""
    from guanxi.customers.rights.correcting import correct as do
    from guanxi.customers.rights.correcting import foreseen

    brand_id = current_brand(brand).pk
    values = dict(part.split("=", 1) for part in given if "=" in part)
    if len(values) < len(given):
        raise Invalid(say("Each value is written FIELD=VALUE, each field once."))
    if not yes:
        outcomes = [plain_outcome(brand_id, one) for one in foreseen(brand_id, number, values)]
        show({"outcomes": outcomes}, json, lambda: _print_outcomes(outcomes))
        note(say("Nothing was done. Add --yes to correct it."))
        return
    done = do(brand_id, number, values, actor="cli", reason=reason)
    said = say(
        "Corrected, under request %(id)s. The customer is %(customer)s.",
        id=done.request_id,
        customer=done.customer_id,
    )
    show(done._asdict(), json, lambda: note(said))


@app.command()
@command
def undo(
    request: RequestArgument, *, reason: ReasonOption, brand: BrandOption = None, json: JsonOption = False
) -> None:
    """Take a mistaken correction of a phone or e-mail back."""
    from guanxi.customers.rights import correcting

    customer = correcting.undo(current_brand(brand).pk, request, actor="cli", reason=reason)
    said = say("Taken back. The customer is %(customer)s.", customer=customer)
    show({"customer_id": customer}, json, lambda: note(said))


def plain_outcome(brand_id: int, outcome: Outcome) -> dict[str, Any]:
    """What a correction makes of a customer, with what each side has bought."""
    from guanxi.touchpoints import queries

    totals = [queries.totals_of(brand_id, side) for side in outcome.sides]
    return {
        "in_place": outcome.in_place,
        "drawn_in": list(outcome.drawn),
        "customers": [
            {"identities": len(side), "orders": total.orders, "revenue_fen": total.revenue_fen}
            for side, total in zip(outcome.sides, totals, strict=True)
        ],
    }


def _print_outcomes(outcomes: list[dict[str, Any]]) -> None:
    for outcome in outcomes:
        sides = outcome["customers"]
        if outcome["in_place"]:
            line(say("The customer is known by it alone: nothing moves."))
        elif len(sides) > 1:
            line(say("Afterwards these are %(n)s customers, who asks first:", n=len(sides)))
        for side in sides:
            line(say("%(n)s identities, %(orders)s orders", n=side["identities"], orders=side["orders"]))
        for customer in outcome["drawn_in"]:
            line(say("The right one is of customer %(id)s, whom it brings along.", id=customer))


def _print(rows: list[dict[str, Any]], *names: str) -> None:
    shown = table(*names)
    for row in rows:
        shown.add_row(*(str(row[name] or "") for name in names))
    out.print(shown)
