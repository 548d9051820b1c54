"""The preference centre's page: public under a signed link, without cookies and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from guanxi.customers.consent import centre, links, phone
from guanxi.customers.consent.links import LinkEnded, LinkUnknown, Opened
from guanxi.customers.consent.phone import LARGEST_FORM_BYTES, TONGUES, answer, sealed, tongue_of
from guanxi.customers.models import Customer
from guanxi.kernel.errors import GuanxiError
from guanxi.platform.access import public
from guanxi.platform.models import Brand


@public
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def preference_centre(request: HttpRequest, token: str) -> HttpResponse:
    """What a customer allows and is told, to see and to change."""
    try:
        opened = links.open_token(token)
    except LinkUnknown as error:
        return phone.guessed(request) or _closed(request, error, None)
    except LinkEnded as error:
        return _closed(request, error, Brand.objects.get(pk=error.brand_id))
    if wait := phone.hurried(request, opened.subject_id):
        return wait
    brand = Brand.objects.get(pk=opened.brand_id)
    tongue = tongue_of(request, Customer.objects.get(pk=opened.customer_id).language)
    with translation.override(TONGUES[tongue]):
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
    return answer("customers/centre.html", context, tongue, 409 if error else 200)


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
    return sealed(response, tongue)


_DONE: Final[dict[str, Callable[[], str]]] = {
    "save": lambda: _("Saved. It counts from now on."),
    "withdraw": lambda: _("Everything is withdrawn. We will not ask you again."),
    "topics": lambda: _("Saved. It counts from now on."),
    "language": lambda: _("Saved. It counts from now on."),
    "tags": lambda: _("Deleted. It will not come back."),
    "wrong": lambda: _("Noted. We answer within 15 working days, and ask you first what is right."),
}


def _closed(request: HttpRequest, error: GuanxiError, brand: Brand | None) -> HttpResponse:
    with translation.override(TONGUES[tongue_of(request, "")]):
        title = _("This link has ended.") if brand else _("This link does not work.")
        remedy = _("Ask for a new one where you got it.")
        return phone.closed(request, title, remedy, error.http_status, brand)
