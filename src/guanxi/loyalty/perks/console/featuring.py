"""Featured members in the console: who was asked, what they said, and asking somebody."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.console.faces import faces
from guanxi.customers.lookup import customer_ids_of
from guanxi.kernel.errors import GuanxiError
from guanxi.loyalty.perks import recognition
from guanxi.loyalty.perks.recognition import NAMES, State
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.language import speaking, spoken
from guanxi.platform.roles import Permission
from guanxi.ui.parts import Badge


class FeatureForm(forms.Form):
    customer = forms.IntegerField(
        label=gettext_lazy("Customer's number"), min_value=1, max_value=(1 << 63) - 1
    )
    words_zh = forms.CharField(
        label=gettext_lazy("What the member is thanked for, in Chinese"), max_length=200
    )
    words_en = forms.CharField(label=gettext_lazy("In English"), max_length=200, required=False)
    since = forms.DateField(
        label=gettext_lazy("From day"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    until = forms.DateField(
        label=gettext_lazy("Until day"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )


@permission_required(Permission.PROGRAMME_VIEW)
@require_GET
def listed(request: BrandRequest) -> HttpResponse:
    return _page(request, FeatureForm())


@permission_required(Permission.PROGRAMME_MANAGE)
@require_POST
def propose(request: BrandRequest) -> HttpResponse:
    """Ask a member: nothing is shown before they agree."""
    form = FeatureForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    given = dict(form.cleaned_data)
    customer = given.pop("customer")
    try:
        recognition.propose(request.brand, customer, actor=request.actor, **given)
    except GuanxiError as error:
        field = str(error.data.get("field", ""))
        form.add_error(field if field in form.fields else None, str(speaking(error)))
        return _page(request, form, status=error.http_status)
    messages.success(request, _("The member is asked on their card. Nothing is shown before they agree."))
    return redirect("featured")


@permission_required(Permission.PROGRAMME_MANAGE)
@require_POST
def end(request: BrandRequest, featured_id: int) -> HttpResponse:
    recognition.end(request.brand.pk, featured_id, actor=request.actor)
    messages.success(request, _("It is not shown any more."))
    return redirect("featured")


def _page(request: BrandRequest, form: FeatureForm, *, status: int = 200) -> HttpResponse:
    rows = recognition.listed(request.brand.pk)
    owners = customer_ids_of(request.brand.pk, {row.subject_id for row in rows})
    known = faces(request.brand.pk, set(owners.values()))
    shown: list[dict[str, Any]] = []
    for row in rows:
        label, tone = NAMES[State(row.state)]
        customer = owners.get(row.subject_id, 0)
        shown.append(
            {
                "row": row,
                "customer_id": customer,
                "who": known[customer].title if customer in known else _("Nobody any more"),
                "badge": Badge(spoken(label), tone),  # type: ignore[arg-type]
                "open": row.state in (State.PROPOSED, State.SHOWN),
            }
        )
    may_edit = request.actor.may(Permission.PROGRAMME_MANAGE)
    context = {"rows": shown, "form": form, "may_edit": may_edit}
    return render(request, "loyalty/featured.html", context, status=status)
