"""The overview: who our customers are, and whether they come back."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from guanxi.economics.console.overview import empty_page
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.roles import Permission


@permission_required(Permission.REPORTS_VIEW)
@require_GET
def overview(request: BrandRequest) -> HttpResponse:
    return render(request, "economics/overview.html", {"page": empty_page(request)})
