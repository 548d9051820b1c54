"""The rate card: /api/v1/rate-card."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from guanxi.economics.spending import rates
from guanxi.kernel.clock import now_ms, to_datetime
from guanxi.platform.apikeys import Scope
from guanxi.platform.models import Brand
from guanxi.rest.access import Key, as_key_request
from guanxi.rest.examples import TEXT, answer, problems
from guanxi.ui.figures import zone_of

router = Router(tags=["reports"])
_NUMBER: Final[dict[str, Any]] = {"type": "number"}
_RATE: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "platform": TEXT,
        "item": TEXT,
        "low": _NUMBER,
        "high": _NUMBER,
        "from": TEXT,
        "source": TEXT,
    },
}
_EXAMPLE: Final = {
    "platform": "douyin",
    "item": "cpm",
    "low": 2000,
    "high": 3500,
    "from": "2026-01-01",
    "source": "quotation of the agency",
}
_DOC: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "The rates",
            {"type": "object", "properties": {"rates": {"type": "array", "items": _RATE}}},
            {"rates": [_EXAMPLE]},
        ),
        **problems(401, 403, 422, 429),
    }
}


@router.get(
    "",
    auth=Key(Scope.REPORTS_READ),
    summary="Read the rate card",
    description="What media, KOLs and livestreams cost on each platform on a day (`?on=2026-11-21`, default "
    "today). Money is minor units, shares are 0 to 1. Needs the scope `reports:read`.",
    operation_id="get_rate_card",
    openapi_extra=_DOC,
)
def get_rate_card(
    request: HttpRequest, on: Annotated[date | None, Query(description="As of that day.")] = None
) -> HttpResponse:
    brand = Brand.objects.get(pk=as_key_request(request).auth.brand_id)
    day = on or to_datetime(now_ms(), zone_of(brand.timezone)).date()
    told = [
        {
            "platform": rate.platform,
            "item": rate.item,
            "low": rate.low,
            "high": rate.high,
            "from": rate.from_day.isoformat(),
            "source": rate.source,
        }
        for rate in rates.held(brand.pk, day)
    ]
    return HttpResponse(orjson.dumps({"rates": told}), content_type="application/json")
