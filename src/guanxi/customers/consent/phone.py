"""What the pages that customers open by a signed link have in common: no cookies, no scripts, no caches.

The token in the address is the whole authority, and no cookie adds to it: whoever forges a post must know the
token and needs no forgery. So such pages are exempt from the check for cross-site requests, which needs a
cookie that WeChat's browser may not keep.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from guanxi.platform.middleware import client_address
from guanxi.platform.models import Brand
from guanxi.platform.rates import Buckets

ASKS: Final = Buckets()
A_MINUTE: Final = 60  # for each customer
GUESSES_A_MINUTE: Final = 30  # for each address: links that are none
LARGEST_FORM_BYTES: Final = 64 * 1024
TONGUES: Final = {"zh": "zh-hans", "en": "en"}
_HEADERS: Final = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
}


def guessed(request: HttpRequest) -> HttpResponse | None:
    """Whoever tries many links that are none waits."""
    wait = ASKS.take(address_key(request), GUESSES_A_MINUTE)
    return too_often(request, wait) if wait else None


def hurried(request: HttpRequest, subject_id: int) -> HttpResponse | None:
    """Whoever asks too often about one customer waits."""
    wait = ASKS.take(subject_id, A_MINUTE)
    return too_often(request, wait) if wait else None


def closed(
    request: HttpRequest, title: str, remedy: str, status: int, brand: Brand | None = None
) -> HttpResponse:
    """A page that says why there is none. The texts are in the language of `tongue_of`."""
    tongue = tongue_of(request, "")
    context = {"brand": brand, "title": title, "remedy": remedy, "tongue": tongue}
    return answer("customers/centre_closed.html", context, tongue, status)


def too_often(request: HttpRequest, wait_seconds: float) -> HttpResponse:
    with translation.override(TONGUES[tongue_of(request, "")]):
        title, remedy = _("That was a little fast."), _("Wait a minute, then open the page again.")
        response = closed(request, title, remedy, 429)
    response.headers["Retry-After"] = str(math.ceil(wait_seconds))
    return response


def answer(template: str, context: Mapping[str, object], tongue: str, status: int = 200) -> HttpResponse:
    """Rendered without the request, so that the page can use no session and sets no cookie."""
    return sealed(HttpResponse(render_to_string(template, dict(context)), status=status), tongue)


def sealed(response: HttpResponse, tongue: str) -> HttpResponse:
    for header, value in _HEADERS.items():
        response.headers[header] = value
    response.headers["Content-Language"] = TONGUES[tongue]
    return response


def tongue_of(request: HttpRequest, language: str) -> str:
    """The language asked for, else the customer's, else the browser's: "zh" or "en"."""
    wanted = request.GET.get("lang") or language or translation.get_language() or "zh"
    return "en" if wanted.lower().startswith("en") else "zh"


def address_key(request: HttpRequest) -> int:
    """A number below all subjects, so that addresses and customers share no bucket."""
    return -int.from_bytes(hashlib.sha256(client_address(request).encode()).digest()[:8])
