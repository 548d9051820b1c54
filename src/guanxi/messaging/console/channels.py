"""Channels: which there are, what each can do, how it does, and another try of one that is down."""

from __future__ import annotations

from typing import NamedTuple

from django.contrib import messages as flashes
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.consent.purposes import CHANNELS as CONSENTS
from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import NotFound
from guanxi.messaging import queries, services
from guanxi.messaging.channels import CHANNELS, Capabilities
from guanxi.messaging.console import words
from guanxi.messaging.queries import ChannelShown
from guanxi.messaging.settings import messages_folder, public_url
from guanxi.platform import audit
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.roles import Permission
from guanxi.platform.writing import writing
from guanxi.ui.parts import Badge


class Row(NamedTuple):
    shown: ChannelShown
    label: str
    badge: Badge
    can: list[str]
    cost_fen: int
    paused: bool
    why: str


@permission_required(Permission.MESSAGES_VIEW)
@require_GET
def channels(request: BrandRequest) -> HttpResponse:
    rows = [_row(one) for one in queries.channels(request.brand.pk)]
    context = {
        "rows": rows,
        "folder": messages_folder() is not None,
        "public_url": public_url(),
        "may_manage": request.actor.may(Permission.MESSAGES_MANAGE),
    }
    return render(request, "messaging/channels.html", context)


@permission_required(Permission.MESSAGES_MANAGE)
@require_POST
def resume(request: BrandRequest, name: str) -> HttpResponse:
    """Try a channel again that rests since it was down."""
    if name not in CHANNELS:
        raise NotFound(_("There is no such channel."))
    services.resume(name)
    with writing(request.brand.pk):
        audit.record(request.brand.pk, request.actor, "channel.resumed", "channel", name)
    flashes.success(request, _("It is tried again now."))
    return redirect("message-channels")


def _row(one: ChannelShown) -> Row:
    capabilities = CHANNELS[one.name].capabilities
    paused = one.resume_ms > now_ms()
    if not one.ready:
        badge = Badge(_("Not set up"), "")
    elif paused:
        badge = Badge(_("Rests"), "warn")
    elif one.resume_ms:
        badge = Badge(_("To be tried again"), "warn")
    else:
        badge = Badge(_("Works"), "good")
    why = words.reason(one.code) if one.code else ""
    return Row(one, words.channel(one.name), badge, _can(capabilities), capabilities.cost_fen, paused, why)


def _can(one: Capabilities) -> list[str]:
    """What it needs and can do, in plain sentences."""
    consent = CONSENTS.get(one.consent)
    said = [
        _("Written to: %(address)s.") % {"address": one.address}
        if one.address
        else _("Needs no address: it is in the app."),
        _("Advertising needs consent for: %(channel)s.")
        % {"channel": consent.label(chinese=words.in_chinese()) if consent else one.consent},
        _("A text has at most %(most)s characters.") % {"most": f"{one.form.most_chars:,}"},
    ]
    if one.form.has_html:
        said.append(_("May have HTML beside the text."))
    if one.form.signed:
        said.append(_("Begins with the brand's name in 【】."))
    said.append(_("Keeps to the brand's hours.") if one.rings else _("Rings at no hour."))
    if one.by_person:
        said.append(_("Somebody of the brand sends it and says so."))
    if one.reports:
        said.append(_("Its provider says what arrived."))
    if one.opt_out_words:
        said.append(
            _("Customers refuse by answering %(words)s.") % {"words": "、".join(sorted(one.opt_out_words))}
        )
    if not one.idempotent:
        said.append(_("What may have gone is never sent twice."))
    return said
