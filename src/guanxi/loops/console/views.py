"""Loops: all of them turning, one as a report, and the cycles behind a number."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.customers.console.faces import faces
from guanxi.loops import queries
from guanxi.loops.console import page
from guanxi.loops.contracts import LOOPS, Turn
from guanxi.platform import audit
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.language import spoken
from guanxi.platform.roles import Permission
from guanxi.ui.parts import Empty, table_response


@permission_required(Permission.REPORTS_VIEW)
@require_GET
def loops(request: BrandRequest) -> HttpResponse:
    """Every declared loop; its numbers follow by themselves."""
    rows = [(one.name, spoken(one.title), spoken(one.question)) for one in LOOPS]
    return render(request, "loops/list.html", {"loops": rows})


@permission_required(Permission.REPORTS_VIEW)
@require_GET
def loop(request: BrandRequest, name: str) -> HttpResponse:
    """One loop's report."""
    return render(request, "loops/loop.html", {"page": page.report(request, name)})


@permission_required(Permission.REPORTS_VIEW)
@require_GET
def opening(request: BrandRequest, name: str) -> HttpResponse:
    """The loop in numbers, as a chapter opens with it; for htmx."""
    return render(request, "loops/opening.html", {"opening": page.opening(request.brand, name)})


@permission_required(Permission.REPORTS_VIEW)
@require_GET
def cycles(request: BrandRequest, name: str) -> HttpResponse:
    """The cycles behind a number, with their customers."""
    try:
        turn = Turn(request.GET.get("turn", ""))
    except ValueError:
        raise Http404 from None
    month, by_entry = request.GET.get("month", ""), request.GET.get("by") == "entry"
    if not by_entry and turn in {Turn.ALONE, Turn.OPEN}:
        raise Http404
    loop, brand = queries.find(name), request.brand
    found = queries.people(brand, name, turn, month, by_entry=by_entry)
    may_view = request.actor.may(Permission.CUSTOMERS_VIEW)
    known = faces(brand.pk, {one.customer_id for one in found}) if may_view else {}
    context = {
        "loop": loop,
        "title": spoken(loop.title),
        "what": page.cycles_title(loop, turn, month, by_entry=by_entry),
        "stations": [spoken(one.label) for one in (loop.input, loop.action, loop.output)],
        "rows": [page.cycle(one, known.get(one.customer_id), brand.currency) for one in found],
        "may_view": may_view,
        "most": queries.MOST_PEOPLE if len(found) == queries.MOST_PEOPLE else 0,
        "empty": Empty(_("Nothing here"), _("No cycle of the loop did that in that month."), "repeat"),
    }
    return render(request, "loops/cycles.html", context)


@permission_required(Permission.REPORTS_VIEW)
@require_GET
def csv(request: BrandRequest, name: str, table: str) -> HttpResponse:
    """A table of the report: sums alone, nobody in person; the download is audited all the same."""
    found = page.tables(request.brand, queries.measure(request.brand, name)).get(table)
    if found is None:
        raise Http404
    audit.record(request.brand.pk, request.actor, "report.exported", "report", f"loop {name}")
    return table_response(f"{name}-{table}.csv", found)
