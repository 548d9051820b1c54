"""The form of a campaign: money is typed in yuan, days are the brand's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.kernel.clock import to_datetime, to_ms
from guanxi.kernel.errors import GuanxiError
from guanxi.loyalty.coupons.contracts import MOST_FEN
from guanxi.loyalty.coupons.models import CouponCampaign
from guanxi.loyalty.coupons.words import KINDS, STACKING
from guanxi.platform.language import speaking, spoken

_MONEY: Final = ("off_fen", "cap_fen", "minimum_fen")
_LISTS: Final = ("skus", "categories", "stores", "channels")
_PLAIN: Final = (
    *("code", "name", "name_en", "kind", "gift_sku", "stacking", "terms", "terms_en"),
    *("first_order_only", "lasts_days", "per_customer", "generic_code"),
    *("remind_days", "remind_channel", "remind_template"),
)


def _yuan(label: Any, help_text: Any = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        help_text=help_text,
        required=False,
        min_value=0,
        max_value=MOST_FEN // 100,
        decimal_places=2,
    )


def _words(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, required=False, max_length=4_000)


def _many(label: Any, most: int, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=help_text, required=False, min_value=1, max_value=most)


class CampaignForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Campaign code"),
        max_length=40,
        help_text=gettext_lazy("For rules and programs. It stays."),
    )
    name = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=80)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=80, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("What it gives"))
    off_fen = _yuan(gettext_lazy("Amount off, in yuan"), gettext_lazy("Of a gift: what it costs the brand."))
    percent = forms.IntegerField(
        label=gettext_lazy("Percent off"), required=False, min_value=0, max_value=100
    )
    cap_fen = _yuan(
        gettext_lazy("At most, in yuan"), gettext_lazy("Of percent and delivery. Empty: no limit.")
    )
    gift_sku = forms.CharField(label=gettext_lazy("Product code of the gift"), max_length=60, required=False)
    minimum_fen = _yuan(gettext_lazy("From a basket of, in yuan"))
    skus = _words(gettext_lazy("Only these products"), gettext_lazy("Product codes with commas. Empty: all."))
    categories = _words(gettext_lazy("Only these categories"))
    stores = _words(gettext_lazy("Only in these stores"), gettext_lazy("Store codes with commas."))
    channels = _words(gettext_lazy("Only in these channels"))
    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=gettext_lazy("Until, that day included"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    lasts_days = _many(gettext_lazy("Days after it was given"), 3_660)
    first_order_only = forms.BooleanField(label=gettext_lazy("Only for the first order"), required=False)
    per_customer = _many(gettext_lazy("So often for each customer"), 10_000, gettext_lazy("Empty: no limit."))
    stock = _many(
        gettext_lazy("In all"), 10**9, gettext_lazy("Empty: no limit. More can be added later, never less.")
    )
    stacking = forms.ChoiceField(label=gettext_lazy("With other coupons"))
    generic_code = forms.CharField(
        label=gettext_lazy("One code for everybody"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("Such as SPRING50. Empty: each coupon has a code of its own."),
    )
    terms = forms.CharField(
        label=gettext_lazy("Terms in Chinese"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    terms_en = forms.CharField(
        label=gettext_lazy("Terms in English"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    remind_days = _many(gettext_lazy("Remind so many days before it expires"), 90)
    remind_channel = forms.CharField(label=gettext_lazy("Reminder's channel"), max_length=30, required=False)
    remind_template = forms.CharField(
        label=gettext_lazy("Reminder's template"), max_length=60, required=False
    )
    version = forms.IntegerField(widget=forms.HiddenInput, initial=1, min_value=1, max_value=(1 << 31) - 1)

    def __init__(self, *given: object, known: CouponCampaign | None = None, **more: object) -> None:
        super().__init__(*given, **more)  # type: ignore[arg-type]
        for name, words in (("kind", KINDS), ("stacking", STACKING)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [(one.value, spoken(label)) for one, label in words.items()]
        if known is not None:
            del self.fields["code"], self.fields["stock"]

    def wanted(self, zone: str) -> dict[str, Any]:
        """The campaign's fields of a valid form."""
        given = self.cleaned_data
        found: dict[str, Any] = {name: given[name] for name in _PLAIN if name in given}
        found["percent"] = given["percent"] or 0
        for name in _MONEY:
            fen = given[name]
            found[name] = int(fen * 100) if fen is not None else (None if name == "cap_fen" else 0)
        for name in _LISTS:
            told = given[name].replace("，", ",").replace("、", ",").split(",")
            found[name] = [word.strip() for word in told if word.strip()]
        found["since_ms"] = _begins(given["since"], zone)
        found["until_ms"] = _begins(given["until"] and given["until"] + timedelta(days=1), zone)
        if "stock" in given:
            found["limited"] = given["stock"] is not None
        return found

    def blame(self, error: GuanxiError) -> None:
        told = speaking(error)
        field = str(told.data.get("field", "")).removesuffix("_ms")
        self.add_error(field if field in self.fields else None, f"{told.message} {told.remedy}".strip())


def shown(row: CouponCampaign, zone: str) -> Mapping[str, Any]:
    """A campaign as its form shows it."""
    found: dict[str, Any] = {name: getattr(row, name) for name in (*_PLAIN, "percent", "version")}
    for name in _MONEY:
        fen = getattr(row, name)
        found[name] = None if fen is None else f"{fen / 100:.2f}"
    for name in _LISTS:
        found[name] = ", ".join(getattr(row, name))
    found["since"] = row.since_ms and to_datetime(row.since_ms, ZoneInfo(zone)).date()
    found["until"] = row.until_ms and to_datetime(row.until_ms - 1, ZoneInfo(zone)).date()
    return found


def _begins(day: date | None, zone: str) -> int | None:
    return None if day is None else to_ms(datetime.combine(day, time()), ZoneInfo(zone))


def sample_of(text: str) -> int:
    """Fen of the sample basket's first line, as typed in yuan; ¥199 where that is nothing."""
    try:
        yuan = float(text.replace(",", "").strip() or "199")
    except ValueError:
        return 19_900
    return round(yuan * 100) if 0 <= yuan <= 10**8 else 19_900


def no_name() -> str:
    return _("New coupon campaign")
