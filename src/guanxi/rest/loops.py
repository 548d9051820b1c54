"""Loops: /api/v1/loops."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from guanxi.kernel.wording import Wording
from guanxi.loops import queries, shown
from guanxi.loops.contracts import LOOPS
from guanxi.platform.apikeys import Scope
from guanxi.platform.language import spoken
from guanxi.platform.models import Brand
from guanxi.rest import loop_examples as examples
from guanxi.rest.access import Key, as_key_request
from guanxi.rest.shown import as_json

LoopName = Annotated[str, Path(description="The loop's name.", max_length=40)]
Until = Annotated[date | None, Query(description="The last day that is known. Default: the last with facts.")]
Margin = Annotated[
    int | None, Query(ge=0, le=1_000, description="Thousandths of revenue. Default: what the brand assumes.")
]
router = Router(tags=["loops"])


@router.get(
    "",
    auth=Key(Scope.REPORTS_READ),
    summary="List loops",
    description=examples.LIST_DOC,
    operation_id="list_loops",
    openapi_extra=examples.LIST,
)
def list_loops(request: HttpRequest) -> HttpResponse:
    return as_json({"loops": [_said(shown.declared(loop)) for loop in LOOPS]})


@router.get(
    "/{name}",
    auth=Key(Scope.REPORTS_READ),
    summary="Measure a loop",
    description=examples.LOOP_DOC,
    operation_id="get_loop",
    openapi_extra=examples.LOOP,
)
def get_loop(
    request: HttpRequest, name: LoopName, until: Until = None, margin_mille: Margin = None
) -> HttpResponse:
    brand = Brand.objects.get(pk=as_key_request(request).auth.brand_id)
    found = queries.measure(brand, name, until=until, margin_mille=margin_mille)
    said = {"answers": [spoken(one) for one in shown.answers(found)], "caveat": spoken(shown.CAVEAT)}
    return as_json(shown.measured(found) | said)


def _said(value: Any) -> Any:
    """With its wordings in the language that is asked for."""
    if isinstance(value, dict):
        return {name: _said(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_said(part) for part in value]
    return spoken(value) if isinstance(value, Wording) else value
