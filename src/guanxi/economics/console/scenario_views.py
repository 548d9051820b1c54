"""The simulator: levers, what they do, and the scenarios that were saved."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.economics.console import scenarios as pages
from guanxi.economics.scenarios import keeping
from guanxi.kernel.errors import Conflict, Invalid, Limit
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.language import spoken
from guanxi.platform.roles import Permission
from guanxi.ui.figures import moment


@permission_required(Permission.REPORTS_VIEW)
@require_GET
def scenarios(request: BrandRequest) -> HttpResponse:
    """The levers as the address has them, and what was saved."""
    return _page(request, pages.given(request))


@permission_required(Permission.REPORTS_VIEW)
@require_GET
def scenario(request: BrandRequest, scenario_id: int) -> HttpResponse:
    """A saved scenario: its levers, from which one may go on."""
    kept = keeping.one(request.brand.pk, scenario_id)
    return _page(request, pages.of_kept(kept), kept=kept)


@permission_required(Permission.REPORTS_VIEW)
@require_GET
def draw(request: BrandRequest) -> HttpResponse:
    """What the levers do, anew with each movement; the address follows, so that it can be shared."""
    asked = pages.given(request)
    answer = render(request, "economics/scenario_effect.html", _effect(request, asked))
    answer["HX-Replace-Url"] = f"{reverse('scenarios')}?{urlencode(asked)}"
    return answer


@permission_required(Permission.ECONOMICS_MANAGE)
@require_POST
def save(request: BrandRequest) -> HttpResponse:
    asked, name = pages.given(request), request.POST.get("name", "")
    try:
        kept = keeping.save(request.brand.pk, name, asked, actor=request.actor)
    except (Conflict, Invalid, Limit) as refused:
        told = f"{spoken(refused.message)} {spoken(refused.remedy or '')}".strip()
        return _page(request, asked, name=name, refused=told, status=refused.http_status)
    messages.success(request, _("Saved. Whoever may see the brand's reports sees it at this address."))
    return redirect("scenario", kept.id)


@permission_required(Permission.ECONOMICS_MANAGE)
@require_POST
def remove(request: BrandRequest, scenario_id: int) -> HttpResponse:
    gone = keeping.remove(request.brand.pk, scenario_id, actor=request.actor)
    messages.success(request, _("“%(name)s” was taken away.") % {"name": gone.name})
    return redirect("scenarios")


@permission_required(Permission.REPORTS_VIEW)
@require_GET
def compare(request: BrandRequest) -> HttpResponse:
    """Saved scenarios side by side: ?s=1&s=2."""
    ids = [int(text) for text in request.GET.getlist("s") if text.isdigit() and len(text) < 19]
    chosen = keeping.several(request.brand.pk, ids)[: pages.MOST_COMPARED]
    context = {
        "every": keeping.every(request.brand.pk),
        "chosen": [one.id for one in chosen],
        "comparison": pages.compared(request.brand, chosen) if chosen else None,
        "most": pages.MOST_COMPARED,
    }
    return render(request, "economics/scenario_compare.html", context)


def _effect(request: BrandRequest, asked: dict[str, str]) -> dict[str, Any]:
    return {
        "effect": pages.effect(request.brand, asked),
        "may_manage": request.actor.may(Permission.ECONOMICS_MANAGE),
    }


def _page(
    request: BrandRequest,
    asked: dict[str, str],
    *,
    kept: keeping.Kept | None = None,
    name: str = "",
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    zone = request.brand.timezone
    context = {
        "sliders": pages.sliders(request.brand, asked),
        "every": [(one, moment(one.at_ms, zone)) for one in keeping.every(request.brand.pk)],
        "kept": kept,
        "name": name,
        "refused": refused,
        **_effect(request, asked),
    }
    return render(request, "economics/scenarios.html", context, status=status)
