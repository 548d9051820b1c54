"""`guanxi tags`: the dictionary, and putting tags on customers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
from guanxi.cli.tables import read_rows
from guanxi.kernel.wording import say

if TYPE_CHECKING:
    from guanxi.customers.tag_dictionary import Entry

app = command_app(help="Tags: the dictionary, and who has them.")

NameArgument = Annotated[str, typer.Argument(metavar="TAG", help="Name of the tag.")]
CustomersArgument = Annotated[list[int], typer.Argument(metavar="CUSTOMER…", help="Numbers of customers.")]


@app.command("list")
@command
def list_tags(brand: BrandOption = None, json: JsonOption = False) -> None:
    """The dictionary, the archived ones last."""
    from guanxi.customers.tag_dictionary import dictionary

    found = dictionary(current_brand(brand).pk)
    show({"tags": [entry._asdict() for entry in found]}, json, lambda: _print(found))


@app.command()
@command
def define(
    name: NameArgument,
    *,
    label: Annotated[str | None, typer.Option(help="What people call it.")] = None,
    description: Annotated[str | None, typer.Option(help="What it means.")] = None,
    owner: Annotated[str | None, typer.Option(help="Who answers for it.")] = None,
    origin: Annotated[str | None, typer.Option(help="Who keeps it: hand, rule or import.")] = None,
    archive: Annotated[bool | None, typer.Option("--archive/--restore", help="Out of use, or back.")] = None,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Make a tag, or change what is said of it."""
    from guanxi.customers import services
    from guanxi.customers.tag_dictionary import origin_of

    tag = services.define_tag(
        current_brand(brand).pk,
        name,
        label=label,
        description=description,
        owner=owner,
        origin=origin_of(origin) if origin else None,
        archived=archive,
        actor="cli",
    )
    show(
        {"id": tag.pk, "name": tag.name},
        json,
        lambda: note(say("The tag '%(name)s' is in the dictionary.", name=tag.name)),
    )


@app.command()
@command
def add(
    name: NameArgument, customers: CustomersArgument, *, brand: BrandOption = None, json: JsonOption = False
) -> None:
    """Put a tag of the dictionary on customers."""
    from guanxi.customers import services

    done = services.add_tags(current_brand(brand).pk, [name], customers, actor="cli")
    show(done._asdict(), json, lambda: _say(done.changed, done.unchanged, done.unknown))


@app.command()
@command
def remove(
    name: NameArgument, customers: CustomersArgument, *, brand: BrandOption = None, json: JsonOption = False
) -> None:
    """Take a tag off customers."""
    from guanxi.customers import services

    done = services.remove_tags(current_brand(brand).pk, [name], customers, actor="cli")
    show(done._asdict(), json, lambda: _say(done.changed, done.unchanged, done.unknown))


@app.command("import")
@command
def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="A CSV.")],
    *,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Tags from a CSV: a column tags (several by commas), and customer, phone, member or another identity.

    Ends with 3 where rows name nobody, or several customers.
    """
    from guanxi.customers.tag_files import import_tags

    done = import_tags(current_brand(brand).pk, read_rows(file), actor="cli")
    show(
        done._asdict(),
        json,
        lambda: note(
            say("%(added)s put on, %(unchanged)s there already.", added=done.added, unchanged=done.unchanged)
        ),
    )
    if done.unknown:
        note(
            say(
                "%(n)s rows name nobody; the first: %(first)s.",
                n=len(done.unknown),
                first=list(done.unknown[:10]),
            )
        )
    if done.ambiguous:
        note(
            say(
                "%(n)s rows name several customers; the first: %(first)s.",
                n=len(done.ambiguous),
                first=list(done.ambiguous[:10]),
            )
        )
    if done.unknown or done.ambiguous:
        raise typer.Exit(3)


def _say(changed: int, unchanged: int, unknown: object) -> None:
    note(say("%(changed)s changed, %(unchanged)s as before.", changed=changed, unchanged=unchanged))
    if unknown:
        note(say("No customers: %(ids)s.", ids=unknown))


def _print(found: list[Entry]) -> None:
    shown = table("name", "label", "kept by", "owner", "profiles", "state")
    for entry in found:
        archived = told(say("archived")) if entry.archived else ""
        shown.add_row(entry.name, entry.label, entry.origin, entry.owner, f"{entry.profiles:,}", archived)
    out.print(shown)
