"""What every page of a member passes: whose it is, in which language, and that a form came from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from guanxi.customers.consent.phone import LARGEST_FORM_BYTES, TONGUES, answer, closed, hurried, tongue_of
from guanxi.customers.holders import profile
from guanxi.loyalty.member import contracts, sessions
from guanxi.loyalty.member.contracts import Member
from guanxi.platform.access import public
from guanxi.platform.models import Brand

COOKIE: Final = "guanxi_member"
TONGUE_COOKIE: Final = "guanxi_member_lang"
P = ParamSpec("P")
MemberView = Callable[Concatenate[HttpRequest, Member, P], HttpResponse]


def member_page(view: MemberView[P]) -> Callable[..., HttpResponseBase]:
    """A page of the member who is signed in: `view(request, member, **rest of the address)`, run in the
    member's language. Whoever is not signed in goes to the door and comes back; a form without the session's
    key is refused."""

    @wraps(view)
    def guarded(request: HttpRequest, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        brand = brand_of(slug)
        found = sessions.find(brand.pk, request.COOKIES.get(COOKIE, ""))
        if found is None:
            back = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
            return HttpResponseRedirect(f"{reverse('member-enter', args=[slug])}?{back}")
        if wait := hurried(request, found.subject_id):
            return wait
        tongue = language(request, brand.pk, found.customer_id)
        member = Member(brand, found.customer_id, found.subject_id, tongue, found.form_key)
        with translation.override(TONGUES[tongue]):
            if request.method not in ("GET", "HEAD") and not _is_ours(request, member):
                title, remedy = _("This page is too old."), _("Open it again, then press once more.")
                return closed(request, title, remedy, 403, brand)
            response = view(request, member, *args, **kwargs)
        if request.GET.get("lang"):
            response.set_cookie(TONGUE_COOKIE, tongue, max_age=sessions.LASTS_MS // 1000, **_cookie(slug))
        return response

    return public(csrf_exempt(guarded))


def brand_of(slug: str) -> Brand:
    """Raises Http404."""
    brand = Brand.objects.filter(slug=slug).first()
    if brand is None:
        raise Http404
    return brand


def language(request: HttpRequest, brand_id: int, customer_id: int) -> str:
    """As asked for here before, else the customer's, else the browser's."""
    told = request.COOKIES.get(TONGUE_COOKIE, "")
    if not told and not request.GET.get("lang"):
        told = profile(brand_id, customer_id).language
    return tongue_of(request, told)


def page(
    member: Member, template: str, context: Mapping[str, Any], *, here: str = "", status: int = 200
) -> HttpResponse:
    """A page with the members' menu; `here` is the tab that it belongs to. Templates extend
    `loyalty/member/base.html` and find `brand`, `tongue`, `slug`, `key` besides their own context."""
    tabs = [
        {"name": one.name, "label": one.label, "path": reverse(one.page, args=[member.brand.slug])}
        for one in contracts.tabs()
    ]
    known = {"brand": member.brand, "tongue": member.tongue, "slug": member.brand.slug}
    shown = {**known, "key": member.form_key, "tabs": tabs, "here": here, **context}
    return answer(template, shown, member.tongue, status)


def sign_in(
    response: HttpResponse, brand: Brand, subject_id: int, tongue: str = "", link_round: int | None = None
) -> None:
    """Begin a session and give its key to the browser, which stays in the language `tongue`; `link_round` is
    that of the link that signs in, if one does."""
    key = sessions.begin(brand.pk, subject_id, link_round)
    if tongue:
        response.set_cookie(TONGUE_COOKIE, tongue, max_age=sessions.LASTS_MS // 1000, **_cookie(brand.slug))
    response.set_cookie(COOKIE, key, max_age=sessions.LASTS_MS // 1000, **_cookie(brand.slug))


def sign_out(request: HttpRequest, response: HttpResponse, brand: Brand) -> None:
    sessions.end(brand.pk, request.COOKIES.get(COOKIE, ""))
    response.delete_cookie(COOKIE, path=f"/m/{brand.slug}/")


def safe_next(slug: str, asked: str) -> str:
    """Where to go after signing in: a page of this brand's members, else the card."""
    inside = f"/m/{slug}/"
    plain = asked.isascii() and asked.isprintable() and not set(asked) & set("\\ ") and "//" not in asked
    return asked if plain and asked.startswith(inside) and len(asked) < 500 else inside


def _is_ours(request: HttpRequest, member: Member) -> bool:
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_FORM_BYTES:
        return False
    return constant_time_compare(request.POST.get("key", ""), member.form_key)


def _cookie(slug: str) -> dict[str, Any]:
    return {
        "path": f"/m/{slug}/",
        "httponly": True,
        "samesite": "Lax",
        "secure": bool(settings.SESSION_COOKIE_SECURE),
    }
