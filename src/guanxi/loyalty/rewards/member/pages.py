"""The catalogue on members' phones: what there is, one reward, the consequence before it is redeemed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST, require_safe

from guanxi.customers.stores import store_name, stores
from guanxi.kernel.errors import GuanxiError
from guanxi.loyalty.member.contracts import Member
from guanxi.loyalty.member.guards import member_page, page
from guanxi.loyalty.rewards import queries, words
from guanxi.loyalty.rewards.contracts import Delivery
from guanxi.loyalty.rewards.models import RewardPicture
from guanxi.loyalty.rewards.queries import Offer
from guanxi.loyalty.rewards.redeeming import Asked, redeem
from guanxi.loyalty.rewards.rules import Sale
from guanxi.platform.access import public
from guanxi.platform.language import speaking
from guanxi.ui import figures

FEW: tuple[int, int] = (1, 5)  # so many left are said to be the last


@require_safe
@member_page
def catalogue(request: HttpRequest, member: Member) -> HttpResponse:
    """All that this member may have now or soon."""
    known = words.assets_of(member.brand)
    found = queries.offers(member.brand, member.customer_id)
    priced = {price.asset for offer in found for price in offer.prices if price.units}
    mine = queries.redemptions(member.brand.pk, queries.Asked(customer_id=member.customer_id), 1)
    spendable = queries.spendable(member.brand.pk, member.customer_id)
    context = {
        "offers": [_shown(member, offer, known) for offer in found],
        "has": [words.amount(member.brand, known, code, spendable.get(code, 0)) for code in sorted(priced)],
        "has_mine": bool(mine),
    }
    return page(member, "loyalty/member/rewards.html", context, here="rewards")


@require_safe
@member_page
def one(request: HttpRequest, member: Member, code: str) -> HttpResponse:
    """A reward with its prices, each with what is missing, in words."""
    return _one(member, code, {})


def _one(member: Member, code: str, more: Mapping[str, Any], status: int = 200) -> HttpResponse:
    offer = _offer(member, code)
    known = words.assets_of(member.brand)
    context = {**_shown(member, offer, known), "ways": _ways(member, offer, known), **more}
    if Delivery.COLLECT.value in offer.reward.deliveries:
        context["stores"] = [store for store in stores(member.brand.pk) if store.open]
    return page(member, "loyalty/member/reward.html", context, here="rewards", status=status)


@require_safe
@member_page
def confirm(request: HttpRequest, member: Member, code: str) -> HttpResponse:
    """What redeeming it at this price comes to; nothing has happened yet."""
    offer, known = _offer(member, code), words.assets_of(member.brand)
    try:
        place = int(request.GET.get("price", "0"))
        price, lacks = offer.prices[place], offer.lacks[place]
    except (ValueError, IndexError):
        raise Http404 from None
    if place < 0:
        raise Http404
    delivery = request.GET.get("delivery", "") or offer.reward.deliveries[0]
    if lacks or not offer.can or delivery not in offer.reward.deliveries:
        return HttpResponseRedirect(reverse("member-reward", args=[member.brand.slug, code]))
    context = {
        **_shown(member, offer, known),
        "place": place,
        "once": secrets.token_hex(8),
        "delivery": delivery,
        "delivery_said": words.delivery(delivery),
        "store": request.GET.get("store", "")[:60],
        "store_name": store_name(member.brand.pk, request.GET.get("store", "")[:60]),
        "needs_address": delivery == Delivery.SEND,
        "consequence": _consequence(member, offer, place),
        "price": words.price(member.brand, known, price),
    }
    return page(member, "loyalty/member/reward_confirm.html", context, here="rewards")


def _consequence(member: Member, offer: Offer, place: int) -> list[str]:
    """What happens, a sentence each."""
    price, brand, known = offer.prices[place], member.brand, words.assets_of(member.brand)
    said = []
    if price.units:
        had = queries.spendable(brand.pk, member.customer_id).get(price.asset, 0)
        said.append(
            _("You have %(has)s and will have %(left)s.")
            % {
                "has": words.amount(brand, known, price.asset, had),
                "left": words.amount(brand, known, price.asset, had - price.units),
            }
        )
    if price.fen:
        minutes = offer.reward.pay_minutes
        told = {"money": figures.money(price.fen, brand.currency), "n": minutes}
        said.append(
            ngettext(
                "Pay %(money)s within %(n)s minute, or it goes back.",
                "Pay %(money)s within %(n)s minutes, or it goes back.",
                minutes,
            )
            % told
        )
    if offer.reward.keep_days and Delivery.COLLECT.value in offer.reward.deliveries:
        said.append(
            ngettext(
                "A store keeps it for %(n)s day.", "A store keeps it for %(n)s days.", offer.reward.keep_days
            )
            % {"n": offer.reward.keep_days}
        )
    return said


@require_POST
@member_page
def take(request: HttpRequest, member: Member, code: str) -> HttpResponse:
    """Redeem it. Pressed twice it is one; what stands in the way is said on the reward's page."""
    told = request.POST
    try:
        place = int(told.get("price", "0"))
    except ValueError:
        raise Http404 from None
    asked = Asked(
        f"phone:{member.subject_id}:{told.get('once', '')[:32]}",
        code,
        member.subject_id,
        place,
        told.get("delivery", ""),
        told.get("store", ""),
        told.get("address", ""),
    )
    try:
        row = redeem(member.brand, asked, origin="phone", actor="customer")
    except GuanxiError as error:
        said = speaking(error)
        if said.http_status == 404:
            raise Http404 from error
        return _one(member, code, {"refused": said}, said.http_status)
    return HttpResponseRedirect(reverse("member-redemption", args=[member.brand.slug, row.pk]))


@public
@require_GET
def picture(request: HttpRequest, name: str) -> HttpResponse:
    """Never more than a picture, whatever a browser takes it for."""
    found = RewardPicture.objects.filter(name=name).first()
    if found is None:
        raise Http404
    response = HttpResponse(bytes(found.content), content_type=found.content_type)
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    return response


# ---------------------------------------------------------------- as it is written


def _offer(member: Member, code: str) -> Offer:
    """Raises Http404 also for what is for others."""
    found = queries.offers(member.brand, member.customer_id, code)
    if not found:
        raise Http404
    return found[0]


def _shown(member: Member, offer: Offer, known: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "code": offer.reward.code,
        "name": words.called(offer.reward),
        "text": words.text_of(offer.reward),
        "picture": offer.reward.picture,
        "prices": words.prices(member.brand, known, offer.prices),
        "note": note_of(member, offer),
        "can": offer.can,
        "early": offer.sale is Sale.EARLY,
        "deliveries": [(name, words.delivery(name)) for name in offer.reward.deliveries],
    }


def note_of(member: Member, offer: Offer) -> str:
    """Why it cannot be had, or that it is nearly gone; "" where there is nothing to say."""
    if offer.sale is Sale.SOON:
        opens = figures.exact(offer.reward.opens_ms, member.brand.timezone)[:16]
        return _("From %(when)s") % {"when": opens}
    if offer.left == 0:
        return _("All gone")
    if offer.had_all:
        return _("You had yours")
    if offer.left is not None and FEW[0] <= offer.left <= FEW[1]:
        return ngettext("Only %(n)s left", "Only %(n)s left", offer.left) % {"n": offer.left}
    return ""


def _ways(member: Member, offer: Offer, known: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each price with what the member has and needs, in words."""
    has, brand = queries.spendable(member.brand.pk, member.customer_id), member.brand
    ways = []
    for place, (one_price, lacks) in enumerate(zip(offer.prices, offer.lacks, strict=True)):
        said = ""
        if one_price.units:
            told = {
                "has": words.amount(brand, known, one_price.asset, has.get(one_price.asset, 0)),
                "lacks": words.amount(brand, known, one_price.asset, lacks),
            }
            said = _("You have %(has)s.") % told
            if lacks:
                said = _("You have %(has)s and need %(lacks)s more.") % told
        ways.append(
            {
                "place": place,
                "price": words.price(brand, known, one_price),
                "said": said,
                "can": offer.can and not lacks,
            }
        )
    return ways
