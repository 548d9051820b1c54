"""Tiers on the phone: the part of the card, the page of benefits, and cancelling a membership."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from guanxi.kernel.errors import NotFound
from guanxi.loyalty.member import guards
from guanxi.loyalty.member.contracts import SECTIONS, Member, Section
from guanxi.loyalty.member.guards import member_page
from guanxi.loyalty.tiers import queries, said, services
from guanxi.loyalty.tiers.queries import Customer
from guanxi.ui import figures


def register() -> None:
    """Called once, at start-up."""
    SECTIONS.register(Section("tier", 50, "loyalty/member/tier.html", load))


def load(member: Member) -> Mapping[str, Any] | None:
    """Nothing where the brand has no tiers above the first."""
    found = queries.customer(member.brand, member.customer_id)
    if found is None or len(found.force.programme.tiers) < 2:
        return None
    return _shown(member, found)


def _shown(member: Member, found: Customer) -> dict[str, Any]:
    brand, standing = member.brand, found.standing
    until_ms = standing.until_ms
    return {
        "name": said.name_of(found.tier),
        "tier": found.tier,
        "until": figures.day(until_ms, brand.timezone) if until_ms else "",
        "following": said.name_of(found.following) if found.following else "",
        "progress": [(said.progress(brand, one), one.percent) for one in found.progress],
        "benefits": found.tier.benefits(chinese=member.tongue == "zh"),
    }


@require_safe
@member_page
def benefits(request: HttpRequest, member: Member) -> HttpResponse:
    """Every tier with what it promises and how it is reached, one's own marked; and paid memberships."""
    found = queries.customer(member.brand, member.customer_id)
    brand, chinese = member.brand, member.tongue == "zh"
    programme = found.force.programme if found else None
    names = said.names_of(programme) if programme else {}
    held = found.memberships if found else []
    context = {
        "tiers": [
            {
                "name": said.name_of(tier),
                "tier": tier,
                "mine": found is not None and place == found.standing.place,
                "benefits": tier.benefits(chinese=chinese),
                "ways": [said.way(brand, way) for way in tier.ways],
            }
            for place, tier in enumerate(programme.tiers if programme else ())
        ],
        "kept": said.kept(programme) if programme else "",
        "plans": [
            {
                "name": plan.called(chinese=chinese),
                "price": figures.money(plan.price_fen, brand.currency),
                "days": plan.days,
                "tier": names[plan.tier],
                "renews": plan.renews,
            }
            for plan in (programme.plans if programme else ())
        ],
        "memberships": [
            {
                "code": one.plan.code,
                "name": one.plan.called(chinese=chinese),
                "until": figures.day(one.until_ms, brand.timezone),
                "renews": one.renews,
                "price": figures.money(one.plan.price_fen, brand.currency),
            }
            for one in held
        ],
        "cancelled": request.GET.get("cancelled") == "1",
    }
    return guards.page(member, "loyalty/member/tiers.html", context, here="card")


@require_POST
@member_page
def cancel(request: HttpRequest, member: Member) -> HttpResponse:
    """One press, as buying is. Who has no such membership any more sees the page as it is."""
    try:
        plan = request.POST.get("plan", "")[:30]
        services.cancel(member.brand, member.customer_id, plan, subject_id=member.subject_id)
    except NotFound:
        return HttpResponseRedirect(reverse("member-tiers", args=[member.brand.slug]))
    return HttpResponseRedirect(reverse("member-tiers", args=[member.brand.slug]) + "?cancelled=1")
