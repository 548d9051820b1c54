"""Forms of tags, preferences and stores."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, ClassVar, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from guanxi.customers.answers import TEXT_CHARS, FieldType, spoken
from guanxi.customers.preferences import Answer, Definition
from guanxi.customers.tag_dictionary import Origin
from guanxi.kernel.errors import GuanxiError
from guanxi.platform.language import speaking

CHOICE_TYPES: Final = frozenset((FieldType.CHOICE.value, FieldType.CHOICES.value))


def refused(form: forms.Form, error: GuanxiError) -> None:
    """Put what a service said beside the field that it is about, else above the form."""
    said = speaking(error)
    field = said.data.get("field")
    form.add_error(str(field) if field in form.fields else None, str(said))


class TagForm(forms.Form):
    ORIGINS: ClassVar = [
        (Origin.HAND.value, _("People")),
        (Origin.RULE.value, _("A rule")),
        (Origin.IMPORT.value, _("Files")),
    ]
    name = forms.CharField(
        label=_("Name of the tag"),
        max_length=60,
        help_text=_("What files and conditions call it. It cannot be changed."),
    )
    label = forms.CharField(label=_("Shown as"), max_length=60, required=False)
    description = forms.CharField(label=_("Meaning"), max_length=300, required=False)
    owner = forms.CharField(label=_("Who answers for it"), max_length=80, required=False)
    origin = forms.ChoiceField(label=_("Kept by"), choices=ORIGINS)
    archived = forms.BooleanField(label=_("Out of use"), required=False)

    def details(self) -> dict[str, Any]:
        return {**self.cleaned_data, "origin": Origin(self.cleaned_data["origin"])}


class FieldForm(forms.Form):
    TYPES: ClassVar = [
        (FieldType.CHOICE.value, _("One of a list")),
        (FieldType.CHOICES.value, _("Some of a list")),
        (FieldType.TEXT.value, _("Text")),
        (FieldType.NUMBER.value, _("Number")),
        (FieldType.DATE.value, _("Date")),
        (FieldType.BOOLEAN.value, _("Yes or no")),
    ]
    name = forms.CharField(
        label=_("Name of the field"),
        max_length=60,
        help_text=_("Small letters, digits and _. It cannot be changed."),
    )
    type = forms.ChoiceField(label=_("Type"), choices=TYPES)
    label_zh = forms.CharField(label=_("Question in Chinese"), max_length=60)
    label_en = forms.CharField(label=_("Question in English"), max_length=60)
    purpose = forms.CharField(
        label=_("Purpose"), max_length=300, help_text=_("What the answer is for, as customers are told.")
    )
    choices = forms.CharField(
        label=_("Choices"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "placeholder": "oily,油性,Oily"}),
        help_text=_("One a line: name, Chinese, English."),
    )
    personal = forms.BooleanField(
        label=_("The answer is personal (name, number, address, health)"), required=False
    )
    archived = forms.BooleanField(label=_("Out of use"), required=False)

    @staticmethod
    def of(field: Definition | None) -> dict[str, object]:
        """The form's contents for a field that is to be changed."""
        if field is None:
            return {}
        return {**field._asdict(), "choices": "\n".join(",".join(choice) for choice in field.choices)}


def choices_of(text: str) -> list[dict[str, str]]:
    """The lines of the form as the service takes them."""
    lines = [line.replace("，", ",").split(",") for line in text.splitlines() if line.strip()]
    keys = ("name", "zh", "en")
    return [dict(zip(keys, (cell.strip() for cell in line), strict=False)) for line in lines]


class StoresForm(forms.Form):
    what = forms.ChoiceField(
        label=_("Rows of"),
        choices=[("stores", _("Stores")), ("cities", _("Cities: the brand's own tiers and climate zones"))],
    )
    rows = forms.CharField(
        label=_("Rows, with their header"),
        required=False,
        max_length=500_000,
        widget=forms.Textarea(attrs={"rows": 6, "placeholder": "code,name,city,longitude,latitude,open"}),
        help_text=_(
            "Copied from a sheet. Stores: code, name, city or adcode, longitude, latitude, open. Cities: "
            "city or adcode, tier (1, new_1, 2, 3, 4), climate; they replace those given before."
        ),
    )


class AnswersForm(forms.Form):
    """A question for each preference field, with what is known."""

    def __init__(
        self,
        definitions: Collection[Definition],
        known: Mapping[int, Answer],
        data: Any = None,
        *,
        chinese: bool,
    ) -> None:
        super().__init__(data)
        self._known: dict[str, object] = {}
        for field in definitions:
            text = known[field.id].text if field.id in known else ""
            self._known[field.name] = spoken(field.type, text)
            self.fields[field.name] = _question(field, text, chinese=chinese)

    def changed_answers(self) -> dict[str, object]:
        """Only what differs from what is known: an answer that was left alone is no new statement."""
        return {
            name: value or None
            for name, value in self.cleaned_data.items()
            if _plain(value) != _plain(self._known[name])
        }


def _plain(value: object) -> object:
    """Answers as the form sends them."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return sorted(value) if isinstance(value, list) and value else "" if value == [] else str(value)


def _question(field: Definition, text: str, *, chinese: bool) -> forms.Field:
    common: dict[str, Any] = {
        "label": field.label(chinese=chinese),
        "required": False,
        "help_text": field.purpose,
    }
    names = [(choice.name, choice.zh if chinese else choice.en) for choice in field.choices]
    match field.type:
        case FieldType.CHOICE:
            return forms.ChoiceField(choices=[("", "—"), *names], initial=text, **common)
        case FieldType.CHOICES:
            ticks = forms.CheckboxSelectMultiple()
            chosen = text.strip("|").split("|")
            return forms.MultipleChoiceField(choices=names, initial=chosen, widget=ticks, **common)
        case FieldType.BOOLEAN:
            options = [("", "—"), ("true", _("Yes")), ("false", _("No"))]
            return forms.ChoiceField(choices=options, initial=text, **common)
        case FieldType.DATE:
            widget = forms.TextInput(attrs={"type": "date"})
            return forms.CharField(max_length=10, initial=text, widget=widget, **common)
        case FieldType.NUMBER:
            widget = forms.TextInput(attrs={"inputmode": "decimal"})
            return forms.CharField(max_length=20, initial=text, widget=widget, **common)
        case FieldType.TEXT:
            return forms.CharField(max_length=TEXT_CHARS, initial=text, **common)
