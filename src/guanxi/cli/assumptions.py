"""`guanxi assumptions`: what is left of an order, and what a year's waiting costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from guanxi.cli.headings import table
from guanxi.cli.shared import BrandOption, JsonOption, command, command_app, current_brand, note, out, show
from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say

if TYPE_CHECKING:
    from guanxi.economics.assumptions import Assumptions

app = command_app(help="Margins and the discount that every report on worth assumes.")


@app.command("show")
@command
def show_assumptions(brand: BrandOption = None, json: JsonOption = False) -> None:
    """What is assumed now, and what was before."""
    from guanxi.economics import assumptions

    where = current_brand(brand)
    now, before = assumptions.of(where.pk), assumptions.history(where.pk)
    told = {**_told(now), "chosen": now.chosen, "history": [_told(one) for one in before]}
    show(told, json, lambda: _print(now))


@app.command("set")
@command
def set_assumptions(
    *,
    margin: Annotated[
        float | None, typer.Option(help="What is left of an order, as a share of what was paid: 0.55.")
    ] = None,
    category: Annotated[
        list[str] | None,
        typer.Option(metavar="CATEGORY=MARGIN", help="That of a category; its name alone takes it back."),
    ] = None,
    discount: Annotated[
        float | None, typer.Option(help="What a year's waiting costs: 0.1 makes 110 worth 100.")
    ] = None,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Assume this from now on; what is not named stays as it is."""
    from guanxi.economics import assumptions

    where = current_brand(brand)
    now = assumptions.of(where.pk)
    chosen = assumptions.choose(
        where.pk,
        margin_mille=now.margin_mille if margin is None else _mille(margin),
        by_category=_categories(dict(now.by_category), category or []),
        discount_mille=now.discount_mille if discount is None else _mille(discount),
        actor="cli",
    )
    show(_told(chosen), json, lambda: _print(chosen))


def _mille(share: float) -> int:
    return round(share * 1_000)


def _categories(now: dict[str, int], changes: list[str]) -> dict[str, int]:
    for change in changes:
        name, given, share = change.rpartition("=")
        if not given:
            now.pop(change, None)
            continue
        try:
            now[name] = _mille(float(share))
        except ValueError:
            raise Invalid(
                say("'%(given)s' is no margin of a category.", given=change),
                remedy=say("Write it as CATEGORY=0.55."),
                field="category",
            ) from None
    return now


def _told(one: Assumptions) -> dict[str, Any]:
    return {
        "version": one.version,
        "margin": one.margin_mille / 1_000,
        "categories": {name: share / 1_000 for name, share in one.by_category.items()},
        "discount": one.discount_mille / 1_000,
        "actor": one.actor,
        "at_ms": one.at_ms,
    }


def _print(one: Assumptions) -> None:
    rows = table("figure", "share")
    rows.add_row("margin", f"{one.margin_mille / 10:g}%")
    for name, share in one.by_category.items():
        rows.add_row(name, f"{share / 10:g}%")
    rows.add_row("discount", f"{one.discount_mille / 10:g}%")
    out.print(rows)
    for remark in one.notes:
        note(remark)
