"""The preference centre's page: public under a signed link, without cookies and without scripts.

The token in the address is the whole authority, and no cookie adds to it: whoever forges a post must know
the token and needs no forgery. So the page is exempt from the check for cross-site requests, which needs a
cookie that WeChat's browser may not keep.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from guanxi.customers.consent import centre, links
from guanxi.customers.consent.links import LinkEnded, LinkUnknown, Opened
from guanxi.customers.models import Customer
from guanxi.kernel.errors import GuanxiError
from guanxi.platform.access import public
from guanxi.platform.middleware import client_address
from guanxi.platform.models import Brand
from guanxi.platform.rates import Buckets

ASKS: Final = Buckets()
A_MINUTE: Final = 60  # for each customer
GUESSES_A_MINUTE: Final = 30  # for each address: links that are none
LARGEST_FORM_BYTES: Final = 64 * 1024
_TONGUES: Final = {"zh": "zh-hans", "en": "en"}
_HEADERS: Final = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
}


@public
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def preference_centre(request: HttpRequest, token: str) -> HttpResponse:
    """What a customer allows and is told, to see and to change."""
    try:
        opened = links.open_token(token)
    except LinkUnknown as error:
        wait = ASKS.take(_address_key(request), GUESSES_A_MINUTE)
        return _too_often(request, wait) if wait else _closed(request, error, None)
    except LinkEnded as error:
        return _closed(request, error, Brand.objects.get(pk=error.brand_id))
    if wait := ASKS.take(opened.subject_id, A_MINUTE):
        return _too_often(request, wait)
    brand = Brand.objects.get(pk=opened.brand_id)
    tongue = _tongue(request, Customer.objects.get(pk=opened.customer_id).language)
    with translation.override(_TONGUES[tongue]):
        if request.method == "POST":
            return _pressed(request, token, opened, brand, tongue)
        done = _DONE.get(request.GET.get("done", ""))
        return _page(opened, brand, tongue, done=done() if done else "")


def _page(
    opened: Opened, brand: Brand, tongue: str, *, done: str = "", error: GuanxiError | None = None
) -> HttpResponse:
    shown = centre.page(opened, chinese=tongue == "zh")
    context = {
        "brand": brand,
        "page": shown,
        "together": [one for one in shown.sections if not one.purpose.separate],
        "separate": [one for one in shown.sections if one.purpose.separate],
        "languages": centre.LANGUAGES.items(),
        "tongue": tongue,
        "done": done,
        "error": error,
    }
    return _answer("customers/centre.html", context, tongue, 409 if error else 200)


def _pressed(request: HttpRequest, token: str, opened: Opened, brand: Brand, tongue: str) -> HttpResponse:
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_FORM_BYTES:
        return HttpResponse(status=413)
    chinese = tongue == "zh"
    done = request.POST.get("do", "")
    try:
        if done == "save":
            centre.answer(opened, request.POST.dict(), chinese=chinese)
        elif done == "withdraw":
            centre.withdraw_all(opened, chinese=chinese)
        elif done == "topics":
            names = {name[2:]: request.POST.getlist(name) for name in request.POST if name[:2] == "f."}
            centre.choose_topics(opened, names)
        elif done == "language":
            code = request.POST.get("language", "")
            centre.choose_language(opened, code)
            tongue = {"zh-CN": "zh", "en": "en"}.get(code, tongue)
        elif done == "tags":
            centre.take_off(opened, request.POST.getlist("tag"))
        elif done == "wrong":
            centre.ask_correction(opened)
    except GuanxiError as error:
        return _page(opened, brand, tongue, error=error)
    response = HttpResponseRedirect(f"/p/{token}?lang={tongue}&done={done if done in _DONE else ''}")
    response.status_code = 303
    return _sealed(response, tongue)


_DONE: Final[dict[str, Callable[[], str]]] = {
    "save": lambda: _("Saved. It counts from now on."),
    "withdraw": lambda: _("Everything is withdrawn. We will not ask you again."),
    "topics": lambda: _("Saved. It counts from now on."),
    "language": lambda: _("Saved. It counts from now on."),
    "tags": lambda: _("Deleted. It will not come back."),
    "wrong": lambda: _("Noted. We answer within 15 working days, and ask you first what is right."),
}


def _closed(request: HttpRequest, error: GuanxiError, brand: Brand | None) -> HttpResponse:
    tongue = _tongue(request, "")
    with translation.override(_TONGUES[tongue]):
        title = _("This link has ended.") if brand else _("This link does not work.")
        remedy = _("Ask for a new one where you got it.")
        context = {"brand": brand, "title": title, "remedy": remedy, "tongue": tongue}
        return _answer("customers/centre_closed.html", context, tongue, error.http_status)


def _too_often(request: HttpRequest, wait_seconds: float) -> HttpResponse:
    tongue = _tongue(request, "")
    with translation.override(_TONGUES[tongue]):
        title, remedy = _("That was a little fast."), _("Wait a minute, then open the page again.")
        context = {"brand": None, "title": title, "remedy": remedy, "tongue": tongue}
        response = _answer("customers/centre_closed.html", context, tongue, 429)
    response.headers["Retry-After"] = str(math.ceil(wait_seconds))
    return response


def _answer(template: str, context: Mapping[str, object], tongue: str, status: int) -> HttpResponse:
    """Rendered without the request, so that the page can use no session and sets no cookie."""
    return _sealed(HttpResponse(render_to_string(template, dict(context)), status=status), tongue)


def _sealed(response: HttpResponse, tongue: str) -> HttpResponse:
    for header, value in _HEADERS.items():
        response.headers[header] = value
    response.headers["Content-Language"] = _TONGUES[tongue]
    return response


def _tongue(request: HttpRequest, language: str) -> str:
    """The language asked for, else the customer's, else the browser's."""
    wanted = request.GET.get("lang") or language or translation.get_language() or "zh"
    return "en" if wanted.lower().startswith("en") else "zh"


def _address_key(request: HttpRequest) -> int:
    """A number below all subjects, so that addresses and customers share no bucket."""
    return -int.from_bytes(hashlib.sha256(client_address(request).encode()).digest()[:8])
