"""The logo as browsers get it: anybody who has the name, for ever the same."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from guanxi.kernel.errors import NotFound
from guanxi.platform import brand_logo
from guanxi.platform.access import public


@public
@require_GET
def logo(request: HttpRequest, name: str) -> HttpResponse:
    """Never more than a picture, whatever a browser takes it for."""
    try:
        found = brand_logo.find(name)
    except NotFound as missing:
        raise Http404 from missing
    response = HttpResponse(found.content, content_type=found.content_type)
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    return response
