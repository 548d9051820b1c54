"""The designer: the programme on the left, on the right who would be in which tier today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.kernel.errors import Conflict, GuanxiError
from guanxi.loyalty.tiers import queries, said, services
from guanxi.loyalty.tiers.console.draft import EXAMPLE, Draft
from guanxi.loyalty.tiers.contracts import MOST_PLANS, MOST_TIERS, MOST_WAYS, Programme
from guanxi.loyalty.tiers.forecast import Forecast, forecast
from guanxi.loyalty.tiers.parsing import COLOURS, OWN_KINDS, dump_programme
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.language import speaking
from guanxi.platform.models import Brand
from guanxi.platform.roles import Permission
from guanxi.touchpoints.kinds import KINDS
from guanxi.ui import figures


@dataclass(frozen=True, slots=True)
class Shown:
    """A line of the effect, written."""

    name: str
    now: str
    would: str
    share: str
    extra: str
    cost: str


@permission_required(Permission.PROGRAMME_MANAGE)
@require_GET
def edit(request: BrandRequest) -> HttpResponse:
    force = queries.in_force(request.brand.pk)
    if force is not None:
        draft = Draft.from_definition(dump_programme(force.programme), force.version)
    else:
        draft = Draft.from_definition(EXAMPLE, 0)
    return _page(request, draft)


@permission_required(Permission.PROGRAMME_MANAGE)
@require_POST
def draw(request: BrandRequest) -> HttpResponse:
    """The form again after a button or a field: with a script the part that changes, else the whole page."""
    draft = Draft.from_form(request.POST)
    draft.act(request.POST.get("do", ""))
    return _page(request, draft)


@permission_required(Permission.PROGRAMME_MANAGE)
@require_POST
def preview(request: BrandRequest) -> HttpResponse:
    """Who would be in which tier."""
    context: dict[str, Any] = {"problem": None, "found": None}
    try:
        programme = services.checked(request.brand.pk, Draft.from_form(request.POST).definition())
        found = forecast(request.brand, programme)
    except GuanxiError as error:
        context["problem"] = speaking(error)
    else:
        context |= {"found": found, **_written(request.brand, programme, found)}
    return render(request, "loyalty/tiers_effect.html", context)


@permission_required(Permission.PROGRAMME_MANAGE)
@require_POST
def save(request: BrandRequest) -> HttpResponse:
    """Put the programme where nobody else did since it was read."""
    draft = Draft.from_form(request.POST)
    try:
        services.put(request.brand, draft.definition(), draft.version, actor=request.actor)
    except Conflict as error:
        force = queries.in_force(request.brand.pk)
        draft.version = force.version if force else 0  # what is written here may be saved over it
        return _page(request, draft, speaking(error), status=409)
    except GuanxiError as error:
        return _page(request, draft, speaking(error), status=422)
    messages.success(
        request, _("The tiers are saved. Where everybody stands is being worked out; you may leave.")
    )
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = reverse("tiers")
        return response
    return redirect("tiers")


def _written(brand: Brand, programme: Programme, found: Forecast) -> dict[str, Any]:
    price, lines = found.point_price_fen, []
    for line in found.lines:
        extra = found.scaled(line.extra_points)
        cost = None if price is None else extra * price
        lines.append(
            Shown(
                said.name_of(line.tier),
                figures.number(found.scaled(line.now)),
                figures.number(found.scaled(line.would)),
                figures.share(line.would / found.looked if found.looked else None),
                figures.number(extra) if extra else "",
                figures.compact_money(cost, brand.currency) if extra else "",
            )
        )
    rise, fall = found.scaled(found.rise), found.scaled(found.fall)
    told = {"rise": figures.number(rise), "fall": figures.number(fall)}
    return {
        "lines": lines,
        "brief": _("%(rise)s would rise, %(fall)s would fall") % told,
        "sampled": found.looked < found.total,
        "has_price": price is not None,
        "kept": said.kept(programme),
    }


def _page(
    request: BrandRequest, draft: Draft, problem: GuanxiError | None = None, status: int = 200
) -> HttpResponse:
    kinds = [(kind.name, said.kind_name(kind.name)) for kind in KINDS if kind.name not in OWN_KINDS]
    context = {
        "draft": draft,
        "problem": problem,
        "colours": [(colour, _colour(colour)) for colour in COLOURS],
        "ways": [
            ("spend", _("Money spent, less refunds")),
            ("asset", _("Units earned of an asset")),
            ("facts", _("Things they did")),
        ],
        "windows": [
            ("days", _("in the last days")),
            ("year", _("this calendar year")),
            ("ever", _("in all")),
        ],
        "assets": sorted(said.asset_names(request.brand).items()),
        "kinds": sorted(kinds, key=lambda one: one[1]),
        "keeps": [
            ("", _("As long as it is reached")),
            ("days", _("For so many days")),
            ("years", _("To the end of the calendar year, so many years on")),
        ],
        "downgrades": [(one.value, str(label)) for one, label in said.DOWNGRADES.items()],
        "refunds": [(one.value, str(label)) for one, label in said.REFUNDS.items()],
        "upper": [(one["code"], one["name_zh"] or one["name_en"] or one["code"]) for one in draft.tiers[1:]],
        "may_add_tier": len(draft.tiers) < MOST_TIERS,
        "may_add_plan": len(draft.plans) < MOST_PLANS and len(draft.tiers) > 1,
        "most_ways": MOST_WAYS,
    }
    partial = bool(request.headers.get("HX-Request"))
    template = "loyalty/tiers_editor_body.html" if partial else "loyalty/tiers_editor.html"
    return render(request, template, context, status=status)


def _colour(colour: str) -> str:
    names = {
        "grey": _("Grey"),
        "bronze": _("Bronze"),
        "silver": _("Silver"),
        "gold": _("Gold"),
        "platinum": _("Platinum"),
        "black": _("Black"),
        "red": _("Red"),
        "green": _("Green"),
        "blue": _("Blue"),
        "purple": _("Purple"),
    }
    return names[colour]
