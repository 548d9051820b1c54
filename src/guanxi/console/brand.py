"""The brand's settings, for its owners."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from guanxi.kernel.errors import Conflict, GuanxiError, Invalid
from guanxi.platform import brand_basis, brand_logo, brand_settings, pictures
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.brand_basis import zones
from guanxi.platform.brand_settings import CONTACT_CHARS, NAME_CHARS, BrandSettings
from guanxi.platform.language import speaking, spoken
from guanxi.platform.models import Brand
from guanxi.platform.roles import Permission
from guanxi.ui.figures import day


class BrandForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name of the brand"), max_length=NAME_CHARS)
    colour = forms.CharField(
        label=gettext_lazy("Colour of customers' pages"),
        required=False,
        max_length=7,
        help_text=gettext_lazy("As #0e766c, dark enough for white text; empty: the house colour."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language for customers who said none"), choices=settings.LANGUAGES
    )
    send_from_hour = forms.IntegerField(
        label=gettext_lazy("Messages go out from hour"), min_value=0, max_value=23
    )
    send_until_hour = forms.IntegerField(
        label=gettext_lazy("Until before hour"),
        min_value=1,
        max_value=24,
        help_text=gettext_lazy(
            "In the brand's time zone. The default, 8 to 21, is the window in which gateways take short "
            "messages; no law sets quiet hours."
        ),
    )
    privacy_contact = forms.CharField(
        label=gettext_lazy("Contact for privacy questions"),
        required=False,
        max_length=CONTACT_CHARS,
        help_text=gettext_lazy("Customers see it beside their rights: an address, a phone or a page."),
    )
    version = forms.IntegerField(min_value=1, max_value=(1 << 31) - 1, widget=forms.HiddenInput)


@permission_required(Permission.BRAND_MANAGE)
@require_GET
def brand(request: BrandRequest) -> HttpResponse:
    return _page(request, _form_of(request.brand))


def _form_of(found: Brand) -> BrandForm:
    return BrandForm(initial={**brand_settings.settings_of(found)._asdict(), "version": found.version})


@permission_required(Permission.BRAND_MANAGE)
@require_POST
def save(request: BrandRequest) -> HttpResponse:
    form = BrandForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    wanted = BrandSettings(*(form.cleaned_data[field] for field in BrandSettings._fields))
    try:
        brand_settings.change(request.brand.pk, form.cleaned_data["version"], wanted, actor=request.actor)
    except Invalid as error:
        form.add_error(str(error.data.get("field") or "name"), str(error))
        return _page(request, form, status=422)
    except Conflict as error:
        now = cast(BrandSettings, error.data["settings"])
        # What was typed stays; saving it again is a choice made knowingly.
        form = BrandForm({**request.POST.dict(), "version": str(error.data["version"])})
        return _page(request, form, refused=str(error), differing=_differing(form, now, wanted), status=409)
    messages.success(request, _("The settings are saved."))
    return redirect("brand")


class BasisForm(forms.Form):
    currency = forms.CharField(
        label=gettext_lazy("Currency"), max_length=3, help_text=gettext_lazy("Its code, such as CNY.")
    )
    timezone = forms.ChoiceField(label=gettext_lazy("Time zone"))
    version = forms.IntegerField(min_value=1, max_value=(1 << 31) - 1, widget=forms.HiddenInput)

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, auto_id="basis_%s", **more)
        cast(forms.ChoiceField, self.fields["timezone"]).choices = [(name, name) for name in zones()]


@permission_required(Permission.BRAND_MANAGE)
@require_POST
def change_basis(request: BrandRequest) -> HttpResponse:
    form = BasisForm(request.POST)
    if not form.is_valid():
        return _page(request, _form_of(request.brand), basis=form, status=422)
    given = form.cleaned_data
    try:
        brand_basis.change(
            request.brand.pk, given["version"], given["currency"], given["timezone"], actor=request.actor
        )
    except Invalid as error:
        form.add_error(str(error.data.get("field") or "currency"), str(error))
        return _page(request, _form_of(request.brand), basis=form, status=422)
    except Conflict as error:
        said = speaking(error)
        return _page(request, _form_of(request.brand), refused=f"{said} {said.remedy}", status=409)
    messages.success(request, _("Currency and time zone are saved."))
    return redirect("brand")


@permission_required(Permission.BRAND_MANAGE)
@require_POST
def keep_logo(request: BrandRequest) -> HttpResponse:
    """No more of the file is read than a logo may have."""
    given = request.FILES.get("logo")
    content = given.read(pictures.MOST_BYTES + 1) if given else b""
    try:
        brand_logo.keep(request.brand.pk, content, actor=request.actor)
    except GuanxiError as error:
        said = speaking(error)
        return _page(
            request, _form_of(request.brand), refused=f"{said} {said.remedy}", status=error.http_status
        )
    messages.success(request, _("The logo is saved."))
    return redirect("brand")


@permission_required(Permission.BRAND_MANAGE)
@require_POST
def remove_logo(request: BrandRequest) -> HttpResponse:
    brand_logo.remove(request.brand.pk, actor=request.actor)
    messages.success(request, _("The logo is removed."))
    return redirect("brand")


def _differing(form: BrandForm, now: BrandSettings, wanted: BrandSettings) -> list[tuple[str, str]]:
    """What is kept now where the form says something else."""
    return [
        (str(form.fields[field].label), str(getattr(now, field)) or "—")
        for field in BrandSettings._fields
        if getattr(now, field) != getattr(wanted, field)
    ]


def _page(
    request: BrandRequest,
    form: BrandForm,
    *,
    refused: str = "",
    differing: list[tuple[str, str]] | None = None,
    basis: BasisForm | None = None,
    status: int = 200,
) -> HttpResponse:
    found = request.brand
    facts = [
        (_("Short name"), found.slug),
        (_("Currency"), found.currency),
        (_("Time zone"), found.timezone),
        (_("Since"), day(found.created_ms, found.timezone)),
    ]
    settled = brand_basis.settled(found.pk)
    now = {"currency": found.currency, "timezone": found.timezone, "version": found.version}
    context = {
        "settled": spoken(settled) if settled else "",
        "basis": None if settled else basis or BasisForm(initial=now),
        "brand": found,
        "most_kb": pictures.MOST_BYTES // 1024,
        "facts": facts,
        "form": form,
        "refused": refused,
        "differing": differing,
    }
    return render(request, "console/brand.html", context, status=status)
