"""A member's family on the phone: linked by a code, and points given to each other."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guanxi.customers.console.faces import faces
from guanxi.kernel.errors import GuanxiError, Invalid
from guanxi.kernel.wording import say
from guanxi.loyalty.console.shown import read_units
from guanxi.loyalty.member.contracts import SECTIONS, Member, Section
from guanxi.loyalty.member.guards import member_page, page
from guanxi.loyalty.rewards import families, queries, words
from guanxi.platform.language import speaking


@require_safe
@member_page
def family(request: HttpRequest, member: Member) -> HttpResponse:
    said = _("Done: they have it now.") if request.GET.get("done") else ""
    return _page(member, {"said": said})


def _page(member: Member, more: Mapping[str, Any], status: int = 200) -> HttpResponse:
    found = families.linked(member.brand.pk, member.customer_id)
    people = faces(member.brand.pk, [one.customer_id for one in found])
    known, has = words.assets_of(member.brand), queries.spendable(member.brand.pk, member.customer_id)
    context = {
        "links": [{"id": one.link_id, "name": people[one.customer_id].title} for one in found],
        "may_more": len(found) < families.MOST_LINKS,
        "allowances": [
            {
                "asset": one.asset,
                "name": known[one.asset].called(chinese=member.tongue == "zh"),
                "left": words.amount(member.brand, known, one.asset, min(one.left, has.get(one.asset, 0))),
                "can": min(one.left, has.get(one.asset, 0)) > 0,
            }
            for one in families.allowances(member.brand, member.customer_id)
            if one.asset in known
        ],
        "once": secrets.token_hex(8),
        **more,
    }
    return page(member, "loyalty/member/family.html", context, here="card", status=status)


@require_POST
@member_page
def invite(request: HttpRequest, member: Member) -> HttpResponse:
    """The code is shown once: of it its hash alone is kept."""
    try:
        code = families.invite(member.brand.pk, member.subject_id)
    except GuanxiError as error:
        return _refused(member, error)
    return _page(member, {"code": f"{code[:4]} {code[4:]}"})


@require_POST
@member_page
def accept(request: HttpRequest, member: Member) -> HttpResponse:
    code = request.POST.get("code", "")[:40]
    return _done(member, lambda: families.accept(member.brand.pk, member.subject_id, code))


@require_POST
@member_page
def part(request: HttpRequest, member: Member) -> HttpResponse:
    link = _number(request.POST.get("link", ""))
    return _done(member, lambda: families.part(member.brand.pk, member.subject_id, link))


@require_POST
@member_page
def give(request: HttpRequest, member: Member) -> HttpResponse:
    told = request.POST
    asset, link, once = told.get("asset", "")[:60], _number(told.get("link", "")), told.get("once", "")[:32]

    def verb() -> None:
        known = words.assets_of(member.brand).get(asset)
        units = read_units(known, member.brand, told.get("units", "")) if known else None
        if units is None:
            raise Invalid(say("Write how many, in digits."), field="units")
        families.give(member.brand, member.subject_id, link, asset, units, key=once)

    return _done(member, verb, "?done=1")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else 0


def _done(member: Member, verb: Callable[[], object], query: str = "") -> HttpResponse:
    try:
        verb()
    except GuanxiError as error:
        return _refused(member, error)
    return HttpResponseRedirect(reverse("member-family", args=[member.brand.slug]) + query)


def _refused(member: Member, error: GuanxiError) -> HttpResponse:
    said = speaking(error)
    return _page(member, {"refused": said}, said.http_status)


def load(member: Member) -> Mapping[str, Any] | None:
    """On the card: a link, where the brand lets families give each other something."""
    return {} if families.limits(member.brand.pk) else None


def register() -> None:
    SECTIONS.register(Section("family", 800, "loyalty/member/family_part.html", load))
