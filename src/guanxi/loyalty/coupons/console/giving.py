"""Coupons for a segment: to how many, what it may cost, and giving them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.kernel.errors import GuanxiError
from guanxi.kernel.wording import Wording, say
from guanxi.loyalty.coupons import campaigns, giving, said
from guanxi.loyalty.coupons.models import CouponGiving
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.language import speaking, spoken
from guanxi.platform.models import Brand
from guanxi.platform.roles import Permission
from guanxi.segments import queries as segments
from guanxi.ui.figures import money, number
from guanxi.ui.parts import Badge

WHY: Final[Mapping[str, Wording]] = {
    "stock": say("The stock has ended"),
    "campaign": say("The campaign issues nothing now"),
    "segment": say("The segment is gone"),
}


class Line(NamedTuple):
    """A giving as the campaign's page shows it. `rests`: somebody may let it go on."""

    row: CouponGiving
    badge: Badge
    most: str
    rests: bool


@permission_required(Permission.PROGRAMME_MANAGE)
@require_GET
def look(request: BrandRequest, campaign_id: int) -> HttpResponse:
    """Choose a segment and see what it comes to; nothing is given yet."""
    return _page(request, campaign_id, _whole(request.GET.get("segment", "")))


@permission_required(Permission.PROGRAMME_MANAGE)
@require_POST
def give(request: BrandRequest, campaign_id: int) -> HttpResponse:
    """Once for each form."""
    told, segment_id = request.POST, _whole(request.POST.get("segment", ""))
    campaigns.find(request.brand.pk, campaign_id)
    try:
        row = giving.give(
            request.brand,
            campaign_id,
            segment_id,
            key=f"c:{told.get('key', '')[:40]}",
            seen=_whole(told.get("seen", "")),
            actor=request.actor,
        )
    except GuanxiError as error:
        return _page(request, campaign_id, segment_id, speaking(error))
    done = _("Coupons are being given to %(n)s customers. You may leave this page.")
    messages.success(request, done % {"n": number(row.wanted)})
    return redirect("coupon-campaign", campaign_id)


@permission_required(Permission.PROGRAMME_MANAGE)
@require_POST
def go_on(request: BrandRequest, giving_id: int) -> HttpResponse:
    row = giving.find(request.brand.pk, giving_id)
    try:
        giving.go_on(request.brand.pk, giving_id, actor=request.actor)
    except GuanxiError as error:
        told = speaking(error)
        messages.error(request, f"{told.message} {told.remedy}".strip())
    else:
        messages.success(request, _("It goes on where it stopped."))
    return redirect("coupon-campaign", row.campaign_id)


def lines(brand: Brand, campaign_id: int) -> list[Line]:
    rows = giving.of_campaign(campaign_id)
    busy = giving.at_work([row for row in rows if row.ended_ms is None])
    return [_line(brand, row, is_busy=row.pk in busy) for row in rows]


def _line(brand: Brand, row: CouponGiving, *, is_busy: bool) -> Line:
    if row.ended_ms is not None:
        look = Badge(_("Done"), "good")
    elif is_busy:
        look = Badge(_("At work"), "info")
    else:
        look = Badge(spoken(WHY[row.stopped]) if row.stopped else _("Interrupted"), "warn")
    return Line(row, look, _most(brand, row.most_fen), row.ended_ms is None and not is_busy)


def _page(
    request: BrandRequest, campaign_id: int, segment_id: int, refused: GuanxiError | None = None
) -> HttpResponse:
    row, brand = campaigns.find(request.brand.pk, campaign_id), request.brand
    known = segments.segments(brand)
    looked = None
    if any(one.id == segment_id for one in known):
        try:
            looked = giving.preview(brand, campaign_id, segment_id)
        except GuanxiError as error:
            refused = refused or speaking(error)
    context: dict[str, Any] = {
        "row": row,
        "name": said.name_of(row),
        "worth": said.worth(row, brand),
        "segments": [(one.id, one.name, number(one.size)) for one in known],
        "chosen": segment_id,
        "looked": looked,
        "lines": _said(brand, looked) if looked else [],
        "refused": refused,
        "key": secrets.token_urlsafe(12),
    }
    status = refused.http_status if refused and request.method == "POST" else 200
    return render(request, "loyalty/coupon_give.html", context, status=status)


def _said(brand: Brand, looked: giving.Preview) -> list[tuple[str, str]]:
    found = [(_("In the segment"), number(looked.size)), (_("Would get a coupon"), number(looked.people))]
    if looked.full:
        found.append((_("Have as many as one may"), number(looked.full)))
    if looked.short:
        found.append((_("Would go without, since the stock ends"), number(looked.short)))
    return [*found, (_("Costs at the most"), _most(brand, looked.most_fen))]


def _most(brand: Brand, fen: int | None) -> str:
    return _("no bound: the campaign has no cap") if fen is None else money(fen, brand.currency)


def _whole(text: str) -> int:
    told = text.strip()
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 16 else 0
