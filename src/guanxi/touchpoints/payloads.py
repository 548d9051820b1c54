"""The fields of a payload, checked against what their kind says. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from guanxi.kernel.wording import Wording, say
from guanxi.touchpoints.kinds import ITEM_FIELDS, MAX_ITEMS, MAX_TEXT, Field, FieldType, Kind

_INT64 = 1 << 63
Check = Callable[[object], bool]
_PHONE_LIKE = re.compile(r"(?<![\d.])(1[3-9]\d)[ \-]?(\d{4})[ \-]?(\d{4})(?![\d.])")
_EMAIL_LIKE = re.compile(r"[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63})+")


class Refused(Exception):
    """One fact cannot be recorded, for the reason `code`."""

    def __init__(self, code: str, message: Wording) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def masked(text: str) -> str:
    """The text with what looks like a phone (138****8000) or an e-mail (a***@…) hidden."""
    return _EMAIL_LIKE.sub(lambda m: m[0][0] + "***", _PHONE_LIKE.sub(r"\1****\3", text))


def short(value: object) -> str:
    """A value for a message: never long, and never a whole phone number."""
    return masked(str(value)[:40])


def is_int64(value: object) -> bool:
    return type(value) is int and -_INT64 <= value < _INT64


def check_fields(kind: Kind, fields: dict[str, Any]) -> None:
    """Raises Refused for a field the kind does not know, a missing one, or a value of another type."""
    checks = _checks_of(kind)
    for name, value in fields.items():
        check = checks.get(name)
        if check is None:
            known = ", ".join(kind.by_name)
            raise Refused(
                "field_unknown",
                say(
                    "%(kind)s has no payload field '%(field)s'; known: %(known)s.",
                    kind=kind.name,
                    field=short(name),
                    known=known,
                ),
            )
        if not check(value):
            raise _bad(kind.by_name[name])
    if not kind.required <= fields.keys():
        missing = ", ".join(sorted(kind.required - fields.keys()))
        raise Refused(
            "field_missing",
            say("%(kind)s needs the payload field %(missing)s.", kind=kind.name, missing=missing),
        )


def _checks_of(kind: Kind) -> dict[str, Check]:
    """By the field's name, made once a kind: members of enums are slow keys, and millions of fields come."""
    found = _BY_KIND.get(kind.name)
    if found is None:
        found = _BY_KIND[kind.name] = {name: _CHECKS[field.type] for name, field in kind.by_name.items()}
    return found


def _bad(field: Field) -> Refused:
    return Refused(
        "field_bad",
        say("The payload field '%(field)s' must be %(what)s.", field=field.name, what=_MUST_BE[field.type]),
    )


_MUST_BE: Mapping[FieldType, Wording] = {
    FieldType.TEXT: say("text of at most %(most)s characters", most=MAX_TEXT),
    FieldType.WORDS: say("text of at most %(most)s characters", most=MAX_TEXT),
    FieldType.INTEGER: say("a whole number of 64 bits"),
    FieldType.FEN: say("whole minor units of money"),
    FieldType.MS: say("UTC milliseconds as a whole number"),
    FieldType.BOOLEAN: say("true or false"),
    FieldType.TEXTS: say("a list of at most %(most)s texts", most=MAX_ITEMS),
    FieldType.ITEMS: say(
        "a list of at most %(most)s objects with %(fields)s", most=MAX_ITEMS, fields=", ".join(ITEM_FIELDS)
    ),
}


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= MAX_TEXT


def _is_boolean(value: object) -> bool:
    return isinstance(value, bool)


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and len(value) <= MAX_ITEMS and all(map(_is_text, value))


def _are_items(value: object) -> bool:
    if not isinstance(value, list) or len(value) > MAX_ITEMS:
        return False
    for item in value:
        if not isinstance(item, dict):
            return False
        for name, part in item.items():
            check = _ITEM_CHECKS.get(name)
            if check is None:
                raise Refused(
                    "field_unknown", say("An order line has no field '%(field)s'.", field=short(name))
                )
            if not check(part):
                raise _bad(ITEM_FIELDS[name])
    return True


_CHECKS: Mapping[FieldType, Check] = {
    FieldType.TEXT: _is_text,
    FieldType.WORDS: _is_text,
    FieldType.INTEGER: is_int64,
    FieldType.FEN: is_int64,
    FieldType.MS: is_int64,
    FieldType.BOOLEAN: _is_boolean,
    FieldType.TEXTS: _are_texts,
    FieldType.ITEMS: _are_items,
}
_ITEM_CHECKS = {name: _CHECKS[field.type] for name, field in ITEM_FIELDS.items()}
_BY_KIND: dict[str, dict[str, Check]] = {}
