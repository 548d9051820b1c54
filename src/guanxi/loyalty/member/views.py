"""The card: what a member sees first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from guanxi.customers.consent import links, phone
from guanxi.customers.consent.links import LinkEnded, LinkUnknown, Opens
from guanxi.customers.consent.phone import TONGUES, tongue_of
from guanxi.customers.console.faces import faces
from guanxi.kernel.clock import SECOND_MS, now_ms
from guanxi.loyalty.member import contracts, guards, numbers
from guanxi.loyalty.member.contracts import Member
from guanxi.loyalty.member.guards import member_page
from guanxi.loyalty.member.pages import spaced
from guanxi.messaging import queries
from guanxi.platform.access import public


@require_safe
@member_page
def card(request: HttpRequest, member: Member) -> HttpResponse:
    """The code for the till, then all that the parts of the programme have to show, in their order. The page
    asks for itself again when its code has had its time."""
    brand_id, now = member.brand.pk, now_ms()
    at_window = numbers.window(now)
    face = faces(brand_id, [member.customer_id])[member.customer_id]
    context = {
        "name": face.name or face.phone,
        "number": spaced(numbers.number(brand_id, member.customer_id)),
        "code": spaced(numbers.code(brand_id, member.customer_id, at_window)),
        "window": at_window,
        "unread": queries.unread(brand_id, member.customer_id),
        "sections": _sections(member),
    }
    response = guards.page(member, "loyalty/member/card.html", context, here="card")
    left_ms = (at_window + 1) * numbers.WINDOW_MS - now
    response.headers["Refresh"] = str(max(2, -(-left_ms // SECOND_MS)))
    return response


def _sections(member: Member) -> list[dict[str, str]]:
    shown = []
    for section in contracts.sections():
        context = section.load(member)
        if context is not None:
            known = {"brand": member.brand, "tongue": member.tongue, "slug": member.brand.slug}
            html = render_to_string(section.template, {**known, "key": member.form_key, **context})
            shown.append({"name": section.name, "html": html})
    return shown


@public
@require_GET
def opened(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """A signed link signs in. It may be used again until it ends: whoever holds it may as well keep it."""
    brand = guards.brand_of(slug)
    tongue = tongue_of(request, "")
    with translation.override(TONGUES[tongue]):
        title, remedy = _("This link does not work."), _("Ask for a new one where you got it.")
        try:
            found = links.open_token(token, Opens.CARD)
        except LinkUnknown as error:
            return phone.guessed(request) or phone.closed(request, title, remedy, error.http_status)
        except LinkEnded as error:
            return phone.closed(request, _("This link has ended."), remedy, error.http_status, brand)
        if found.brand_id != brand.pk:
            return phone.guessed(request) or phone.closed(request, title, remedy, 404)
    response = HttpResponseRedirect(guards.safe_next(slug, request.GET.get("next", "")))
    guards.sign_in(response, brand, found.subject_id, link_round=found.round)
    return phone.sealed(response, tongue)


@require_POST
@member_page
def leave(request: HttpRequest, member: Member) -> HttpResponse:
    """Sign out on this phone."""
    response = HttpResponseRedirect(f"/m/{member.brand.slug}/enter")
    guards.sign_out(request, response, member.brand)
    return phone.sealed(response, member.tongue)
