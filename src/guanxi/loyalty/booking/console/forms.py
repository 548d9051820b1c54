"""The form of a service."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guanxi.loyalty import audience
from guanxi.loyalty.booking import plans
from guanxi.loyalty.booking.contracts import KIND_NAMES, Kind, Wanted
from guanxi.loyalty.console.shown import name_of
from guanxi.loyalty.ledger import assets
from guanxi.platform.language import spoken
from guanxi.platform.models import Brand

_PLAN_HELP = _(
    "A line for each time: “1-5 10:00-18:00 2” is Monday to Friday, 2 seats each; “2026-12-25 closed” is a "
    "day off. “@HZ1” begins the times of the store HZ1; lines before it are at home or online."
)


class ServiceForm(forms.Form):
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=80)
    name_en = forms.CharField(label=_("Name in English"), max_length=80, required=False)
    kind = forms.ChoiceField(label=_("Where members find it"))
    text_zh = forms.CharField(
        label=_("What it is, in Chinese"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea({"rows": 3}),
    )
    text_en = forms.CharField(
        label=_("What it is, in English"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea({"rows": 3}),
    )
    minutes = forms.IntegerField(label=_("Minutes"), initial=30, min_value=1, max_value=1_440)
    plan = forms.CharField(
        label=_("When and where"),
        required=False,
        max_length=40_000,
        help_text=_PLAN_HELP,
        widget=forms.Textarea({"rows": 6, "class": "mono", "spellcheck": "false"}),
    )
    asset = forms.ChoiceField(label=_("Paid with"), required=False)
    units = forms.IntegerField(label=_("Price in units"), initial=0, min_value=0, max_value=10**9)
    limit_times = forms.IntegerField(
        label=_("Bookings of a customer, at most"),
        initial=0,
        min_value=0,
        max_value=1_000,
        help_text=_("0 is any number."),
    )
    limit_days = forms.IntegerField(label=_("In so many days"), initial=30, min_value=1, max_value=3_660)
    cancel_hours = forms.IntegerField(
        label=_("Customers may move or call off until so many hours before"),
        initial=2,
        min_value=0,
        max_value=2_160,
    )
    ahead_days = forms.IntegerField(
        label=_("Days ahead that can be booked"), initial=30, min_value=1, max_value=366
    )
    remind_channel = forms.CharField(label=_("Reminder: channel"), required=False, max_length=40)
    remind_template = forms.CharField(
        label=_("Reminder: template"),
        required=False,
        max_length=80,
        help_text=_("It may ask for service, store, date and time. Sent the day before."),
    )
    audience = forms.CharField(
        label=_("Who may book it"),
        required=False,
        max_length=20_000,
        help_text=_("A condition as JSON, as a segment's page shows it. Empty: everybody."),
        widget=forms.Textarea({"rows": 3, "class": "mono", "spellcheck": "false"}),
    )
    open = forms.BooleanField(label=_("Can be booked"), required=False, initial=True)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *given: object, brand: Brand, **more: object) -> None:
        super().__init__(*given, **more)  # type: ignore[arg-type]
        self.brand = brand
        self._choose("kind", [(kind.value, spoken(name)) for kind, name in KIND_NAMES.items()])
        known = [(one.code, name_of(one)) for one in assets.assets(brand.pk)]
        self._choose("asset", [("", str(_("Free of charge"))), *known])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def wanted(self) -> Wanted:
        """Raises Invalid for an audience that is none."""
        given: dict[str, Any] = {
            name: self.cleaned_data[name] for name in Wanted._fields if name != "audience"
        }
        given["kind"] = Kind(given["kind"])
        return Wanted(**given, audience=audience.read(self.brand.pk, self.cleaned_data["audience"]))

    def plan_of(self) -> dict[str, str]:
        return plans.sections(self.cleaned_data["plan"])
