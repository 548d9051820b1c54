"""What messages add to a customer's page: the last ones, what may be sent now and why not, a link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from django.contrib import messages as flashes
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.consent import links
from guanxi.customers.consent.links import Opens
from guanxi.customers.lookup import customer_ids_of
from guanxi.kernel.errors import Invalid, NotFound
from guanxi.messaging import queries, reading, services
from guanxi.messaging.channels import CHANNELS
from guanxi.messaging.console import words
from guanxi.messaging.contracts import State
from guanxi.messaging.reading import Foreseen
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.roles import Permission
from guanxi.ui.parts import Badge

SHOWN: Final = 5


class May(NamedTuple):
    """Whether a message of a purpose would be sent now. `lift`: the channel of a block that may be lifted."""

    channel: str
    purpose: str
    badge: Badge
    why: str
    lift: str


def panel(request: BrandRequest, customer_id: int, subject_ids: Sequence[int]) -> Mapping[str, object]:
    """A place that is filled once the page is there; nothing for those who may not see messages."""
    return {"customer_id": customer_id, "may_view": request.actor.may(Permission.MESSAGES_VIEW)}


@permission_required(Permission.MESSAGES_VIEW)
@require_GET
def customer(request: BrandRequest, customer_id: int) -> HttpResponse:
    """The panel itself; opened without a script, a page."""
    brand_id = request.brand.pk
    root = _root(brand_id, customer_id)
    may = request.actor.may(Permission.MESSAGES_MANAGE)
    context = {
        "customer_id": root,
        "rows": [
            (one, words.badge(one.state), words.channel(one.channel), words.reason(one.code))
            for one in queries.messages(brand_id, customer_id=root, limit=SHOWN)
        ],
        "may_send": _all(reading.foreseen(brand_id, root), lift=may),
        "unread": reading.unread(brand_id, root),
        "may_manage": may,
    }
    partial = bool(request.headers.get("HX-Request"))
    return render(request, f"messaging/customer_{'part' if partial else 'page'}.html", context)


@permission_required(Permission.MESSAGES_MANAGE)
@require_POST
def lift(request: BrandRequest, customer_id: int) -> HttpResponse:
    """Write again to the address of a customer that its server had refused."""
    brand_id, channel = request.brand.pk, request.POST.get("channel", "")
    root = _root(brand_id, customer_id)
    if channel not in CHANNELS:
        raise Invalid(_("Choose a channel."), field="channel")
    address = reading.address_of(brand_id, root, channel)
    lifted = services.lift(brand_id, channel, address, actor=request.actor) if address else 0
    if lifted:
        flashes.success(request, _("The address is written to again."))
    else:
        flashes.info(request, _("Nothing stood against this address that can be lifted here."))
    return redirect("customer", root)


@permission_required(Permission.MESSAGES_MANAGE)
@require_POST
def inbox_link(request: BrandRequest, customer_id: int) -> HttpResponse:
    """A link to the customer's inbox, shown once to be passed on."""
    made = links.make(request.brand.pk, customer_id, actor=request.actor, opens=Opens.INBOX)
    context = {
        "customer_id": customer_id,
        "link": made,
        "address": request.build_absolute_uri(made.path),
    }
    return render(request, "messaging/inbox_link.html", context)


def _all(foreseen: Sequence[Foreseen], *, lift: bool) -> list[May]:
    """An address is lifted once, whatever the purposes."""
    found, offered = [], set()
    for one in foreseen:
        found.append(_may(one, lift=lift and one.channel not in offered))
        if found[-1].lift:
            offered.add(one.channel)
    return found


def _may(one: Foreseen, *, lift: bool) -> May:
    decision = one.decision
    if decision.state is State.SENDING:
        badge = Badge(_("May be sent"), "good")
    elif decision.state is State.QUEUED:
        badge = Badge(_("Would wait"), "warn")
    else:
        badge = Badge(_("Would not be sent"), "bad")
    refused = lift and decision.code == "address_refused"
    return May(
        words.channel(one.channel),
        words.purpose(one.purpose),
        badge,
        words.reason(decision.code) if decision.code else "",
        one.channel if refused else "",
    )


def _root(brand_id: int, customer_id: int) -> int:
    root = customer_ids_of(brand_id, {customer_id}).get(customer_id) if customer_id < 1 << 63 else None
    if root is None:
        raise NotFound(_("There is no such customer."))
    return root
