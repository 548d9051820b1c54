"""How customers find the five levers, over time."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.loyalty.perks import levers
from guanxi.loyalty.perks.names import lever_names
from guanxi.loyalty.perks.report import LEAST, LEVERS, Standing
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.roles import Permission
from guanxi.ui.figures import UNKNOWN, number, share
from guanxi.ui.parts import Cell, Chart, Empty, Series, Table


@permission_required(Permission.PROGRAMME_VIEW)
@require_GET
def report(request: BrandRequest) -> HttpResponse:
    found = levers.report(request.brand)
    empty = Empty(
        _("Nobody has answered yet"),
        _(
            "Send members to their survey page by a link, or let a rule invite them: the effect "
            "“ask_levers”, for example on order.received."
        ),
        "chart-bar",
    )
    context = {
        "chart": _chart(found) if found else None,
        "empty": None if found else empty,
        "address": f"/m/{request.brand.slug}/survey",
    }
    return render(request, "loyalty/levers.html", context)


def _chart(found: dict[str, dict[str, Standing]]) -> Chart:
    names, quarters = lever_names(), list(found)
    rows = [
        [Cell(quarter), Cell(names[lever]), *_cells(found[quarter][lever])]
        for quarter in reversed(quarters)
        for lever in LEVERS
    ]
    header = [
        _("Quarter"),
        _("Lever"),
        _("Answers"),
        _("Mean of 1 to 5"),
        _("Gave 4 or 5"),
        _("Interval"),
    ]
    return Chart(
        "levers",
        _("How many give 4 or 5?"),
        "lines",
        quarters,
        [Series(names[lever], [found[quarter][lever].share for quarter in quarters]) for lever in LEVERS],
        Table(header, rows, words=(1,)),
        "",
        unit="share",
        answer=_answer(found[quarters[-1]], quarters[-1]),
        definition=_(
            "“Don't know” counts for none. The interval is Wilson's: nineteen of twenty such hold the truth. "
            "Below %(least)s answers there is no figure."
        )
        % {"least": LEAST},
    )


def _answer(last: dict[str, Standing], quarter: str) -> str:
    known = [(lever, one.share) for lever, one in last.items() if one.share is not None]
    if not known:
        return _("Not enough answers in %(quarter)s yet.") % {"quarter": quarter}
    best, worst = max(known, key=lambda one: one[1]), min(known, key=lambda one: one[1])
    told = {"quarter": quarter, "best": lever_names()[best[0]], "worst": lever_names()[worst[0]]}
    if best[0] == worst[0]:
        return _("In %(quarter)s only %(best)s has enough answers.") % told
    return _("In %(quarter)s %(best)s is found best, %(worst)s least good.") % told


def _cells(one: Standing) -> list[Cell]:
    interval = UNKNOWN if one.low is None else f"{share(one.low)} – {share(one.high)}"
    return [
        Cell(number(one.n), one.n),
        Cell(UNKNOWN if one.mean is None else f"{one.mean:.1f}", one.mean or ""),
        Cell(share(one.share), "" if one.share is None else round(one.share, 4)),
        Cell(interval),
    ]
