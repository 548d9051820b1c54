"""The form of a template: what was typed, as a draft, and where something is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from django.http import QueryDict

from guanxi.kernel.clock import to_datetime, to_ms
from guanxi.kernel.errors import Invalid
from guanxi.kernel.money import WITHOUT_MINOR_UNIT
from guanxi.messaging import templating
from guanxi.messaging.contracts import LANGUAGES, Draft, Kind, Priority, Variable, Wordings
from guanxi.messaging.variables import MOST_VARIABLES
from guanxi.platform.models import Brand

LONGEST: Final = 100_000
_NO_WORDS: Final = Wordings("")
_OF_SUBJECT: Final = frozenset(("subject_missing", "subject_unknown"))
_OF_HTML: Final = frozenset(("html_unknown", "html_active"))


class Row(NamedTuple):
    """A variable as it was typed."""

    name: str = ""
    kind: str = Kind.TEXT
    example: str = ""


class Fault(NamedTuple):
    """What is wrong, and at which field; `field` "" is the whole."""

    field: str
    text: str
    remedy: str = ""


@dataclass(slots=True)
class Typed:
    """`version` is the newest that was read, 0 for a new template."""

    channel: str = "inbox"
    name: str = ""
    label: str = ""
    purpose: str = "service"
    priority: int = int(Priority.SERVICE)
    fallback: str = "zh-hans"
    version: int = 0
    texts: dict[str, Wordings] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)

    @classmethod
    def of_form(cls, form: QueryDict) -> Typed:
        def said(name: str, most: int = LONGEST) -> str:
            return form.get(name, "").replace("\0", "").replace("\r\n", "\n")[:most]

        version, priority = said("version", 9), said("priority", 1)
        named = form.getlist("variable")[:MOST_VARIABLES]
        kinds, examples = form.getlist("kind"), form.getlist("example")
        return cls(
            said("channel", 20),
            said("name", 60).strip(),
            said("label", 120).strip(),
            said("purpose", 40),
            int(priority) if priority.isdecimal() else 0,
            said("fallback", 10),
            int(version) if version.isdecimal() else 0,
            {
                language: Wordings(
                    said(f"text_{language}"), said(f"subject_{language}").strip(), said(f"html_{language}")
                )
                for language in LANGUAGES
            },
            [
                Row(name.replace("\0", "").strip()[:60], kind[:20], example.replace("\0", "").strip()[:500])
                for name, kind, example in zip(named, kinds, examples, strict=False)
            ],
        )

    @classmethod
    def of_draft(cls, draft: Draft, version: int, brand: Brand) -> Typed:
        return cls(
            draft.channel,
            draft.name,
            draft.label,
            draft.purpose,
            int(draft.priority),
            draft.fallback,
            version,
            dict(draft.texts),
            [Row(one.name, str(one.kind), _shown(one, brand)) for one in draft.variables],
        )

    def act(self, action: str) -> None:
        """Do what a button says: one more variable, or one less."""
        verb, _space, place = action.partition(" ")
        if verb == "add" and len(self.rows) < MOST_VARIABLES:
            self.rows.append(Row())
        elif verb == "drop" and place.isdecimal() and int(place) < len(self.rows):
            del self.rows[int(place)]

    def draft(self, brand: Brand) -> Draft:
        """Languages of which nothing was typed are none of the draft's. Raises Invalid."""
        texts = {language: one for language, one in self.texts.items() if any(part.strip() for part in one)}
        if self.priority not in list(Priority):
            raise Invalid(templating.PRIORITY_BAD, field="priority")
        variables = [
            Variable(one.name, _kind(one.kind), _value(one, brand))
            for one in self.rows
            if one.name or one.example
        ]
        fallback = self.fallback if self.fallback in texts else next(iter(texts), self.fallback)
        return Draft(
            self.channel,
            self.name,
            self.purpose,
            Priority(self.priority),
            texts,
            variables,
            fallback,
            self.label,
        )


def fault_of(draft: Draft, error: Invalid) -> Fault:
    """At which field of the form an error belongs: the language's that it is about."""
    blamed = str(error.data.get("field", ""))
    if blamed != "texts":
        return Fault(blamed, error.message, error.remedy)
    reason = str(error.data.get("reason", ""))
    part = "subject" if reason in _OF_SUBJECT else "html" if reason in _OF_HTML else "text"
    return Fault(f"{part}_{_language_of(draft, reason)}", error.message, error.remedy)


def _language_of(draft: Draft, reason: str) -> str:
    """The first language that has this fault by itself."""
    for language, one in draft.texts.items():
        try:
            templating.check(draft._replace(texts={language: one}, fallback=language))
        except Invalid as alone:
            if alone.data.get("reason") == reason:
                return language
    return next(iter(draft.texts), LANGUAGES[0])


def texts_of(typed: Typed) -> Mapping[str, Wordings]:
    """Of all languages, also those of which nothing was typed."""
    return {language: typed.texts.get(language, _NO_WORDS) for language in LANGUAGES}


def example() -> Typed:
    """What a new template begins with."""
    return Typed(
        name="points_earned",
        label="",
        texts={
            "zh-hans": Wordings("{{customer_name}}，您本次获得{{points}}。", "积分到账"),
            "en": Wordings("{{customer_name}}, you have earned {{points}}.", "You have earned points"),
        },
        rows=[Row("points", Kind.POINTS, "120")],
    )


def _kind(text: str) -> Kind:
    return Kind(text) if text in list(Kind) else Kind.TEXT


def _value(row: Row, brand: Brand) -> object:
    """The example as a message would give it; what cannot be read stays text, and is refused as such."""
    kind, text = _kind(row.kind), row.example
    try:
        if kind in {Kind.INTEGER, Kind.POINTS}:
            return int(text)
        if kind is Kind.MONEY:
            amount = Decimal(text) * (1 if brand.currency in WITHOUT_MINOR_UNIT else 100)
            return int(amount) if amount == int(amount) else text
        if kind is Kind.DATE:
            return to_ms(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(brand.timezone)))
    except (ValueError, InvalidOperation, OverflowError):
        return text
    return text


def _shown(variable: Variable, brand: Brand) -> str:
    value = variable.example
    if variable.kind is Kind.MONEY and isinstance(value, int):
        return str(value) if brand.currency in WITHOUT_MINOR_UNIT else f"{Decimal(value) / 100:.2f}"
    if variable.kind is Kind.DATE and isinstance(value, int):
        return to_datetime(value, ZoneInfo(brand.timezone)).strftime("%Y-%m-%d")
    return str(value)
