"""The overview: who our customers are, and whether they come back."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from guanxi.economics import stored
from guanxi.economics.console import reports as reporting
from guanxi.economics.console.overview import CHARTS, chart, page
from guanxi.platform import audit
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.roles import Permission
from guanxi.ui.parts import table_response


@permission_required(Permission.REPORTS_VIEW)
@require_GET
def overview(request: BrandRequest) -> HttpResponse:
    return render(request, "economics/overview.html", {"page": page(request)})


@permission_required(Permission.REPORTS_VIEW)
@require_GET
def overview_csv(request: BrandRequest, name: str) -> HttpResponse:
    """The table beside a chart: sums alone, nobody in person; the download is audited all the same."""
    if name not in CHARTS:
        raise Http404
    audit.record(request.brand.pk, request.actor, "report.exported", "report", name)
    return table_response(f"{name}.csv", chart(request, name).table)


@permission_required(Permission.REPORTS_VIEW)
@require_GET
def reports(request: BrandRequest) -> HttpResponse:
    return render(request, "economics/reports.html", {"areas": reporting.listed(request)})


@permission_required(Permission.REPORTS_VIEW)
@require_GET
def report(request: BrandRequest, name: str) -> HttpResponse:
    return render(request, "economics/report.html", {"page": reporting.page(request, name)})


@permission_required(Permission.REPORTS_VIEW)
@require_GET
def report_csv(request: BrandRequest, name: str) -> HttpResponse:
    """All rows of a report: sums alone, nobody in person."""
    found = stored.answer(request.brand, name, reporting.asked(request))
    audit.record(request.brand.pk, request.actor, "report.exported", "report", name)
    return table_response(f"{name}.csv", reporting.table_of(found.report, request.brand.currency))
