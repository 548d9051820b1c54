"""`guanxi preferences`: the fields, and what customers said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import orjson
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
    from guanxi.customers.preferences import Definition

app = command_app(help="What customers may say they prefer.")


@app.command("list")
@command
def list_fields(brand: BrandOption = None, json: JsonOption = False) -> None:
    """The fields, the archived ones too."""
    from guanxi.customers.preferences import definitions

    found = definitions(current_brand(brand).pk, archived=True)
    rows = [field._asdict() | {"choices": [one._asdict() for one in field.choices]} for field in found]
    show({"fields": rows}, json, lambda: _print(found))


@app.command()
@command
def define(
    name: Annotated[str, typer.Argument(metavar="FIELD", help="Small letters, digits and _.")],
    type: Annotated[str, typer.Option(help="choice, choices, text, number, date or boolean.")],
    label_zh: Annotated[str, typer.Option(help="The question in Chinese.")],
    label_en: Annotated[str, typer.Option(help="The question in English.")],
    purpose: Annotated[str, typer.Option(help="What the answer is for, as customers are told.")],
    *,
    choices: Annotated[
        str, typer.Option(metavar="JSON", help='[{"name": "oily", "zh": "油性", "en": "Oily"}].')
    ] = "",
    archive: Annotated[bool, typer.Option("--archive", help="Out of use.")] = False,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Make a field, or change how it is asked."""
    from guanxi.customers import services

    field = services.define_preference(
        current_brand(brand).pk,
        name,
        type=type,
        label_zh=label_zh,
        label_en=label_en,
        purpose=purpose,
        choices=_loaded(choices) if choices else None,
        archived=archive,
        actor="cli",
    )
    show(
        {"id": field.id, "name": field.name},
        json,
        lambda: note(say("Customers can be asked '%(name)s'.", name=field.name)),
    )


@app.command()
@command
def state(
    customer: Annotated[int, typer.Argument(metavar="CUSTOMER", help="Number of the customer.")],
    field: Annotated[str, typer.Argument(metavar="FIELD", help="Name of the field.")],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="The answer; empty takes it back.")],
    *,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Note what a customer said. Several choices are written with commas."""
    from guanxi.customers import services
    from guanxi.customers.preferences import Statement

    given = [Statement(customer, field, value or None)]
    done = services.state_preferences(current_brand(brand).pk, given, source="cli", actor="cli")
    show(done._asdict(), json, lambda: note(say("Noted.") if done.changed else say("Nothing changed.")))


def _loaded(text: str) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Invalid(say("--choices is not JSON."), remedy=say("Quote it in the shell.")) from None


def _print(found: list[Definition]) -> None:
    shown = table("name", "type", "中文", "English", "choices", "state")
    for field in found:
        names = " ".join(choice.name for choice in field.choices)
        archived = told(say("archived")) if field.archived else ""
        shown.add_row(field.name, field.type, field.label_zh, field.label_en, names, archived)
    out.print(shown)
