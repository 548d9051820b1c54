"""`guanxi export LIST`: a list as a file, written here and now."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from guanxi.cli.shared import (
    BrandOption,
    JsonOption,
    command,
    command_app,
    current_brand,
    note,
    progress,
    show,
)
from guanxi.cli.written import written
from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say

app = command_app(help="Write a list as CSV, Excel or Parquet.")


@app.command("export")
@command
def export(
    name: Annotated[str, typer.Argument(metavar="LIST", help="customers, log or segment.")],
    path: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write it.")],
    format_name: Annotated[
        str, typer.Option("--format", help="csv, xlsx or parquet; by default what FILE ends in.")
    ] = "",
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where",
            metavar="NAME=VALUE",
            help="A filter of the list's page, such as show=repeat; repeat it.",
        ),
    ] = None,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Write a list as CSV, Excel or Parquet, personal data masked; the audit log says so."""
    from guanxi.platform import exports
    from guanxi.platform.actors import COMMAND_LINE

    query = dict(_filter(one) for one in where or [])
    chosen = format_name or path.suffix.removeprefix(".")
    asked = exports.asked_for(current_brand(brand), name, chosen, query, COMMAND_LINE)
    with progress(say("Writing"), asked.total or None) as tell, written(path) as sink:
        rows = asked.write(sink, tell)
    show(
        {"list": name, "rows": rows, "file": str(path)},
        json,
        lambda: note(say("%(rows)s rows are in %(path)s.", rows=f"{rows:,}", path=path)),
    )


def _filter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise Invalid(
            say("“%(text)s” is no filter.", text=text[:40]), remedy=say("Write --where NAME=VALUE.")
        )
    return name, value
