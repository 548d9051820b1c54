"""Whose key this is: /api/v1/me."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from guanxi.platform.models import ApiKey
from guanxi.rest import me_examples as examples
from guanxi.rest.access import Key, as_key_request
from guanxi.rest.shown import as_json, moment

router = Router(tags=["keys"])


@router.get(
    "/me",
    auth=Key(None),
    summary="Whose key this is",
    description=examples.SHOW_DOC,
    operation_id="show_key",
    openapi_extra=examples.SHOW,
)
def show_key(request: HttpRequest) -> HttpResponse:
    caller = as_key_request(request).auth
    key = ApiKey.objects.select_related("brand").get(pk=caller.key_id)
    return as_json(
        {
            "sandbox": key.brand.sandbox,
            "brand": {
                "slug": key.brand.slug,
                "name": key.brand.name,
                "currency": key.brand.currency,
                "timezone": key.brand.timezone,
            },
            "key": {
                "name": key.name,
                "prefix": key.prefix,
                "scopes": key.scopes,
                "rate_per_minute": key.rate_per_minute,
                "expires_at": moment(key.expires_ms) if key.expires_ms else None,
            },
        }
    )
