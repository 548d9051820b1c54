"""Coupons at the till: those of the member who is served, and any code."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guanxi.kernel.errors import GuanxiError
from guanxi.loyalty.console.shown import read_units
from guanxi.loyalty.coupons import looking, queries, said, services
from guanxi.loyalty.coupons.contracts import Basket, Line
from guanxi.loyalty.ledger.assets import AssetRow
from guanxi.loyalty.till.contracts import PARTS, Part, Served, store_of
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.language import speaking
from guanxi.platform.models import Brand
from guanxi.platform.roles import Permission
from guanxi.ui.figures import money

_MONEY: Final = AssetRow(0, "credit", "credit")


def register() -> None:
    PARTS.register(Part("coupons", 300, "loyalty/till_coupons.html", load))


def load(served: Served) -> Mapping[str, Any]:
    brand = served.request.brand
    owned = queries.of_customer(brand.pk, served.subject_ids)
    return {
        "coupons": [
            {
                "code": one.code,
                "name": said.name_of(one.coupon.campaign),
                "worth": said.worth(one.coupon.campaign, brand),
            }
            for one in owned
        ],
        "customer": served.customer_id,
        "back": served.back,
        "token": secrets.token_urlsafe(12),
        "url": reverse("till-coupon"),
    }


@permission_required(Permission.TILL_USE)
@require_POST
def redeem(request: BrandRequest) -> HttpResponse:
    """One coupon for an order of so much; sent twice, the form does it once. What is left to pay is filled in
    for the purchase."""
    given, brand = request.POST, request.brand
    back = given.get("back", "")
    fits = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/")
    back = back if fits else reverse("home")
    answer = redirect(back)
    total = read_units(_MONEY, brand, given.get("total", ""))
    if total is None or total > 10**12:
        messages.error(request, _("Type what the goods come to, such as 199.00."))
        return answer
    number, order = given.get("customer", ""), given.get("order", "").strip()
    buyer = looking.who(brand.pk, int(number)) if number.isdecimal() and len(number) < 19 else looking.NOBODY
    try:
        done = services.redeem(
            brand,
            key=f"till:{given.get('token', '')[:40]}",
            order=order,
            actor=request.actor,
            basket=Basket([Line("", total)], store=store_of(request)),
            codes=[given.get("code", "").strip()[:80]],
            buyer=buyer,
        )
    except GuanxiError as error:
        told = speaking(error)
        messages.error(request, f"{told.message} {told.remedy}".strip())
        return answer
    messages.success(request, _said(done.redemption.discount_fen, total, brand, exists=done.exists))
    left = total - done.redemption.discount_fen
    if left <= 0 or not back.startswith(reverse("till") + "/"):
        return answer
    return redirect(f"{back}?{urlencode({'amount': money(left, brand.currency), 'order': order})}")


def _said(off_fen: int, total_fen: int, brand: Brand, *, exists: bool) -> str:
    if exists:
        return _("This coupon was redeemed for this order already: %(off)s off.") % {
            "off": money(off_fen, brand.currency)
        }
    left = max(0, total_fen - off_fen)
    return _("Redeemed: %(off)s off, %(left)s to pay.") % {
        "off": money(off_fen, brand.currency),
        "left": money(left, brand.currency),
    }
