"""Units given and taken by hand: asked for, seen, then done once."""

from __future__ import annotations

import secrets

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from guanxi.kernel.errors import GuanxiError
from guanxi.loyalty.console.shown import IN_MONEY, expiry, known, name_of, read_units, units
from guanxi.loyalty.ledger import adjusting, assets
from guanxi.loyalty.ledger.adjusting import BY_HAND, LONGEST_NOTE, LONGEST_TOKEN, Effect, Wanted
from guanxi.loyalty.ledger.assets import MOST_DAYS, AssetRow
from guanxi.loyalty.ledger.contracts import State
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.language import speaking, spoken
from guanxi.platform.models import Brand
from guanxi.platform.roles import Permission


class AdjustForm(forms.Form):
    customer = forms.IntegerField(
        label=gettext_lazy("Customer's number"), min_value=1, max_value=(1 << 63) - 1
    )
    asset = forms.ChoiceField(label=gettext_lazy("Asset"))
    way = forms.ChoiceField(
        label=gettext_lazy("What to do"),
        choices=[("give", gettext_lazy("Give")), ("take", gettext_lazy("Take"))],
    )
    units = forms.CharField(
        label=gettext_lazy("How many"),
        max_length=20,
        help_text=gettext_lazy("Whole units; store credit as money, such as 12.50."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    lasts_days = forms.IntegerField(
        label=gettext_lazy("Days until they expire"),
        required=False,
        min_value=1,
        max_value=MOST_DAYS,
        help_text=gettext_lazy("Of units that are given. Empty: never."),
    )
    note = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=LONGEST_NOTE,
        help_text=gettext_lazy("It stands in the statement. No names and no phones."),
    )

    def __init__(self, *given: object, choices: list[AssetRow], brand: Brand, **more: object) -> None:
        super().__init__(*given, **more)  # type: ignore[arg-type]
        self.brand, self.known = brand, {one.code: one for one in choices}
        field = self.fields["asset"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one.code, name_of(one)) for one in choices]

    def clean_units(self) -> int:
        asset = self.known.get(self.cleaned_data.get("asset", ""))
        found = read_units(asset, self.brand, self.cleaned_data["units"]) if asset else 1
        if not found:
            raise forms.ValidationError(_("This is no number of units."))
        return found

    def wanted(self) -> Wanted:
        given = self.cleaned_data
        gives = given["way"] == "give"
        return Wanted(
            given["asset"],
            given["customer"],
            given["units"] if gives else -given["units"],
            given["note"],
            given["lasts_days"] if gives else None,
        )


@permission_required(Permission.LEDGER_ADJUST)
@require_GET
def form(request: BrandRequest) -> HttpResponse:
    choices = _choices(request)
    code, customer = request.GET.get("asset", ""), request.GET.get("customer", "")
    chosen = next((one for one in choices if one.code == code), choices[0] if choices else None)
    initial = {
        "asset": chosen.code if chosen else "",
        "customer": int(customer)
        if customer.isascii() and customer.isdecimal() and len(customer) < 19
        else "",
        "way": "take" if request.GET.get("way") == "take" else "give",
        "lasts_days": chosen.lasts_days if chosen else None,
    }
    return _page(request, AdjustForm(initial=initial, choices=choices, brand=request.brand))


@permission_required(Permission.LEDGER_ADJUST)
@require_POST
def preview(request: BrandRequest) -> HttpResponse:
    """What would happen; nothing is done."""
    asked = AdjustForm(request.POST, choices=_choices(request), brand=request.brand)
    if not asked.is_valid():
        return _page(request, asked, status=422)
    try:
        effect = adjusting.preview(request.brand, asked.wanted())
    except GuanxiError as error:
        return _page(request, asked, error=error)
    return _page(request, asked, effect=effect, token=secrets.token_hex(16))


@permission_required(Permission.LEDGER_ADJUST)
@require_POST
def do(request: BrandRequest) -> HttpResponse:
    """Once: the same form sent again does nothing more."""
    asked = AdjustForm(request.POST, choices=_choices(request), brand=request.brand)
    if not asked.is_valid():
        return _page(request, asked, status=422)
    token = request.POST.get("token", "")[: LONGEST_TOKEN + 1]
    try:
        outcome = adjusting.adjust(request.brand, asked.wanted(), token, actor=request.actor)
    except GuanxiError as error:
        return _page(request, asked, error=error)
    if outcome.state is State.REFUSED:
        return _page(request, asked, refused=spoken(outcome.message), status=409)
    if outcome.state is State.EXISTS:
        messages.info(request, _("This was done before. Nothing was done twice."))
    else:
        messages.success(request, _("Done. This is the posting."))
    return redirect("ledger-posting", outcome.posting_id)


def _choices(request: BrandRequest) -> list[AssetRow]:
    return [one for one in assets.assets(request.brand.pk) if one.kind in BY_HAND]


def _page(
    request: BrandRequest,
    asked: AdjustForm,
    *,
    effect: Effect | None = None,
    token: str = "",
    refused: str = "",
    error: GuanxiError | None = None,
    status: int = 200,
) -> HttpResponse:
    if error is not None:
        said, status = speaking(error), error.http_status
        field = str(said.data.get("field"))
        asked.add_error(field if field in asked.fields else None, f"{said.message} {said.remedy}".strip())
    context = {
        "form": asked,
        "refused": refused,
        "effect": _shown(request.brand, effect) if effect else None,
        "hidden": list(request.POST.items()) if effect else [],
        "token": token,
        "may_define": request.actor.may(Permission.LEDGER_DEFINE),
    }
    return render(request, "loyalty/adjust.html", context, status=status)


def _shown(brand: Brand, effect: Effect) -> dict[str, object]:
    """Rows of what there is before and after."""
    asset, before, after = effect.asset, effect.before, effect.after

    def text(number: int) -> str:
        return units(asset, brand, number)

    rows = [
        (_("To spend"), text(before.spendable), text(after.spendable)),
        (_("In wallets"), text(before.posted), text(after.posted)),
        (_("Owed"), text(before.owed), text(after.owed)),
    ]
    face = known(brand, [effect.customer_id]).get(effect.customer_id)
    return {
        "title": face.title if face else str(effect.customer_id),
        "asset": name_of(asset),
        "rows": rows,
        "paid": text(effect.paid) if effect.paid else "",
        "missing": text(effect.missing) if effect.missing else "",
        "expires": expiry(effect.expires_ms, brand) if after.posted > before.posted else "",
        "in_money": asset.kind in IN_MONEY,
        "customer_id": effect.customer_id,
    }
