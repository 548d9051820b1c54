"""The page of what is assumed about margins and waiting."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.economics import assumptions
from guanxi.economics.assumptions import PER_MILLE, Assumptions
from guanxi.kernel.errors import GuanxiError
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.language import speaking
from guanxi.platform.roles import Permission
from guanxi.ui import figures

PERCENT = PER_MILLE // 100


class AssumptionsForm(forms.Form):
    margin = forms.DecimalField(
        label=_("Margin, in percent"),
        min_value=-100,
        max_value=100,
        max_digits=4,
        decimal_places=1,
        help_text=_("What is left of an order after goods, delivery and commission: 55 of 100."),
    )
    categories = forms.CharField(
        label=_("Margins of categories"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 5, "placeholder": "护肤,62.5"}),
        help_text=_("One a line: the category as orders name it, then its margin in percent."),
    )
    discount = forms.DecimalField(
        label=_("Discount a year, in percent"),
        min_value=0,
        max_value=100,
        max_digits=4,
        decimal_places=1,
        help_text=_("What a year's waiting costs: with 10, 110 in a year is worth 100 today."),
    )

    @staticmethod
    def of(now: Assumptions) -> dict[str, Any]:
        lines = [f"{name},{share / PERCENT:g}" for name, share in now.by_category.items()]
        return {
            "margin": f"{now.margin_mille / PERCENT:g}",
            "categories": "\n".join(lines),
            "discount": f"{now.discount_mille / PERCENT:g}",
        }

    def clean_categories(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for number, line in enumerate(self.cleaned_data["categories"].splitlines(), 1):
            if not line.strip():
                continue
            name, comma, share = line.replace("，", ",").rpartition(",")
            try:
                found[name.strip()] = round(float(share.strip().rstrip("%")) * PERCENT)
            except (ValueError, OverflowError):
                comma = ""
            if not comma or not name.strip():
                raise forms.ValidationError(
                    _t("Line %(n)s: write the category, a comma and its margin in percent.") % {"n": number}
                )
        return found


@permission_required(Permission.REPORTS_VIEW)
@require_GET
def show(request: BrandRequest) -> HttpResponse:
    return _page(request, AssumptionsForm(initial=AssumptionsForm.of(assumptions.of(request.brand.pk))))


@permission_required(Permission.ECONOMICS_MANAGE)
@require_POST
def choose(request: BrandRequest) -> HttpResponse:
    form = AssumptionsForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            assumptions.choose(
                request.brand.pk,
                margin_mille=round(given["margin"] * PERCENT),
                by_category=given["categories"],
                discount_mille=round(given["discount"] * PERCENT),
                actor=request.actor,
            )
        except GuanxiError as error:
            said = speaking(error)
            field = str(said.data.get("field"))
            form.add_error(field if field in form.fields else None, str(said))
        else:
            messages.success(request, _t("Saved. Reports are computed with it from now on."))
            return redirect("assumptions")
    return _page(request, form)


def _page(request: BrandRequest, form: AssumptionsForm) -> HttpResponse:
    brand = request.brand
    now = assumptions.of(brand.pk)
    history = [
        (
            figures.exact(one.at_ms, brand.timezone),
            figures.share(one.margin_mille / PER_MILLE),
            len(one.by_category),
            figures.share(one.discount_yearly),
            one.actor,
        )
        for one in assumptions.history(brand.pk)
    ]
    shown = {
        "form": form,
        "now": now,
        "history": history,
        "may_choose": request.actor.may(Permission.ECONOMICS_MANAGE),
        "margin": figures.share(now.margin_mille / PER_MILLE),
        "discount": figures.share(now.discount_yearly),
        "categories": [(name, figures.share(share / PER_MILLE)) for name, share in now.by_category.items()],
    }
    return render(request, "economics/assumptions.html", shown, status=422 if form.errors else 200)
