"""Reports: /api/v1/reports."""

from __future__ import annotations

from typing import Annotated, Any, Final

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import Path, Router

from guanxi.economics import stored
from guanxi.economics.catalogue import REPORTS
from guanxi.economics.reporting import Param, as_json
from guanxi.platform import audit
from guanxi.platform.apikeys import Caller, Scope
from guanxi.platform.language import spoken
from guanxi.platform.models import Brand
from guanxi.rest import report_examples as examples
from guanxi.rest.access import Key, as_key_request
from guanxi.ui.parts import csv_text

ReportName = Annotated[str, Path(description="The report's name.", max_length=40)]
_OWN: Final = frozenset({"format"})
router = Router(tags=["reports"])


@router.get(
    "",
    auth=Key(Scope.REPORTS_READ),
    summary="List reports",
    description=examples.LIST_DOC,
    operation_id="list_reports",
    openapi_extra=examples.LIST,
)
def list_reports(request: HttpRequest) -> HttpResponse:
    kinds = [
        {
            "name": kind.name,
            "title": spoken(kind.title),
            "question": spoken(kind.question),
            "parameters": [_param(param) for param in kind.params],
        }
        for kind in REPORTS.values()
    ]
    return _json({"reports": kinds})


@router.get(
    "/{name}",
    auth=Key(Scope.REPORTS_READ),
    summary="Compute a report",
    description=examples.REPORT_DOC,
    operation_id="get_report",
    openapi_extra=examples.REPORT,
)
def get_report(request: HttpRequest, name: ReportName) -> HttpResponse:
    key = as_key_request(request).auth
    given = {param: request.GET[param] for param in request.GET if param not in _OWN}
    report = stored.answer(_brand(key), name, given).report
    if request.GET.get("format") != "csv":
        return _json(as_json(name, report, spoken))
    audit.record(key.brand_id, key.actor, "report.exported", "report", name)
    header = [column.name for column in report.columns]
    lines = csv_text(header, ([row.get(column) for column in header] for row in report.rows))
    response = HttpResponse("".join(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _param(param: Param) -> dict[str, Any]:
    told = {
        "name": param.name,
        "kind": param.kind.value,
        "help": spoken(param.help),
        "default": param.default,
    }
    if param.choices:
        told["choices"] = list(param.choices)
    return told


def _brand(key: Caller) -> Brand:
    return Brand.objects.get(pk=key.brand_id)


def _json(content: Any) -> HttpResponse:
    return HttpResponse(orjson.dumps(content), content_type="application/json")
