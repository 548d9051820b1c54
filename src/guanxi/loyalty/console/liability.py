"""Liability and breakage: what customers hold of an asset, what of it expires, and what is likely to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.loyalty import liability as reports
from guanxi.loyalty.console.shown import IN_MONEY, name_of, units
from guanxi.loyalty.ledger import assets
from guanxi.loyalty.ledger.assets import AssetRow
from guanxi.loyalty.liability import Cohort, Expiry, Month
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.models import Brand
from guanxi.platform.roles import Permission
from guanxi.ui.figures import UNKNOWN, money, share
from guanxi.ui.parts import Cell, Chart, Empty, Figure, Option, Series, Table, ValueFormat
from guanxi.warehouse import queries as warehouse

SHOWN_MONTHS = 36


@permission_required(Permission.LEDGER_VIEW)
@require_GET
def liability(request: BrandRequest) -> HttpResponse:
    """The months, the cohorts and the expiries of one asset."""
    brand = request.brand
    found = reports.everything(brand)
    held = {month.asset for month in found.months}
    known = [one for one in assets.assets(brand.pk) if one.code in held]
    known.sort(key=lambda one: one.kind != "points")
    asset = next((one for one in known if one.code == request.GET.get("asset")), next(iter(known), None))
    context: dict[str, Any] = {"synced_ms": warehouse.synced_ms(brand), "empty": None}
    if asset is None:
        context["empty"] = _nothing()
        return render(request, "loyalty/liability.html", context)
    months = [one for one in found.months if one.asset == asset.code]
    cohorts = [one for one in found.cohorts if one.asset == asset.code]
    expiries = [one for one in found.expiries if one.asset == asset.code]
    context |= {
        "chips": [
            Option(name_of(one), f"{reverse('ledger-liability')}?asset={one.code}", one is asset)
            for one in known
        ],
        "figures": _figures(brand, asset, months[-1], cohorts, expiries),
        "charts": [
            _held(brand, asset, months[-SHOWN_MONTHS:]),
            _broken(brand, asset, cohorts[-SHOWN_MONTHS:]),
            _to_come(brand, asset, expiries),
        ],
    }
    return render(request, "loyalty/liability.html", context)


def _nothing() -> Empty:
    return Empty(
        _("Nothing was booked yet"),
        _("Here stands what customers hold at the end of each month, what expired, and what is to come."),
        "chart-line",
    )


def _figures(
    brand: Brand, asset: AssetRow, now: Month, cohorts: Sequence[Cohort], expiries: Sequence[Expiry]
) -> list[Figure]:
    kept = sum(one.issued - one.withdrawn for one in cohorts)
    lost = sum(one.expired for one in cohorts)
    following = next((one for one in expiries if one.month), None)
    return [
        Figure(
            _("Customers hold"),
            units(asset, brand, now.outstanding),
            _("Units in wallets, as of the last sync; what is announced is not there yet."),
            "" if now.money_fen is None else money(now.money_fen, brand.currency),
        ),
        Figure(_("Customers owe"), units(asset, brand, now.owed), _("Taken back beyond what was left.")),
        Figure(
            _("Expired so far"),
            share(lost / kept if kept > 0 else None),
            _("Of all that was issued and not taken back."),
            units(asset, brand, lost),
        ),
        Figure(
            _("Next to expire"),
            units(asset, brand, following.units if following else None),
            _("Unless it is used before."),
            following.month or "" if following else "",
        ),
    ]


def _held(brand: Brand, asset: AssetRow, months: Sequence[Month]) -> Chart:
    header = [
        _("Month"),
        _("Issued"),
        _("Came back"),
        _("Used"),
        _("Taken back"),
        _("Expired"),
        _("Held at the end"),
        _("Worth"),
        _("Used of issued"),
        _("Days held before use"),
    ]
    rows = [
        [
            Cell(one.month),
            *(
                _units(asset, brand, count)
                for count in (
                    one.issued,
                    one.returned,
                    one.used,
                    one.withdrawn,
                    one.expired,
                    one.outstanding,
                )
            ),
            _money(one.money_fen, brand),
            _share(one.burn_rate),
            Cell(UNKNOWN if one.age_days is None else f"{one.age_days:,.0f}", one.age_days or ""),
        ]
        for one in months
    ]
    return Chart(
        "held",
        _("How much do customers hold, and how much do they use?"),
        "lines",
        [one.month for one in months],
        [
            Series(_("Held at the end"), [one.outstanding for one in months]),
            Series(_("Issued"), [one.issued for one in months]),
            Series(_("Used"), [one.used for one in months]),
        ],
        Table(header, rows),
        "",
        unit=_format(asset),
        currency=brand.currency,
        definition=_("By the days on which things happened. A hold counts as used once it is posted."),
    )


def _broken(brand: Brand, asset: AssetRow, cohorts: Sequence[Cohort]) -> Chart:
    header = [
        _("Issued in"),
        _("Issued"),
        _("Used"),
        _("Taken back"),
        _("Expired"),
        _("Still held"),
        _("Expired so far"),
        _("Likely in the end"),
    ]
    rows = [
        [
            Cell(one.month),
            *(
                _units(asset, brand, count)
                for count in (one.issued, one.used, one.withdrawn, one.expired, one.alive)
            ),
            _share(one.breakage_rate),
            _share(one.expected_rate),
        ]
        for one in cohorts
    ]
    return Chart(
        "broken",
        _("How much of what was issued is never used?"),
        "lines",
        [one.month for one in cohorts],
        [
            Series(_("Expired so far"), [one.breakage_rate for one in cohorts]),
            Series(_("Likely in the end"), [one.expected_rate for one in cohorts]),
        ],
        Table(header, rows),
        "",
        unit="share",
        definition=_(
            "Shares of what was issued in the month and not taken back. What is likely is read from the ages "
            "at which units were used so far (Kaplan and Meier), and not known while no lot was ever as old "
            "as these will become."
        ),
    )


def _to_come(brand: Brand, asset: AssetRow, expiries: Sequence[Expiry]) -> Chart:
    dated = [one for one in expiries if one.month][:SHOWN_MONTHS]
    never = sum(one.units for one in expiries if one.month is None)
    rows = [
        [
            Cell(one.month or ""),
            _units(asset, brand, one.units),
            _units(asset, brand, one.expected),
            Cell(
                money(one.expected_fen, brand.currency),
                "" if one.expected_fen is None else one.expected_fen / 100,
            ),
        ]
        for one in dated
    ]
    count = units(asset, brand, never)
    return Chart(
        "to-come",
        _("What expires in the months to come?"),
        "lines",
        [one.month or "" for one in dated],
        [
            Series(_("Unless it is used"), [one.units for one in dated]),
            Series(_("Likely"), [one.expected for one in dated]),
        ],
        Table([_("Month"), _("Unless it is used"), _("Likely"), _("Worth")], rows),
        "",
        unit=_format(asset),
        currency=brand.currency,
        answer=_("%(units)s never expire.") % {"units": count} if never else "",
        definition=_("What is overdue and still there counts in this month."),
    )


def _format(asset: AssetRow) -> ValueFormat:
    return "money" if asset.kind in IN_MONEY else "number"


def _units(asset: AssetRow, brand: Brand, count: int | None) -> Cell:
    return Cell(units(asset, brand, count), "" if count is None else count)


def _share(value: float | None) -> Cell:
    return Cell(share(value), "" if value is None else round(value, 6))


def _money(fen: int | None, brand: Brand) -> Cell:
    return Cell(money(fen, brand.currency), "" if fen is None else fen / 100)
