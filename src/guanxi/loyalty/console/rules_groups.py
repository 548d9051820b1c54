"""Groups of rules: how their rules stand to each other for one fact."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.kernel.errors import GuanxiError
from guanxi.loyalty.console.rules_draft import number_of
from guanxi.loyalty.console.rules_labels import MODES
from guanxi.loyalty.rules import queries, services
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.language import speaking
from guanxi.platform.roles import Permission
from guanxi.segments.console.reading import whole


@permission_required(Permission.RULES_VIEW)
@require_GET
def groups(request: BrandRequest) -> HttpResponse:
    return _page(request, {})


@permission_required(Permission.RULES_EDIT)
@require_POST
def save(request: BrandRequest) -> HttpResponse:
    """Make a group, or change one where nobody else did since it was read."""
    form = request.POST.dict()
    name, mode = form.get("name", "").strip(), form.get("mode", "")
    cap = whole(form.get("cap", "").strip()) if mode == "cap" else 0
    try:
        services.set_group(
            request.brand,
            name,
            mode,
            cap=cap if isinstance(cap, int) else -1,
            version=number_of(form, "version"),
            actor=request.actor,
        )
    except GuanxiError as error:
        return _page(request, form, speaking(error))
    messages.success(request, _("The group is saved; it holds from the next fact on."))
    return redirect("rule-groups")


def _page(request: BrandRequest, form: dict[str, Any], refused: GuanxiError | None = None) -> HttpResponse:
    rows = queries.groups(request.brand.pk)
    context = {
        "groups": [(row, *(str(word) for word in MODES[row.mode])) for row in rows],
        "modes": [(mode, str(label), str(doc)) for mode, (label, doc) in MODES.items()],
        "form": form,
        "refused": refused,
        "may_edit": request.actor.may(Permission.RULES_EDIT),
    }
    return render(
        request, "loyalty/rules_groups.html", context, status=refused.http_status if refused else 200
    )
