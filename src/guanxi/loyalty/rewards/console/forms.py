"""The form of a reward, and what it says as a reward is to be."""

from __future__ import annotations

from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.kernel.clock import to_datetime, to_ms
from guanxi.loyalty.console.shown import name_of
from guanxi.loyalty.ledger import assets
from guanxi.loyalty.rewards.contracts import DELIVERIES, FULFILMENTS, MOST_FEN, Price, Wanted
from guanxi.loyalty.rewards.models import Reward
from guanxi.loyalty.rewards.rules import prices_of
from guanxi.messaging import queries as messages
from guanxi.platform.language import spoken
from guanxi.platform.models import Brand
from guanxi.segments import queries as segments
from guanxi.segments.definitions import IN_SEGMENT

ROWS: Final = 3  # of prices in the form
_LATE: Final = 2**31 - 1


class RewardForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=60, help_text=gettext_lazy("For rules and programs. It stays.")
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"))
    name = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=80)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=80, required=False)
    text = forms.CharField(
        label=gettext_lazy("Text in Chinese"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
    text_en = forms.CharField(
        label=gettext_lazy("Text in English"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
    segment = forms.ChoiceField(label=gettext_lazy("For whom"), required=False)
    opens = forms.DateTimeField(label=gettext_lazy("Opens"), required=False)
    closes = forms.DateTimeField(label=gettext_lazy("Closes"), required=False)
    early_segment = forms.ChoiceField(label=gettext_lazy("Early access for"), required=False)
    early = forms.DateTimeField(label=gettext_lazy("Early access from"), required=False)
    stocked = forms.BooleanField(label=gettext_lazy("Pieces are counted"), required=False, initial=True)
    per_customer = forms.IntegerField(
        label=gettext_lazy("Most for each member"),
        min_value=1,
        max_value=1_000,
        required=False,
        help_text=gettext_lazy("Empty: any number; of a sample one."),
    )
    per_household = forms.IntegerField(
        label=gettext_lazy("Most for each household"),
        min_value=1,
        max_value=1_000,
        required=False,
        help_text=gettext_lazy("A household is a member and those linked as family."),
    )
    deliveries = forms.MultipleChoiceField(
        label=gettext_lazy("How it comes"), widget=forms.CheckboxSelectMultiple
    )
    pay_minutes = forms.IntegerField(
        label=gettext_lazy("Minutes to pay"), min_value=5, max_value=2_880, initial=30
    )
    keep_days = forms.IntegerField(
        label=gettext_lazy("Days it is kept for collecting"),
        min_value=1,
        max_value=365,
        required=False,
        initial=30,
        help_text=gettext_lazy("Empty: for ever."),
    )
    review_days = forms.IntegerField(
        label=gettext_lazy("Days until an opinion is asked for"), min_value=1, max_value=60, required=False
    )
    review = forms.ChoiceField(label=gettext_lazy("Message that asks for it"), required=False)
    cost_fen = forms.IntegerField(
        label=gettext_lazy("What a piece costs the brand, in fen"),
        min_value=0,
        max_value=MOST_FEN,
        required=False,
    )
    place = forms.IntegerField(
        label=gettext_lazy("Place in the catalogue"), min_value=0, max_value=10_000, initial=100
    )
    version = forms.IntegerField(widget=forms.HiddenInput, initial=0, min_value=0, max_value=_LATE)

    def __init__(self, brand: Brand, *given: Any, row: Reward | None = None, **more: Any) -> None:
        super().__init__(*given, **more)
        self.brand, self.row = brand, row
        known = [("", "—"), *((one.code, name_of(one)) for one in assets.assets(brand.pk))]
        for number in range(ROWS):
            self.fields[f"asset{number}"] = forms.ChoiceField(label=_("Asset"), choices=known, required=False)
            self.fields[f"units{number}"] = forms.IntegerField(
                label=_("Units"), min_value=0, max_value=10**9, required=False
            )
            self.fields[f"fen{number}"] = forms.IntegerField(
                label=_("Money, in fen"), min_value=0, max_value=MOST_FEN, required=False
            )
        self._choose_of_kinds()
        for name in ("opens", "closes", "early"):
            self.fields[name].widget = forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M")
        self._choose()
        if row is not None:
            del self.fields["code"], self.fields["kind"]

    def _choose(self) -> None:
        people = [("", _("Everybody"))]
        people += [(str(one.id), one.name) for one in segments.segments(self.brand)]
        told = [("", _("No message"))]
        told += [
            (f"{one.channel} {one.name}", f"{one.name} ({one.channel})")
            for one in messages.templates(self.brand.pk)
        ]
        choices = {
            "kind": [(one.name, spoken(one.label)) for one in FULFILMENTS],
            "segment": self._with_own(people, "condition"),
            "early_segment": self._with_own([("", _("Nobody")), *people[1:]], "early_condition"),
            "deliveries": [(one.value, spoken(label)) for one, label in DELIVERIES.items()],
            "review": told,
        }
        for name, found in choices.items():
            chosen = self.fields[name]
            assert isinstance(chosen, forms.ChoiceField)
            chosen.choices = found

    def _choose_of_kinds(self) -> None:
        """What a kind of reward wants to be told; one that is there can stay, also where it is offered no
        more."""
        for kind in FULFILMENTS:
            if kind.choice is None or (self.row is not None and self.row.kind != kind.name):
                continue
            known = [("", "—"), *kind.choice.options(self.brand.pk)]
            now = str(self.row.settings.get(kind.choice.name, "")) if self.row else ""
            if now not in dict(known):
                known.append((now, now))
            self.fields[f"of_{kind.name}"] = forms.ChoiceField(
                label=spoken(kind.choice.label),
                choices=known,
                required=False,
                initial=now,
                help_text=_("For the kind “%(kind)s”.") % {"kind": spoken(kind.label)},
            )

    def of_kinds(self) -> list[Any]:
        """The fields of kinds, as the page shows them."""
        return [self[name] for name in self.fields if name.startswith("of_")]

    def _settings(self, kind: str) -> dict[str, Any]:
        settings = dict(self.row.settings) if self.row else {}
        known = FULFILMENTS.get(kind)
        if known is not None and known.choice is not None:
            settings[known.choice.name] = self.cleaned_data[f"of_{kind}"]
        return settings

    def _with_own(self, people: list[tuple[str, str]], name: str) -> list[tuple[str, str]]:
        """A condition that is more than a segment, made by a program, can be kept as it is."""
        data = None if self.row is None else getattr(self.row, name)
        if data is None or _segment_of(data):
            return people
        return [*people, ("own", _("The condition that is there"))]

    def prices(self) -> list[Price]:
        told = self.cleaned_data
        rows = [(told[f"asset{n}"], told[f"units{n}"] or 0, told[f"fen{n}"] or 0) for n in range(ROWS)]
        return [Price(asset if units else "", units, fen) for asset, units, fen in rows if units or fen]

    def price_rows(self) -> list[list[Any]]:
        return [[self[f"{name}{number}"] for name in ("asset", "units", "fen")] for number in range(ROWS)]

    def wanted(self) -> Wanted:
        told, zone, row = self.cleaned_data, ZoneInfo(self.brand.timezone), self.row
        moments: dict[str, Any] = {
            f"{name}_ms": None if told[name] is None else to_ms(told[name].replace(tzinfo=None), zone)
            for name in ("opens", "closes", "early")
        }
        channel, _space, template = told["review"].partition(" ")
        plain = ("name", "name_en", "text", "text_en", "stocked", "per_customer", "per_household")
        more = ("deliveries", "pay_minutes", "keep_days", "review_days", "cost_fen", "place")
        return Wanted(
            row.code if row else told["code"].strip(),
            row.kind if row else told["kind"],
            **{name: told[name] for name in (*plain, *more)},
            prices=self.prices(),
            condition=self._condition(told["segment"], "condition"),
            early_condition=self._condition(told["early_segment"], "early_condition"),
            review_channel=channel,
            review_template=template,
            settings=self._settings(row.kind if row else told["kind"]),
            **moments,
        )

    def _condition(self, chosen: str, name: str) -> Any:
        if chosen == "own" and self.row is not None:
            return getattr(self.row, name)
        return {"version": 1, "leaf": IN_SEGMENT, "segment": int(chosen)} if chosen else None


def initial_of(brand: Brand, row: Reward) -> dict[str, Any]:
    """What the form of a reward begins with."""
    zone = ZoneInfo(brand.timezone)
    names = ("name", "name_en", "text", "text_en", "stocked", "per_customer", "per_household", "deliveries")
    more = ("pay_minutes", "keep_days", "review_days", "cost_fen", "place", "version")
    told: dict[str, Any] = {name: getattr(row, name) for name in (*names, *more)}
    for name in ("opens", "closes", "early"):
        at_ms = getattr(row, f"{name}_ms")
        told[name] = None if at_ms is None else to_datetime(at_ms, zone).replace(tzinfo=None)
    told["review"] = f"{row.review_channel} {row.review_template}".strip()
    told["segment"] = _chosen(row.condition)
    told["early_segment"] = _chosen(row.early_condition)
    for number, one in enumerate(prices_of(row.prices)[:ROWS]):
        told |= {f"asset{number}": one.asset, f"units{number}": one.units, f"fen{number}": one.fen}
    return told


def _chosen(data: Any) -> str:
    return "" if data is None else _segment_of(data) or "own"


def _segment_of(data: Any) -> str:
    """The segment that a condition is, and nothing else; "" for other conditions."""
    plain = orjson.loads(orjson.dumps(data))
    if plain.get("leaf") != IN_SEGMENT or set(plain) - {"version", "leaf", "segment"}:
        return ""
    return str(plain["segment"])
