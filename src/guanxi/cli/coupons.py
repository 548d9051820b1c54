"""`guanxi coupons …`: campaigns, and their codes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from guanxi.cli.headings import table
from guanxi.cli.shared import BrandOption, JsonOption, command, command_app, current_brand, note, out, show
from guanxi.kernel.errors import Conflict
from guanxi.kernel.wording import say

app = command_app(help="Coupons: campaigns with their figures, unique codes.")


@app.callback()
def coupons() -> None:
    """Coupons: campaigns with their figures, unique codes."""


@app.command("list")
@command
def list_campaigns(brand: BrandOption = None, json: JsonOption = False) -> None:
    """All campaigns with their figures, the newest first."""
    from guanxi.loyalty.coupons import queries

    brand_id = current_brand(brand).pk
    rows = queries.campaigns(brand_id)
    figures = queries.figures(brand_id, rows)
    found = [
        {
            "code": row.code,
            "state": row.state,
            "issued": figures[row.pk].issued,
            "redeemed": figures[row.pk].redeemed,
            "expired": figures[row.pk].expired,
            "discount_fen": figures[row.pk].discount_fen,
        }
        for row in rows
    ]

    def shown() -> None:
        printed = table("code", "state", "issued", "redeemed", "expired", "discount_fen")
        for one in found:
            printed.add_row(*(str(value) for value in one.values()))
        out.print(printed)

    show({"campaigns": found}, json, shown)


@app.command("codes")
@command
def codes(
    campaign: Annotated[str, typer.Argument(metavar="CAMPAIGN", help="The campaign's code.")],
    file: Annotated[
        Path,
        typer.Option("--out", metavar="FILE", dir_okay=False, help="The CSV to write; it must not exist."),
    ],
    *,
    count: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many.")] = 1_000,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Make unique codes and write them to a file, one a line, to hand out."""
    from guanxi.loyalty.coupons import campaigns, making, services

    if file.exists():
        raise Conflict(say("There is a file %(file)s already.", file=file.name), remedy=say("Name another."))
    brand_id = current_brand(brand).pk
    row = campaigns.called(brand_id, campaign)
    batch = services.want(brand_id, row.pk, count, actor="cli")
    services.make(brand_id, batch.pk)
    making.note_download(batch, "cli")
    with file.open("x", encoding="utf-8") as opened:
        opened.write("code\n")
        for code in making.written(brand_id, batch.pk):
            opened.write(f"{code}\n")
    told = {"batch": batch.pk, "codes": count, "file": str(file)}
    show(told, json, lambda: note(say("%(n)s codes are in %(file)s.", n=count, file=file.name)))
