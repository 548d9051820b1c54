"""`guanxi stores`: where the stores are, and the brand's own word on cities."""

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
    from guanxi.customers.stores import StoreRow

app = command_app(help="Stores, and the brand's own word on cities.")

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="A CSV.")]


@app.command("list")
@command
def list_stores(brand: BrandOption = None, json: JsonOption = False) -> None:
    """All stores, the open ones first."""
    from guanxi.customers.stores import stores

    found = stores(current_brand(brand).pk)
    show({"stores": [store._asdict() for store in found]}, json, lambda: _print(found))


@app.command("set")
@command
def set_store(
    code: Annotated[str, typer.Argument(metavar="CODE", help="The store's code.")],
    name: Annotated[str, typer.Option(help="What it is called.")],
    *,
    city: Annotated[str, typer.Option(help="Its city, by name or by division code.")] = "",
    longitude: Annotated[float | None, typer.Option(help="Degrees east.")] = None,
    latitude: Annotated[float | None, typer.Option(help="Degrees north.")] = None,
    closed: Annotated[bool, typer.Option("--closed", help="It is no longer open.")] = False,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Make or change a store."""
    from guanxi.customers import services

    row: dict[str, object] = {"code": code, "name": name, "longitude": longitude, "latitude": latitude}
    row |= {"adcode" if city.isdecimal() else "city": city, "open": "no" if closed else "yes"}
    changed = services.set_stores(current_brand(brand).pk, [row], actor="cli")
    show({"changed": changed}, json, lambda: note(say("Set.") if changed else say("It was so already.")))


@app.command()
@command
def remove(
    code: Annotated[str, typer.Argument(metavar="CODE", help="The store's code.")],
    *,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Forget a store. One that closed is better set with --closed."""
    from guanxi.customers import services

    services.remove_store(current_brand(brand).pk, code, actor="cli")
    show({"removed": code}, json, lambda: note(say("Removed.")))


@app.command("import")
@command
def import_file(file: FileArgument, *, brand: BrandOption = None, json: JsonOption = False) -> None:
    """Stores from a CSV: code, name, city or adcode, longitude, latitude, open."""
    from guanxi.customers import services

    changed = services.set_stores(current_brand(brand).pk, list(read_rows(file)), actor="cli")
    show({"changed": changed}, json, lambda: note(say("%(n)s stores are new or changed.", n=f"{changed:,}")))


@app.command()
@command
def cities(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="A CSV.")
    ] = None,
    *,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """The brand's own tiers and climate zones; with a CSV (city or adcode, tier, climate), replace them.

    Cities that it does not name have the tier and the zone that Guanxi ships. An empty file takes all back.
    """
    from guanxi.customers import services
    from guanxi.customers.stores import city_rules

    brand_id = current_brand(brand).pk
    if file is not None:
        services.set_city_rules(brand_id, list(read_rows(file)), actor="cli")
    found = city_rules(brand_id)
    rows = [row._asdict() | {"city": row.city} for row in found]
    show(
        {"cities": rows}, json, lambda: note(say("%(n)s cities by the brand's own word.", n=f"{len(rows):,}"))
    )


def _print(found: list[StoreRow]) -> None:
    shown = table("code", "name", "city", "longitude", "latitude", "state")
    for store in found:
        where = ["" if degrees is None else f"{degrees:.4f}" for degrees in (store.longitude, store.latitude)]
        shown.add_row(store.code, store.name, store.city, *where, "" if store.open else told(say("closed")))
    out.print(shown)
