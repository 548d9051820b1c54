"""The form of an asset: made once, changed by whoever read what is there."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from guanxi.kernel.errors import Conflict, GuanxiError
from guanxi.loyalty.console.shown import name_of
from guanxi.loyalty.ledger import assets
from guanxi.loyalty.ledger.assets import LONGEST_NAME, MOST_DAYS, MOST_PRICE_FEN, USUAL_BY_HAND, AssetRow
from guanxi.loyalty.ledger.contracts import MOST_UNITS
from guanxi.loyalty.ledger.words import ASSET_KINDS
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.language import speaking, spoken
from guanxi.platform.roles import Permission


class AssetForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=60,
        help_text=gettext_lazy("For rules and programs, such as points or coupon.spring. It stays."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"))
    name = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=LONGEST_NAME, required=False)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=LONGEST_NAME, required=False)
    unit_price_fen = forms.IntegerField(
        label=gettext_lazy("What one unit costs the brand, in fen"),
        min_value=0,
        max_value=MOST_PRICE_FEN,
        required=False,
        help_text=gettext_lazy("Says what all that customers hold is worth. Empty: not known."),
    )
    lasts_days = forms.IntegerField(
        label=gettext_lazy("Days until units given by hand expire"),
        min_value=1,
        max_value=MOST_DAYS,
        required=False,
        help_text=gettext_lazy("Empty: never."),
    )
    most_by_hand = forms.IntegerField(
        label=gettext_lazy("Most units of one adjustment by hand"),
        min_value=0,
        max_value=MOST_UNITS,
        initial=USUAL_BY_HAND,
        help_text=gettext_lazy("0: none. Store credit is counted in fen: 10000 are ¥100."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, initial=1, min_value=1, max_value=(1 << 31) - 1)

    def __init__(self, *given: object, known: AssetRow | None = None, **more: object) -> None:
        super().__init__(*given, **more)  # type: ignore[arg-type]
        kinds = self.fields["kind"]
        assert isinstance(kinds, forms.ChoiceField)
        kinds.choices = [(name, spoken(label)) for name, label in ASSET_KINDS.items()]
        if known is not None:
            del self.fields["code"], self.fields["kind"]

    def wanted(self, known: AssetRow | None = None) -> AssetRow:
        given = self.cleaned_data
        base = known or AssetRow(0, given["code"].strip(), given["kind"])
        return base._replace(
            name=given["name"],
            name_en=given["name_en"],
            unit_price_fen=given["unit_price_fen"],
            lasts_days=given["lasts_days"],
            most_by_hand=given["most_by_hand"],
            version=given["version"],
        )


@permission_required(Permission.LEDGER_DEFINE)
@require_GET
def new(request: BrandRequest) -> HttpResponse:
    return _page(request, AssetForm())


@permission_required(Permission.LEDGER_DEFINE)
@require_POST
def create(request: BrandRequest) -> HttpResponse:
    form = AssetForm(request.POST)
    if form.is_valid():
        try:
            made = assets.create(request.brand.pk, form.wanted(), actor=request.actor)
        except GuanxiError as error:
            _blame(form, error)
        else:
            messages.success(request, _("The asset is there. Rules and programs can post it by its code."))
            return redirect("ledger-asset", made.code)
    return _page(request, form, status=422)


@permission_required(Permission.LEDGER_DEFINE)
@require_GET
def edit(request: BrandRequest, code: str) -> HttpResponse:
    known = assets.find(request.brand.pk, code)
    return _page(request, AssetForm(initial=known._asdict(), known=known), known)


@permission_required(Permission.LEDGER_DEFINE)
@require_POST
def save(request: BrandRequest, code: str) -> HttpResponse:
    known = assets.find(request.brand.pk, code)
    form = AssetForm(request.POST, known=known)
    status = 422
    if form.is_valid():
        try:
            assets.change(request.brand.pk, form.wanted(known), actor=request.actor)
        except Conflict as error:
            # What was typed stays; saving it again is a choice made knowingly.
            status, said = 409, speaking(error)
            form = AssetForm({**request.POST.dict(), "version": str(known.version)}, known=known)
            form.add_error(None, f"{said.message} {said.remedy}")
        except GuanxiError as error:
            _blame(form, error)
        else:
            messages.success(request, _("The asset is saved."))
            return redirect("ledger-asset", code)
    return _page(request, form, known, status=status)


def _blame(form: AssetForm, error: GuanxiError) -> None:
    said = speaking(error)
    field = str(said.data.get("field"))
    form.add_error(field if field in form.fields else None, f"{said.message} {said.remedy}".strip())


def _page(
    request: BrandRequest, form: AssetForm, known: AssetRow | None = None, *, status: int = 200
) -> HttpResponse:
    back = reverse("ledger-asset", args=[known.code]) if known else reverse("ledger")
    url = reverse("ledger-asset-save", args=[known.code]) if known else reverse("ledger-asset-create")
    title = _("Change %(name)s") % {"name": name_of(known)} if known else _("New asset")
    context = {"form": form, "title": title, "url": url, "back": back}
    return render(request, "loyalty/asset_form.html", context, status=status)
