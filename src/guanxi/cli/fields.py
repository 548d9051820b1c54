"""`guanxi fields …`: computed fields, figures of a customer with a name that conditions compare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

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
    either,
    line,
    note,
    out,
    show,
)
from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say

if TYPE_CHECKING:
    from guanxi.segments.computed import Described, Field

app = command_app(help="Computed fields: list, show, set, remove.")

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The field's name, such as net_90d.")]
_TEXTS: Final = ("label_zh", "label_en", "description")
_GUIDE: Final = say("See docs/guide/segments.md.")


@app.command("list")
@command
def list_fields(brand: BrandOption = None, json: JsonOption = False) -> None:
    """The computed fields: what each measures, and which segments use it."""
    from guanxi.segments import computed

    found = computed.described(current_brand(brand).pk)
    show({"fields": [one.shown() for one in found]}, json, lambda: _print_rows(found))


@app.command("show")
@command
def show_field(name: NameArgument, brand: BrandOption = None, json: JsonOption = False) -> None:
    """One field. What --json prints can be changed and given to `guanxi fields set`."""
    from guanxi.segments import computed

    (found,) = computed.described(current_brand(brand).pk, name)
    show(found.shown(), json, lambda: _print_one(found))


@app.command("set")
@command
def set_field(
    name: NameArgument,
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE",
            help="What it measures, as JSON, or all that `show --json` prints; - for standard input. Without "
            "it only words change.",
        ),
    ] = None,
    *,
    label_zh: Annotated[str | None, typer.Option(help="What it is called in Chinese.")] = None,
    label_en: Annotated[str | None, typer.Option(help="What it is called in English.")] = None,
    description: Annotated[str | None, typer.Option(help="What it is for.")] = None,
    version: VersionOption = None,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Make a field, or change it: what is left out stays, and segments that use it are computed anew."""
    from guanxi.platform.actors import COMMAND_LINE
    from guanxi.segments import computed

    where = current_brand(brand)
    options = {"label_zh": label_zh, "label_en": label_en, "description": description}
    given = _of_file(name, file) | {part: text for part, text in options.items() if text is not None}
    read = given.pop("version", None)
    known = _known(where.pk, name, needed=version is not None)
    if known is None:
        read = None
        _demand_all(name, given)
    else:
        read = version or read or known.version
        given = {part: getattr(known, part) for part in (*_TEXTS, "spec")} | given
    computed.define(where, name, given.pop("spec"), **given, version=read, actor=COMMAND_LINE)
    (found,) = computed.described(where.pk, name)
    show(found.shown(), json, lambda: _print_one(found))


@app.command("remove")
@command
def remove_field(
    name: NameArgument,
    version: VersionOption = None,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Remove a field; refused, naming them, while segments use it."""
    from guanxi.platform.actors import COMMAND_LINE
    from guanxi.segments import computed

    computed.remove(current_brand(brand), name, version=version, actor=COMMAND_LINE)
    show(
        {"name": name, "removed": True},
        json,
        lambda: note(say("The field '%(name)s' is removed.", name=name)),
    )


def _of_file(name: str, source: str | None) -> dict[str, Any]:
    """What a file says of a field: a field as it is shown, or what it measures alone. The version counts
    where the file is of this field. Raises Invalid."""
    if source is None:
        return {}
    data = read_object(source, _GUIDE)
    if "spec" not in data:
        return {"spec": data}
    given = {part: data[part] for part in (*_TEXTS, "spec") if data.get(part) is not None}
    if not isinstance(data["spec"], dict) or not all(isinstance(given.get(part, ""), str) for part in _TEXTS):
        raise Invalid(say("This is no field: its spec is an object, its labels are text."), remedy=_GUIDE)
    if data.get("name", name) == name and isinstance(data.get("version"), int):
        given["version"] = data["version"]
    return given


def _known(brand_id: int, name: str, *, needed: bool) -> Field | None:
    """The field as it is. Raises NotFound where it is `needed`: somebody says that they have read it."""
    from guanxi.segments import computed

    if needed:
        return computed.field(brand_id, name)
    return next((one for one in computed.fields(brand_id) if one.name == name), None)


def _demand_all(name: str, given: dict[str, Any]) -> None:
    """Raises Invalid where a new field lacks something."""
    needed = {"spec": "FILE", "label_zh": "--label-zh", "label_en": "--label-en"}
    if missing := [option for part, option in needed.items() if not given.get(part)]:
        raise Invalid(
            say("The field '%(name)s' is new and needs: %(missing)s.", name=name, missing=", ".join(missing)),
            remedy=_GUIDE,
        )


def _print_rows(found: list[Described]) -> None:
    if not found:
        note(say("There are no computed fields yet: make one with `guanxi fields set`."))
        return
    shown = table("name", "label", "measures", "used by")
    for one in found:
        label = either(one.field.label_zh, one.field.label_en)
        users = ", ".join(user.name for user in one.used_by)
        said = either(one.sentence_zh, one.sentence_en)
        shown.add_row(one.field.name, Text(label), Text(said), Text(users))
    out.print(shown)


def _print_one(found: Described) -> None:
    field = found.field
    out.print(either(found.sentence_zh, found.sentence_en), markup=False)
    facts(
        (say("name"), field.name),
        (say("Chinese"), field.label_zh),
        (say("English"), field.label_en),
        (say("what it is for"), field.description),
        (say("version"), field.version),
    )
    for user in found.used_by:
        line(say("used by segment %(number)s “%(name)s”", name=user.name, number=user.id), markup=False)
