"""`guanxi rate-card`: what media, KOLs and livestreams cost on each platform, and who says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from guanxi.cli.headings import table
from guanxi.cli.shared import BrandOption, JsonOption, command, command_app, current_brand, note, out, show
from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say

if TYPE_CHECKING:
    from datetime import date

    from guanxi.economics.spending.rates import Rate

app = command_app(help="Prices and fees of each platform, dated, with their source.")


@app.command("show")
@command
def show_card(
    on: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="As of that day. Default: today.")] = "",
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """What holds, by platform."""
    from guanxi.economics.spending import rates

    where = current_brand(brand)
    found = rates.held(where.pk, _day(on, where.timezone))
    show({"rates": [told(rate) for rate in found]}, json, lambda: _print(found))


@app.command("set")
@command
def set_rate(
    platform: Annotated[
        str, typer.Argument(metavar="PLATFORM", help="The platform: douyin, xiaohongshu, tmall …")
    ],
    item: Annotated[
        str, typer.Argument(metavar="ITEM", help="The item: cpm, cpc, ctr, cvr, kol_fee_micro …")
    ],
    low: Annotated[
        str,
        typer.Argument(metavar="LOW", help="Money as 120, shares as 1.5%, people as 30000; none withdraws."),
    ],
    high: Annotated[str, typer.Argument(metavar="HIGH", help="Default: the same as LOW.")] = "",
    *,
    source: Annotated[str, typer.Option(help="Where the figure comes from.")],
    from_day: Annotated[
        str, typer.Option("--from", metavar="YYYY-MM-DD", help="From which day on. Default: today.")
    ] = "",
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """State what an item costs on a platform from a day on."""
    from guanxi.economics.spending import rates

    where = current_brand(brand)
    rate = rates.set_rate(
        where.pk,
        platform,
        item,
        low=None if low == "none" else rates.read(item, low),
        high=rates.read(item, high),
        from_day=_day(from_day, where.timezone),
        source=source,
        actor="cli",
    )
    show(told(rate), json, lambda: note(say("Set.")))


def _day(text: str, zone: str) -> date:
    from datetime import date
    from zoneinfo import ZoneInfo

    from guanxi.kernel.clock import now_ms, to_datetime

    try:
        return date.fromisoformat(text) if text else to_datetime(now_ms(), ZoneInfo(zone)).date()
    except ValueError:
        raise Invalid(
            say("'%(text)s' is no day.", text=text), remedy=say("Write it as 2026-11-21."), field="from_day"
        ) from None


def told(rate: Rate) -> dict[str, Any]:
    """A statement as JSON: money in minor units, shares 0..1."""
    return {
        "platform": rate.platform,
        "item": rate.item,
        "low": rate.low,
        "high": rate.high,
        "from": rate.from_day.isoformat(),
        "source": rate.source,
        "actor": rate.actor,
        "at_ms": rate.at_ms,
    }


def _print(found: list[Rate]) -> None:
    if not found:
        note(say("Nothing is stated yet: guanxi rate-card set douyin cpm 20 35 --source quotation."))
        return
    rows = table("platform", "item", "low", "high", "from", "source")
    for rate in found:
        bounds = [_written(rate.item, bound) for bound in (rate.low, rate.high)]
        rows.add_row(rate.platform, rate.item, *bounds, rate.from_day.isoformat(), rate.source)
    out.print(rows)


def _written(item: str, value: float | None) -> str:
    from guanxi.economics.reporting import Unit
    from guanxi.economics.spending.plan import ITEMS

    if value is None:
        return "–"
    unit = ITEMS[item].unit
    if unit is Unit.FEN:
        return f"{value / 100:,.2f}"
    return f"{value * 100:.4g}%" if unit is Unit.SHARE else f"{value:,.0f}"
