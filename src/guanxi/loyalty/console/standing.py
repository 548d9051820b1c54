"""Standing: are customers loyal or in the habit, and do we give before we ask?"""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.loyalty.standing import queries
from guanxi.loyalty.standing.queries import Balance, Standing
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.models import Brand
from guanxi.platform.roles import Permission
from guanxi.ui.figures import UNKNOWN, money, number, share
from guanxi.ui.parts import Cell, Empty, Figure, Table


@permission_required(Permission.REPORTS_VIEW)
@require_GET
def standing(request: BrandRequest) -> HttpResponse:
    """Shares of loyal and habitual customers, and the balance of giving and asking."""
    found = queries.standing(request.brand)
    buyers = sum(one.customers for one in found.standings)
    context = {
        "answer": _answer(found.standings) if buyers else "",
        "table": _table(request.brand, found.standings),
        "figures": _figures(found.balance),
        "sql": found.sql,
        "until": found.until,
        "empty": None if buyers or found.balance.customers else _nothing(),
    }
    return render(request, "loyalty/standing.html", context)


def _nothing() -> Empty:
    return Empty(
        _("Not enough data yet"),
        _("Here stands who comes out of habit and who out of loyalty, once customers have bought."),
        "heart-handshake",
    )


def _answer(standings: list[Standing]) -> str:
    known = {one.name: one for one in standings}
    return _(
        "Of the customers who bought in the last 365 days, %(loyal)s repeat and turn to us by themselves; "
        "%(habit)s repeat and give no other sign: that may be habit."
    ) % {"loyal": share(known["loyal"].share), "habit": share(known["habit"].share)}


def _table(brand: Brand, standings: list[Standing]) -> Table:
    names = {
        "loyal": _("Loyal: repeat, and turn to us"),
        "habit": _("Habit: repeat alone"),
        "latent": _("Latent: turn to us, do not repeat yet"),
        "neither": _("Neither"),
    }
    header = [
        _("Standing"),
        _("Customers"),
        _("Share"),
        _("90% interval"),
        _("Orders"),
        _("Revenue"),
        _("Without a discount"),
    ]
    rows = [
        [
            Cell(names[one.name]),
            Cell(number(one.customers)),
            Cell(share(one.share)),
            Cell(UNKNOWN if one.low is None else f"{share(one.low)}–{share(one.high)}"),
            Cell(number(one.orders)),
            Cell(money(one.revenue_fen, brand.currency)),
            Cell(share(one.full_share)),
        ]
        for one in standings
    ]
    return Table(header, rows)


def _figures(balance: Balance) -> list[Figure]:
    ahead = balance.behind / balance.customers if balance.customers else None
    return [
        Figure(
            _("Given"),
            number(balance.gives),
            _("What customers were given in the last 90 days, units of any asset, each time once."),
            _("%(n)s for a purchase") % {"n": number(balance.bought)},
        ),
        Figure(
            _("Asked"), number(balance.asks), _("Messages of campaigns that were sent in the last 90 days.")
        ),
        Figure(
            _("Asked more than given"),
            share(ahead),
            _("Of the customers who were given or asked anything."),
            number(balance.behind),
        ),
    ]
