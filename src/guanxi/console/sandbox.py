"""Sandboxes: an owner makes one by a press, fills it with made people, and empties it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.rights import emptying as inhabitants
from guanxi.kernel.errors import Conflict, GuanxiError
from guanxi.loyalty.sandbox import emptying, filling
from guanxi.platform import sessions
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.language import speaking, spoken
from guanxi.platform.models import Brand
from guanxi.platform.roles import Permission
from guanxi.platform.sandbox import services
from guanxi.platform.sandbox.contracts import COPIERS
from guanxi.platform.sandbox.services import Made


@permission_required(Permission.BRAND_MANAGE)
@require_GET
def sandbox(request: BrandRequest) -> HttpResponse:
    return _page(request)


@permission_required(Permission.BRAND_MANAGE)
@require_POST
def make(request: BrandRequest) -> HttpResponse:
    """The form names what it makes: pressed twice, the second press opens what the first one made."""
    slug, name = request.POST.get("slug", ""), request.POST.get("name", "")
    known = _mine(request, slug)
    if known is None:
        try:
            made = services.make(request.brand, slug, name, actor=request.actor)
        except GuanxiError as error:
            said = speaking(error)
            return _page(request, refused=f"{said} {said.remedy}".strip(), status=error.http_status)
        _tell(request, made)
        known = made.brand
    sessions.choose_brand(request, known.pk)
    return redirect("sandbox")


@permission_required(Permission.BRAND_MANAGE)
@require_POST
def fill(request: BrandRequest) -> HttpResponse:
    try:
        filling.fill(request.brand, actor=request.actor)
    except GuanxiError as error:
        said = speaking(error)
        return _page(request, refused=f"{said} {said.remedy}".strip(), status=error.http_status)
    messages.success(request, _("Five made members are here. Try them at the till and by the API."))
    return redirect("sandbox")


@permission_required(Permission.BRAND_MANAGE)
@require_POST
def empty(request: BrandRequest) -> HttpResponse:
    try:
        emptying.soon(request.brand, request.POST.get("slug", "")[:80], actor=request.actor)
    except GuanxiError as error:
        said = speaking(error)
        return _page(request, refused=f"{said} {said.remedy}".strip(), status=error.http_status)
    messages.success(request, _("The sandbox is being emptied; its programme stays."))
    return redirect("sandbox")


def _mine(request: BrandRequest, slug: str) -> Brand | None:
    """A sandbox of that short name in which the person works."""
    brands = [one.brand for one in request.memberships if one.brand.sandbox]
    return next((one for one in brands if one.slug == slug.strip().lower()), None)


def _tell(request: BrandRequest, made: Made) -> None:
    n = sum(made.copied.values())
    text = ngettext(
        "The sandbox is made, with %(n)d thing copied.", "The sandbox is made, with %(n)d things copied.", n
    )
    messages.success(request, text % {"n": n})
    for one in made.left[:10]:
        label = spoken(COPIERS[one.copier].label)
        told = {"label": label, "name": one.name, "why": one.reason}
        messages.warning(request, _("Not copied: %(label)s “%(name)s”. %(why)s") % told)


def _page(request: BrandRequest, refused: str = "", status: int = 200) -> HttpResponse:
    brand = request.brand
    slug, name = ("", "")
    if not brand.sandbox:
        try:
            slug, name = services.proposed(brand)
        except Conflict as error:
            said = speaking(error)
            refused = refused or f"{said} {said.remedy}"
    context = {
        "brand": brand,
        "slug": slug,
        "name": name,
        "copied": [spoken(one.label) for one in sorted(COPIERS, key=lambda one: one.place)],
        "mine": [one.brand for one in request.memberships if one.brand.sandbox],
        "people": filling.known(brand) if brand.sandbox else [],
        "count": inhabitants.count(brand) if brand.sandbox else 0,
        "emptying": brand.sandbox and emptying.is_under_way(brand),
        "refused": refused,
    }
    return render(request, "console/sandbox.html", context, status=status)
