"""Named errors become pages that say what happened and what to do."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from guanxi.kernel.errors import GuanxiError
from guanxi.platform.language import speaking

Handler = Callable[[HttpRequest], HttpResponseBase]


class NamedErrors:
    """A GuanxiError that a view lets out is shown with its own status, message and remedy."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, GuanxiError) or request.path.startswith(settings.GUANXI_API_PATH):
            return None
        return render(request, "console/error.html", {"error": speaking(error)}, status=error.http_status)
