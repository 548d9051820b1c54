"""Keys of the API under Settings: which there are, what each may do, and making, rotating and revoking
them."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from guanxi.console.webhook_forms import KeyForm, blame
from guanxi.kernel.clock import DAY_MS, now_ms
from guanxi.kernel.errors import GuanxiError, NotFound
from guanxi.platform import apikeys
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.apikeys import SCOPE_MEANINGS, Scope
from guanxi.platform.language import spoken
from guanxi.platform.models import ApiKey
from guanxi.platform.people import actor_names
from guanxi.platform.roles import Permission
from guanxi.ui.parts import Badge, Empty

SOON_MS = 14 * DAY_MS


class Row(NamedTuple):
    """A key as shown. `scopes`: what each is called and means."""

    key: ApiKey
    badge: Badge
    works: bool
    made_by: str
    scopes: list[tuple[str, str]]


@permission_required(Permission.API_MANAGE)
@require_GET
def keys(request: BrandRequest) -> HttpResponse:
    found = apikeys.keys_of(request.brand.pk)
    names = actor_names(key.created_by for key in found)
    rows = [_row(key, names[key.created_by]) for key in found]
    empty = Empty(
        _("No key yet"),
        _("A key lets another system record what customers do, or ask who they are, as far as you allow."),
        "key",
        _("New key"),
        reverse("api-key-new"),
        [_("A shop that only reports orders needs nothing but “touchpoints:write”.")],
    )
    working, ended = ([row for row in rows if row.works is yes] for yes in (True, False))
    context = {"working": working, "ended": ended, "empty": None if rows else empty}
    return render(request, "console/apikeys.html", context)


@permission_required(Permission.API_MANAGE)
@require_GET
def new(request: BrandRequest) -> HttpResponse:
    return render(request, "console/apikey_form.html", {"form": KeyForm(request.actor)})


@permission_required(Permission.API_MANAGE)
@never_cache
@require_POST
def create(request: BrandRequest) -> HttpResponse:
    form = KeyForm(request.actor, request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            issued = apikeys.issue(
                request.brand.pk,
                given["name"],
                given["scopes"],
                rate_per_minute=given["rate"],
                days=int(given["days"]) if given["days"] else None,
                actor=request.actor,
            )
        except GuanxiError as error:
            blame(form, error)
        else:
            return _secret(request, issued.key, issued.plaintext)
    return render(request, "console/apikey_form.html", {"form": form}, status=422)


@permission_required(Permission.API_MANAGE)
@require_GET
def change(request: BrandRequest, prefix: str, what: str) -> HttpResponse:
    """What would come of it, before it is done."""
    key = _key_of(request.brand.pk, prefix)
    context = {"key": key, "what": what, "hours": [("24", 24), ("168", 168), ("1", 1), ("0", 0)]}
    if what not in {"revoke", "rotate"}:
        raise Http404
    return render(request, "console/apikey_change.html", context)


@permission_required(Permission.API_MANAGE)
@never_cache
@require_POST
def change_do(request: BrandRequest, prefix: str, what: str) -> HttpResponse:
    key = _key_of(request.brand.pk, prefix)
    if what == "revoke":
        apikeys.revoke(request.brand.pk, prefix, actor=request.actor)
        messages.success(request, _("The key “%(name)s” does not work any more.") % {"name": key.name})
        return redirect("api-keys")
    if what != "rotate":
        raise Http404
    hours = request.POST.get("hours", "24")
    issued = apikeys.rotate(
        request.brand.pk,
        prefix,
        hours=int(hours) if hours.isdecimal() and len(hours) <= 4 else 24,
        actor=request.actor,
    )
    return _secret(request, issued.key, issued.plaintext)


def _key_of(brand_id: int, prefix: str) -> ApiKey:
    found = ApiKey.objects.filter(brand_id=brand_id, prefix=prefix).first()
    if found is None:
        raise NotFound(_("There is no such key."), remedy=_("See the list of keys."))
    return found


def _row(key: ApiKey, made_by: str) -> Row:
    at_ms = now_ms()
    works = apikeys.works(key, at_ms)
    if key.revoked_ms:
        badge = Badge(_("Revoked"), "bad")
    elif not works:
        badge = Badge(_("Expired"), "bad")
    elif key.expires_ms and key.expires_ms - at_ms < SOON_MS:
        badge = Badge(_("Ends soon"), "warn")
    else:
        badge = Badge(_("Works"), "good")
    scopes = [(scope, spoken(SCOPE_MEANINGS[Scope(scope)])) for scope in key.scopes if scope in set(Scope)]
    return Row(key, badge, works, made_by, scopes)


def _secret(request: BrandRequest, key: ApiKey, plaintext: str) -> HttpResponse:
    context: dict[str, Any] = {
        "title": _("The key “%(name)s”") % {"name": key.name},
        "secret": plaintext,
        "what": _("It is sent in the header “Authorization: Bearer …”. Only its digest is kept here."),
        "next_url": reverse("api-keys"),
        "list_url": reverse("api-keys"),
        "list_name": _("API keys"),
    }
    return render(request, "console/secret.html", context)
