"""Keeping, changing and removing the views of lists."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.kernel.errors import Conflict, Invalid
from guanxi.platform import saved_views
from guanxi.platform.access import BrandRequest, PersonRequest, demand, signed_in
from guanxi.platform.saved_views import View
from guanxi.ui.saved_views import Listing, listings


@signed_in
@require_POST
def save(request: PersonRequest) -> HttpResponse:
    """Keep the list as it is shown, and come back to it."""
    here = cast(BrandRequest, request)
    listing = _listing(here, request.POST.get("listing", ""))
    url = listing.url(request.POST.get("query", ""))
    try:
        saved_views.save(
            here.brand.pk,
            here.person.pk,
            listing.name,
            request.POST.get("name", ""),
            url.partition("?")[2],
            shared="shared" in request.POST,
            default="default" in request.POST,
            actor=here.actor,
        )
    except (Invalid, Conflict) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The view is saved."))
    return HttpResponseRedirect(url)


@signed_in
@require_GET
def edit(request: PersonRequest, view_id: int) -> HttpResponse:
    here = cast(BrandRequest, request)
    view, listing = _found(here, view_id)
    return _page(here, view, listing)


@signed_in
@require_POST
def change(request: PersonRequest, view_id: int) -> HttpResponse:
    here = cast(BrandRequest, request)
    view, listing = _found(here, view_id)
    try:
        saved_views.change(
            here.brand.pk,
            here.person.pk,
            view_id,
            name=request.POST.get("name", ""),
            shared="shared" in request.POST,
            default="default" in request.POST,
            actor=here.actor,
        )
    except (Invalid, Conflict) as error:
        return _page(here, view, listing, refused=str(error), status=error.http_status)
    messages.success(request, _("The view is changed."))
    return HttpResponseRedirect(listing.url(view.query))


@signed_in
@require_POST
def remove(request: PersonRequest, view_id: int) -> HttpResponse:
    here = cast(BrandRequest, request)
    _view, listing = _found(here, view_id)
    saved_views.remove(here.brand.pk, here.person.pk, view_id, actor=here.actor)
    messages.success(request, _("The view is removed; the list and its rows stay."))
    return HttpResponseRedirect(listing.address({}))


def _found(request: BrandRequest, view_id: int) -> tuple[View, Listing]:
    """The view and its list. What one may not see does not exist."""
    if request.brand is None:
        raise Http404
    view = saved_views.view(request.brand.pk, request.person.pk, view_id)
    return view, _listing(request, view.listing)


def _listing(request: BrandRequest, name: str) -> Listing:
    listing = listings.get(name)
    if listing is None or request.brand is None:
        raise Http404
    demand(request, listing.permission)
    return listing


def _page(
    request: BrandRequest, view: View, listing: Listing, *, refused: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "view": view,
        "listing": listing,
        "url": listing.url(view.query),
        "refused": refused,
        "may_remove": saved_views.may_remove(view, request.actor),
    }
    return render(request, "console/saved_view.html", context, status=status)
