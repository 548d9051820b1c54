"""`guanxi apikey …`: keys of the REST API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

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
from guanxi.kernel.wording import say

if TYPE_CHECKING:
    from guanxi.platform.models import ApiKey

app = command_app(help="Keys for the REST API.")


@app.command("add")
@command
def add_key(
    name: Annotated[str, typer.Argument(help="Who uses the key, such as erp.", show_default=False)],
    scope: Annotated[
        list[str],
        typer.Option(
            help="What it may do; repeat it: touchpoints:write, touchpoints:read, customers:write, "
            "customers:read, customers:unmask, customers:merge, consents:read, consents:write, "
            "consents:define, segments:read, segments:write, segments:export, exports:run, reports:read, "
            "economics:write, people:manage, audit:read, rights:manage, webhooks:manage.",
            show_default=False,
        ),
    ],
    rate: Annotated[int, typer.Option(help="Requests a minute, for each web process.")] = 12_000,
    days: Annotated[int | None, typer.Option(help="How long it works; without, until it is revoked.")] = None,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Issue a key. It is shown this once; only its digest is kept."""
    from guanxi.platform import apikeys
    from guanxi.platform.actors import COMMAND_LINE

    where = current_brand(brand)
    issued = apikeys.issue(where.pk, name, scope, rate_per_minute=rate, days=days, actor=COMMAND_LINE)
    result = {"brand": where.slug, "key": issued.plaintext, **_shown(issued.key)}
    show(result, json, lambda: _print_key(issued.plaintext))


@app.command("list")
@command
def list_keys(brand: BrandOption = None, json: JsonOption = False) -> None:
    """The keys of a brand, the revoked ones too."""
    from guanxi.platform import apikeys

    where = current_brand(brand)
    rows = [_shown(key) for key in apikeys.keys_of(where.pk)]
    show({"brand": where.slug, "keys": rows}, json, lambda: out.print(_table(rows)))


@app.command("revoke")
@command
def revoke_key(
    prefix: Annotated[
        str, typer.Argument(help="The eight characters of `list`, or the key.", show_default=False)
    ],
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Make a key stop working, at once and for ever."""
    from guanxi.platform import apikeys
    from guanxi.platform.actors import COMMAND_LINE

    where = current_brand(brand)
    result = _shown(apikeys.revoke(where.pk, prefix, actor=COMMAND_LINE))
    done = say("The key [bold]%(prefix)s[/bold] is revoked.", prefix=result["prefix"])
    show(result, json, lambda: line(done))


@app.command("rotate")
@command
def rotate_key(
    prefix: Annotated[str, typer.Argument(help="The eight characters of `list`.", show_default=False)],
    hours: Annotated[int, typer.Option(help="For which the old key still works.")] = 24,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """A new key like an old one, which soon stops working."""
    from guanxi.platform import apikeys
    from guanxi.platform.actors import COMMAND_LINE

    where = current_brand(brand)
    issued = apikeys.rotate(where.pk, prefix, hours=hours, actor=COMMAND_LINE)
    result = {"brand": where.slug, "key": issued.plaintext, **_shown(issued.key)}
    show(result, json, lambda: _print_key(issued.plaintext))


def _print_key(plaintext: str) -> None:
    out.print(plaintext, style="bold", soft_wrap=True)
    note(say("Keep it now: it is shown this once."))


def _shown(key: ApiKey) -> dict[str, object]:
    from guanxi.kernel.clock import to_datetime

    used, until = (
        to_datetime(at_ms).isoformat(timespec="seconds") if at_ms else None
        for at_ms in (key.last_used_ms, key.expires_ms)
    )
    return {
        "prefix": key.prefix,
        "name": key.name,
        "scopes": key.scopes,
        "rate_per_minute": key.rate_per_minute,
        "last_used": used,
        "expires": until,
        "revoked": bool(key.revoked_ms),
    }


def _table(rows: list[dict[str, object]]) -> Table:
    shown = table("prefix", "name", "scopes", "a minute", "last used", "expires", "revoked")
    for row in rows:
        scopes = row["scopes"] if isinstance(row["scopes"], list) else []
        shown.add_row(
            str(row["prefix"]),
            str(row["name"]),
            " ".join(scopes),
            str(row["rate_per_minute"]),
            str(row["last_used"] or "–"),
            str(row["expires"] or "–"),
            "✓" if row["revoked"] else "",
        )
    return shown
