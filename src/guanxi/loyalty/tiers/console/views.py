"""The programme with who is in which tier, and the part of a customer's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.loyalty.tiers import queries, said
from guanxi.loyalty.tiers.contracts import Programme, Tier
from guanxi.loyalty.tiers.models import TierChange
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.models import Brand
from guanxi.platform.roles import Permission
from guanxi.ui import figures
from guanxi.ui.parts import Empty

MOVES_DAYS = 30


@dataclass(frozen=True, slots=True)
class Line:
    """A tier of the list, its figures as written."""

    name: str
    tier: Tier
    ways: list[str]
    customers: str
    customers_share: str
    revenue: str
    revenue_share: str
    up: str
    down: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A change in a customer's history, written."""

    before: str
    after: str
    up: bool
    why: str
    at_ms: int


@permission_required(Permission.PROGRAMME_VIEW)
@require_GET
def tiers(request: BrandRequest) -> HttpResponse:
    brand = request.brand
    force = queries.in_force(brand.pk)
    may_edit = request.actor.may(Permission.PROGRAMME_MANAGE)
    names = said.names_of(force.programme) if force else {}
    context = {
        "empty": None if force else _none_yet(may_edit=may_edit),
        "lines": _lines(brand, force.programme) if force else [],
        "force": force,
        "kept": said.kept(force.programme) if force else "",
        "downgrade": str(said.DOWNGRADES[force.programme.downgrade]) if force else "",
        "refunds": str(said.REFUNDS[force.programme.refunds]) if force else "",
        "plans": [
            (
                plan.called(chinese=figures.in_chinese()),
                figures.money(plan.price_fen, brand.currency),
                plan.days,
                names[plan.tier],
                plan.renews,
            )
            for plan in (force.programme.plans if force else ())
        ],
        "may_edit": may_edit,
        "days": MOVES_DAYS,
    }
    return render(request, "loyalty/tiers.html", context)


def _lines(brand: Brand, programme: Programme) -> list[Line]:
    moved = queries.moved(brand.pk, MOVES_DAYS)
    lines = []
    for one in reversed(queries.shares(brand.pk, programme)):
        up, down = moved.get(one.tier.code, (0, 0))
        lines.append(
            Line(
                said.name_of(one.tier),
                one.tier,
                [said.way(brand, way) for way in one.tier.ways],
                figures.number(one.customers),
                _share(one.customers_share),
                figures.compact_money(one.revenue_fen, brand.currency),
                _share(one.revenue_share),
                figures.number(up),
                figures.number(down),
            )
        )
    return lines


def _share(thousandths: int | None) -> str:
    return figures.share(None if thousandths is None else thousandths / 1000)


def _none_yet(*, may_edit: bool) -> Empty:
    return Empty(
        _("Say who your best customers are, and what you do for them"),
        _(
            "A tier is reached by what customers spend, earn or do, and kept for a time: silver for ¥1,000 a "
            "year, gold for ¥5,000 or six courses, events and reviews. Before you save you see who would be "
            "in it."
        ),
        "users-group",
        _("Begin with three tiers"),
        reverse("tiers-edit") if may_edit else "",
    )


def panel(request: BrandRequest, customer_id: int, subject_ids: Sequence[int]) -> Mapping[str, object]:
    """What the customer's page shows: the tier, what the next takes, how it came. Nothing without tiers."""
    brand = request.brand
    if not request.actor.may(Permission.PROGRAMME_VIEW):
        return {"shown": False}
    found = queries.customer(brand, customer_id)
    if found is None:
        return {"shown": False}
    names, standing = said.names_of(found.force.programme), found.standing
    return {
        "shown": True,
        "name": said.name_of(found.tier),
        "badge": found.tier.badge,
        "since_ms": standing.since_ms if standing.place else None,
        "until": figures.day(standing.until_ms, brand.timezone) if standing.until_ms else "",
        "following": said.name_of(found.following) if found.following else "",
        "progress": [(said.progress(brand, one), one.percent) for one in found.progress],
        "memberships": [
            (
                one.plan.called(chinese=figures.in_chinese()),
                figures.day(one.until_ms, brand.timezone),
                one.renews,
            )
            for one in found.memberships
        ],
        "moves": [_moved(row, names) for row in queries.history(brand.pk, customer_id, 10)],
    }


def _moved(row: TierChange, names: Mapping[str, str]) -> Moved:
    return Moved(
        names.get(row.before, row.before),
        names.get(row.after, row.after),
        row.up,
        str(said.WHYS.get(row.why, row.why)),
        row.at_ms,
    )
