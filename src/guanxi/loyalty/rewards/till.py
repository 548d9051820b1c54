"""At the till: what waits for the member is handed over, and rewards are redeemed for them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guanxi.customers.lookup import root_of
from guanxi.kernel.errors import GuanxiError, NotFound
from guanxi.kernel.wording import say
from guanxi.loyalty.rewards import queries, words
from guanxi.loyalty.rewards.contracts import Delivery, State
from guanxi.loyalty.rewards.redeeming import Asked, redeem
from guanxi.loyalty.till.contracts import PARTS, Part, Served
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.language import speaking
from guanxi.platform.roles import Permission

MOST_SHOWN = 20


def load(served: Served) -> Mapping[str, Any] | None:
    """What waits for this member, and what they can have with what they have; None where there is neither."""
    brand = served.request.brand
    known = words.assets_of(brand)
    asked = queries.Asked(state=State.READY.value, customer_id=served.customer_id)
    rows = queries.redemptions(brand.pk, asked, MOST_SHOWN)
    offers = [one for one in queries.offers(brand, served.customer_id) if one.can]
    if not rows and not offers:
        return None
    return {
        "waiting": [{"id": row.pk, "name": words.called(row.reward), "code": row.code} for row in rows],
        "offers": [
            {
                "code": one.reward.code,
                "name": words.called(one.reward),
                "ways": [
                    (place, words.price(brand, known, price))
                    for place, price in enumerate(one.prices)
                    if not one.lacks[place]
                ],
            }
            for one in offers[:MOST_SHOWN]
        ],
        "customer_id": served.customer_id,
        "back": served.back,
        "once": secrets.token_hex(8),
    }


@permission_required(Permission.TILL_USE)
@require_POST
def redeem_for(request: BrandRequest, customer_id: int) -> HttpResponse:
    """Redeem for the member at the counter; once for each form."""
    root = root_of(request.brand.pk, customer_id)
    if root is None:
        raise NotFound(say("There is no such customer."))
    told = request.POST
    code, _space, place = told.get("choice", "").rpartition(" ")
    price = int(place) if place.isascii() and place.isdecimal() and len(place) < 3 else 99
    key = f"till:{told.get('once', '')[:32]}:{root}"
    delivery = told.get("delivery", "") or Delivery.COLLECT.value
    offers = queries.offers(request.brand, root, code)
    if offers and delivery not in offers[0].reward.deliveries:
        delivery = offers[0].reward.deliveries[0]
    asked = Asked(key, code, root, price, delivery, told.get("store", ""), told.get("address", ""))
    try:
        row = redeem(request.brand, asked, origin="till", actor=request.actor)
    except GuanxiError as error:
        said = speaking(error)
        messages.error(request, f"{said.message} {said.remedy}".strip())
    else:
        messages.success(request, _("Redeemed: %(code)s.") % {"code": row.code})
        if not told.get("back"):
            return redirect("redemption", row.pk)
    back = told.get("back", "")
    if back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable():
        return redirect(back)
    return redirect("redemptions")


def register() -> None:
    PARTS.register(Part("rewards", 210, "loyalty/till_rewards.html", load))
