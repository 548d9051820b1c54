"""A member's coupons on the phone: the list, and one with its code."""

from __future__ import annotations

from typing import Any

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from guanxi.customers.lookup import subject_ids_of
from guanxi.loyalty.coupons import queries, said
from guanxi.loyalty.coupons.contracts import Has
from guanxi.loyalty.coupons.models import Coupon
from guanxi.loyalty.coupons.queries import Owned
from guanxi.loyalty.coupons.words import HAS
from guanxi.loyalty.member import guards
from guanxi.loyalty.member.contracts import TABS, Member, Tab
from guanxi.loyalty.member.guards import member_page
from guanxi.platform.language import spoken


def register() -> None:
    TABS.register(Tab("coupons", 300, _("Coupons"), "member-coupons"))


@require_safe
@member_page
def listed(request: HttpRequest, member: Member) -> HttpResponse:
    """What can be used, those that expire first before the others; and what is over."""
    subjects = subject_ids_of(member.brand.pk, member.customer_id)
    ready = [_shown(one, member) for one in queries.of_customer(member.brand.pk, subjects)]
    over = [
        {
            "name": said.name_of(one.campaign),
            "state": spoken(HAS[Has.REDEEMED if one.state == Has.REDEEMED else Has.EXPIRED]),
        }
        for one in queries.used_lately(member.brand.pk, subjects)
    ]
    context = {"ready": ready, "over": over}
    return guards.page(member, "loyalty/member/coupons.html", context, here="coupons")


@require_safe
@member_page
def one(request: HttpRequest, member: Member, coupon_id: int) -> HttpResponse:
    """The code large, as text and to be scanned; its terms."""
    subjects = subject_ids_of(member.brand.pk, member.customer_id)
    found = [own for own in queries.of_customer(member.brand.pk, subjects) if own.coupon.pk == coupon_id]
    if not found:
        raise Http404
    (own,) = found
    picture = segno.make(own.code.replace("-", ""), error="m", micro=False)
    context = {
        **_shown(own, member),
        "terms": said.terms_of(own.coupon.campaign),
        "picture": SafeString(
            picture.svg_inline(
                scale=6, border=2, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None
            )
        ),
    }
    return guards.page(member, "loyalty/member/coupon.html", context, here="coupons")


def _shown(own: Owned, member: Member) -> dict[str, Any]:
    coupon: Coupon = own.coupon
    return {
        "id": coupon.pk,
        "name": said.name_of(coupon.campaign),
        "worth": said.worth(coupon.campaign, member.brand),
        "until": said.until(coupon, member.brand),
        "code": own.code,
        "locked": coupon.state == Has.LOCKED,
    }
