"""Limits: how much advertising a customer gets, and in which hours messages go out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.contrib import messages as flashes
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from guanxi.kernel.errors import Conflict, GuanxiError, Invalid
from guanxi.messaging import queries, services
from guanxi.messaging.channels import CHANNELS
from guanxi.messaging.console import words
from guanxi.messaging.contracts import CAP_DAYS, Cap
from guanxi.platform import brand_settings
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.language import speaking
from guanxi.platform.roles import Permission


class Field(NamedTuple):
    name: str
    label: str
    value: str


@permission_required(Permission.MESSAGES_VIEW)
@require_GET
def limits(request: BrandRequest) -> HttpResponse:
    return _page(request)


@permission_required(Permission.MESSAGES_MANAGE)
@require_POST
def save(request: BrandRequest) -> HttpResponse:
    """The caps as they are typed; empty is none. `before` is what the page had shown."""
    try:
        wanted, before = _caps(request.POST), _read(request.POST.get("before", ""))
        services.set_caps(request.brand.pk, wanted, before=before, actor=request.actor)
    except GuanxiError as error:
        typed = None if isinstance(error, Conflict) else request.POST
        return _page(request, typed, speaking(error), error.http_status)
    flashes.success(request, _("Saved. It counts for every message that is taken from now on."))
    return redirect("message-limits")


@permission_required(Permission.BRAND_MANAGE)
@require_POST
def hours(request: BrandRequest) -> HttpResponse:
    version, brand = request.POST.get("version", ""), request.brand
    try:
        wanted = brand_settings.settings_of(brand)._replace(
            send_from_hour=_hour(request.POST.get("from", "")),
            send_until_hour=_hour(request.POST.get("until", "")),
        )
        number = int(version) if version.isdecimal() and len(version) < 10 else 0
        brand_settings.change(brand.pk, number, wanted, actor=request.actor)
    except GuanxiError as error:
        return _page(request, None, speaking(error), error.http_status)
    flashes.success(request, _("Saved. It counts for every message that is taken from now on."))
    return redirect("message-limits")


def _page(
    request: BrandRequest,
    typed: Mapping[str, Any] | None = None,
    problem: GuanxiError | None = None,
    status: int = 200,
) -> HttpResponse:
    caps = queries.caps(request.brand.pk)
    known = {(cap.channel, cap.days): str(cap.most) for cap in caps}
    places = [*((one.name, words.channel(one.name)) for one in CHANNELS), ("", _("All channels together"))]
    spans = {days: ngettext("In %(n)s day", "In %(n)s days", days) % {"n": days} for days in CAP_DAYS}
    if problem is not None:
        request.brand.refresh_from_db()
    context = {
        "days": list(spans.values()),
        "rows": [
            (
                label,
                [
                    Field(
                        f"cap_{channel}_{days}",
                        spans[days],
                        str(typed.get(f"cap_{channel}_{days}", ""))
                        if typed is not None
                        else known.get((channel, days), ""),
                    )
                    for days in CAP_DAYS
                ],
            )
            for channel, label in places
        ],
        "before": ",".join(f"{cap.channel}:{cap.days}:{cap.most}" for cap in caps),
        "brand": request.brand,
        "hours": range(25),
        "problem": problem,
        "may_manage": request.actor.may(Permission.MESSAGES_MANAGE),
        "may_hours": request.actor.may(Permission.BRAND_MANAGE),
    }
    return render(request, "messaging/limits.html", context, status=status)


def _caps(form: Mapping[str, Any]) -> list[Cap]:
    """Raises Invalid."""
    found = []
    for channel in [*CHANNELS.names(), ""]:
        for days in CAP_DAYS:
            text = str(form.get(f"cap_{channel}_{days}", "")).strip()
            if not text:
                continue
            if not text.isdecimal() or len(text) > 4:
                raise Invalid(_("A cap is a number from 0 to 1000; leave it empty for none."), field="caps")
            found.append(Cap(channel, days, int(text)))
    return found


def _read(text: str) -> list[Cap]:
    """The caps that the page had shown. What cannot be read is none, and then nothing is saved."""
    found = []
    for one in filter(None, text.split(",")):
        channel, days, most = (*one.split(":"), "", "")[:3]
        if days.isdecimal() and most.isdecimal():
            found.append(Cap(channel, int(days[:4]), int(most[:9])))
    return found


def _hour(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 3 else -1
