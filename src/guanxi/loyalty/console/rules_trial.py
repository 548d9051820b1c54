"""A dry run as pages show it: its figures in words, its days as a chart, who would have got most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guanxi.customers.console.faces import Face, faces
from guanxi.kernel.clock import to_datetime
from guanxi.loyalty.ledger import assets
from guanxi.loyalty.rules.dryrun import DryRun
from guanxi.loyalty.rules.trying import Trial
from guanxi.platform.language import tongue
from guanxi.platform.models import Brand
from guanxi.ui.figures import UNKNOWN, money, number, share, zone_of
from guanxi.ui.parts import Cell, Chart, Series, Table

SHOWN_TOP: Final = 8


@dataclass(frozen=True, slots=True)
class AssetLine:
    name: str
    units: str
    effects: str
    cost: str


@dataclass(frozen=True, slots=True)
class Shown:
    """`brief` is the whole in a few words; `progress` between 0 and 1 where a job looks at all of it."""

    trial: Trial
    brief: str
    met: str
    looked_at: str
    customers: str
    assets: Sequence[AssetLine]
    cost: str
    top: Sequence[tuple[Face, str]]
    chart: Chart
    since_ms: int
    progress: float


def shown(brand: Brand, trial: Trial, days: int) -> Shown | None:
    found = trial.found
    if found is None:
        return None
    known = faces(brand.pk, [customer for customer, _units in found.top[:SHOWN_TOP]])
    return Shown(
        trial,
        brief(brand, found),
        number(found.met),
        number(found.facts),
        number(found.customers),
        _assets(brand, found),
        cost_said(brand, found),
        [(known[customer], number(units)) for customer, units in found.top[:SHOWN_TOP] if customer in known],
        _chart(brand, found, days),
        found.from_ms,
        trial.done / trial.total if trial.total else 0.0,
    )


def brief(brand: Brand, found: DryRun) -> str:
    """ "12 of 40 facts, 9 customers"."""
    return ngettext(
        "%(met)s of %(n)s fact, %(customers)s customers",
        "%(met)s of %(n)s facts, %(customers)s customers",
        found.facts,
    ) % {"met": number(found.met), "n": number(found.facts), "customers": number(found.customers)}


def _assets(brand: Brand, found: DryRun) -> list[AssetLine]:
    names = asset_names(brand)
    return [
        AssetLine(
            names.get(one.asset, one.asset),
            number(one.units),
            number(one.effects),
            UNKNOWN if one.cost_fen is None else money(one.cost_fen, brand.currency),
        )
        for one in found.assets
    ]


def cost_said(brand: Brand, found: DryRun) -> str:
    """What all of it costs; nothing where no asset moves, "unknown" where one of them has no price."""
    if not found.assets:
        return ""
    known = [one.cost_fen for one in found.assets if one.cost_fen is not None]
    if len(known) < len(found.assets):
        return UNKNOWN
    return money(sum(known), brand.currency)


def asset_names(brand: Brand) -> dict[str, str]:
    """code → what an asset is called in the reader's language."""
    chinese = tongue().is_chinese
    return {one.code: one.called(chinese=chinese) for one in assets.assets(brand.pk)}


def units_said(units: dict[str, int], names: dict[str, str]) -> str:
    """ "1,204 Points · 3 Coupon"."""
    return " · ".join(f"{number(many)} {names.get(code, code)}" for code, many in units.items())


def _chart(brand: Brand, found: DryRun, days: int) -> Chart:
    zone, told = zone_of(brand.timezone), dict(found.by_day)
    last = to_datetime(found.until_ms, zone).date()
    first = max(to_datetime(found.from_ms, zone).date(), last - timedelta(days=days))
    labels = [(first + timedelta(days=step)).isoformat() for step in range((last - first).days + 1)]
    values = [float(told.get(label, 0)) for label in labels]
    rows = [[Cell(label), Cell(number(value), value)] for label, value in zip(labels, values, strict=True)]
    busiest = max(found.by_day, key=lambda one: one[1], default=None)
    answer = ""
    if busiest is not None:
        part = busiest[1] / (sum(told.values()) or 1)
        answer = _("Most on %(day)s: %(units)s units, %(share)s of all.") % {
            "day": date.fromisoformat(busiest[0]).isoformat(),
            "units": number(busiest[1]),
            "share": share(part),
        }
    return Chart(
        "trial",
        _("When it would have given"),
        "lines",
        labels,
        [Series(_("Units"), values)],
        Table([_("Day"), _("Units")], rows),
        "",
        height="short",
        answer=answer,
    )
