"""What may be said to a preference field, and how it is kept. Pure.

Kept as a canonical text and, where it is one, a whole number: of a number its thousandths, of a boolean 0 or
1, of a date its days since 1970. Of several choices the text is "|a|b|", so that one is found with its bars.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final, NamedTuple

from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say

TEXT_CHARS: Final = 200
MOST_CHOICES: Final = 50
_CHOICE: Final = re.compile(r"[a-z0-9][a-z0-9_\-]{0,17}")  # fifty of them and their bars fit the column
_EPOCH: Final = date(1970, 1, 1).toordinal()
_BOOLEANS: Final[Mapping[str, bool]] = {
    "true": True, "yes": True, "1": True, "是": True,
    "false": False, "no": False, "0": False, "否": False,
}  # fmt: skip


class FieldType(StrEnum):
    CHOICE = "choice"
    CHOICES = "choices"
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"


class Choice(NamedTuple):
    """One answer of a list: what it is called in files and conditions, and by people."""

    name: str
    zh: str
    en: str


class Kept(NamedTuple):
    """An answer as it is stored; text "" where it was taken back."""

    text: str
    number: int | None = None


NOTHING: Final = Kept("")


def choices_of(given: object) -> list[Choice]:
    """Choices from JSON: [{"name": "oily", "zh": "油性", "en": "Oily"}]. Raises Invalid."""
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_CHOICES:
        raise Invalid(say("Say 1 to %(most)s choices.", most=MOST_CHOICES), field="choices")
    found = [_choice(one) for one in given]
    if len({choice.name for choice in found}) < len(found):
        raise Invalid(say("Two choices have the same name."), field="choices")
    return found


def _choice(one: object) -> Choice:
    if not isinstance(one, dict) or not set(one) <= {"name", "zh", "en"}:
        raise Invalid(say("A choice is an object with name, zh and en."), field="choices")
    name = one.get("name")
    if not isinstance(name, str) or not _CHOICE.fullmatch(name):
        raise Invalid(say("A choice is named by 1 to 18 small letters, digits, - or _."), field="choices")
    labels = [one.get(language, name) for language in ("zh", "en")]
    if not all(isinstance(one, str) and "\0" not in one and 1 <= len(one.strip()) <= 60 for one in labels):
        raise Invalid(say("A choice has labels of 1 to 60 characters."), field="choices")
    return Choice(name, *(label.strip() for label in labels))


def kept(field: str, kind: FieldType, choices: Sequence[Choice], value: object) -> Kept:
    """The answer as it is stored; None, "" and no choices take it back. Raises Invalid, naming the field."""
    if value is None or value in ("", []):
        return NOTHING
    known = [choice.name for choice in choices]
    found = _READERS[kind](value, known)
    if found is None:
        raise Invalid(
            say("'%(field)s' must be %(what)s.", field=field, what=_expected(kind, known)), field=field
        )
    return found


def _expected(kind: FieldType, known: Sequence[str]) -> str:
    if kind in {FieldType.CHOICE, FieldType.CHOICES}:
        names = ", ".join(known)
        if kind is FieldType.CHOICE:
            return say("one of: %(names)s", names=names)
        return say("a list of some of: %(names)s", names=names)
    return {
        FieldType.TEXT: say("text of at most %(most)s characters", most=TEXT_CHARS),
        FieldType.NUMBER: say("a number with at most three decimals"),
        FieldType.DATE: say("a date such as 2026-11-21"),
        FieldType.BOOLEAN: say("true or false"),
    }[kind]


def _as_choice(value: object, known: Sequence[str]) -> Kept | None:
    return Kept(value) if isinstance(value, str) and value in known else None


def _as_choices(value: object, known: Sequence[str]) -> Kept | None:
    given = value.split(",") if isinstance(value, str) else value
    if not isinstance(given, list) or not all(isinstance(one, str) and one.strip() in known for one in given):
        return None
    said = {one.strip() for one in given}
    return Kept("|" + "".join(f"{name}|" for name in known if name in said))


def _as_text(value: object, _known: Sequence[str]) -> Kept | None:
    if not isinstance(value, str) or not value.isprintable() or len(value.strip()) > TEXT_CHARS:
        return None
    return Kept(value.strip())


def _as_number(value: object, _known: Sequence[str]) -> Kept | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        thousandths = Decimal(str(value)) * 1000
        if not thousandths.is_finite() or abs(thousandths) >= 1 << 53 or thousandths % 1:
            return None
    except InvalidOperation:
        return None
    number = int(thousandths)
    whole, rest = divmod(abs(number), 1000)
    text = f"{whole}.{rest:03d}".rstrip("0").rstrip(".") if rest else str(whole)
    return Kept(f"-{text}" if number < 0 else text, number)


def _as_date(value: object, _known: Sequence[str]) -> Kept | None:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None
    return Kept(day.isoformat(), day.toordinal() - _EPOCH) if day else None


def _as_boolean(value: object, _known: Sequence[str]) -> Kept | None:
    found = value if isinstance(value, bool) else _BOOLEANS.get(str(value).strip().lower())
    return None if found is None else Kept("true" if found else "false", int(found))


_READERS: Final = {
    FieldType.CHOICE: _as_choice,
    FieldType.CHOICES: _as_choices,
    FieldType.TEXT: _as_text,
    FieldType.NUMBER: _as_number,
    FieldType.DATE: _as_date,
    FieldType.BOOLEAN: _as_boolean,
}


def spoken(kind: FieldType, text: str) -> object:
    """The kept answer as JSON has it: a text, a list of choices, a number, a boolean; None for none."""
    if not text:
        return None
    if kind is FieldType.CHOICES:
        return text.strip("|").split("|")
    if kind is FieldType.BOOLEAN:
        return text == "true"
    if kind is FieldType.NUMBER:
        return float(text) if "." in text else int(text)
    return text


def told(kind: FieldType, choices: Sequence[Choice], text: str, *, chinese: bool) -> str:
    """The kept answer as people read it."""
    labels = {choice.name: choice.zh if chinese else choice.en for choice in choices}
    if kind is FieldType.CHOICE:
        return labels.get(text, text)
    if kind is FieldType.CHOICES:
        names = [labels.get(name, name) for name in text.strip("|").split("|") if name]
        return ("、" if chinese else ", ").join(names)
    return text
