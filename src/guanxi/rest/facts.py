"""One JSON object to one Fact. Pure, and fast: it runs for every item of every batch.

Here the shape is checked; whether the fact may enter the log (its kind's payload, amounts, identities,
time) is checked by touchpoints, with the same words for files and for the API.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from guanxi.customers.contracts import Identity, Person
from guanxi.touchpoints.contracts import Fact
from guanxi.touchpoints.kinds import KINDS

DEFAULT_SOURCE: Final = "api"
MOST_IDENTITIES: Final = 20
LONGEST_SOURCE: Final = 80
_FIELDS: Final = frozenset(
    (
        "kind",
        "source",
        "source_ref",
        "occurred_at",
        "occurred_ms",
        "identities",
        "person",
        "channel",
        "amount_fen",
        "currency",
        "quantity",
        "payload",
    )
)
_PERSON_TEXTS: Final = {"name": 100, "address": 300, "language": 10, "city": 60}
_PERSON_FIELDS: Final = frozenset(Person._fields)
_RFC3339: Final = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_BIRTHDAY: Final = re.compile(r"(?:\d{4}|-)-\d\d-\d\d", re.ASCII)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


class Rejected(Exception):
    """One item cannot be read. `field` is the JSON path that is wrong."""

    def __init__(self, code: str, message: str, field: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field


def fact_of(item: Any, default_source: str) -> tuple[str, Fact]:
    """The item's source and the fact. Raises Rejected."""
    if type(item) is not dict:
        raise Rejected("item_bad", "an item must be a JSON object")
    if not _FIELDS.issuperset(item):
        unknown = sorted(set(item) - _FIELDS)[0]
        raise Rejected("field_unknown", f"there is no field '{unknown[:40]}'", unknown[:40])
    payload = item.get("payload")
    if payload is not None and type(payload) is not dict:
        raise Rejected("field_bad", "payload must be an object", "payload")
    kind = _text(item, "kind")
    if currency := item.get("currency"):
        payload = _with_currency(kind, payload, currency)
    fact = Fact(
        kind,
        _text(item, "source_ref"),
        occurred_ms_of(item),
        identities_of(item.get("identities")),
        person_of(item.get("person")),
        _text(item, "channel") if item.get("channel") else "",
        _whole(item, "amount_fen"),
        _whole(item, "quantity"),
        payload,
    )
    return source_of(item.get("source"), default_source), fact


def source_of(source: Any, default: str = DEFAULT_SOURCE) -> str:
    """The name of where facts come from. Raises Rejected."""
    if source is None:
        return default
    if type(source) is not str or not 1 <= len(source.strip()) <= LONGEST_SOURCE or _CONTROL.search(source):
        raise Rejected("source_bad", f"source must be text of 1 to {LONGEST_SOURCE} characters", "source")
    return source.strip()


def occurred_ms_of(item: Mapping[str, Any]) -> int:
    """UTC milliseconds from `occurred_at` (RFC 3339 text, or milliseconds) or `occurred_ms`."""
    moment = item.get("occurred_at")
    if moment is None:
        moment = item.get("occurred_ms")
        if moment is None:
            raise Rejected("time_missing", "a fact needs occurred_at", "occurred_at")
    if type(moment) is int:
        return moment
    if type(moment) is not str or not _RFC3339.fullmatch(moment):
        raise Rejected(
            "time_bad",
            "occurred_at must be RFC 3339 with an offset, such as 2026-11-21T20:15:00+08:00, "
            "or milliseconds since 1970",
            "occurred_at",
        )
    try:
        return round(datetime.fromisoformat(moment.upper()).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise Rejected("time_bad", "occurred_at is not a date of the calendar", "occurred_at") from None


def identities_of(identities: Any) -> tuple[Identity, ...]:
    """From {scheme: value} or [{"scheme": …, "value": …}]; touchpoints normalises the values."""
    if identities is None:
        return ()
    if type(identities) is dict:
        pairs = list(identities.items())
    elif type(identities) is list:
        pairs = [_pair(entry) for entry in identities]
    else:
        raise Rejected("identities_bad", "identities must be an object or a list", "identities")
    if len(pairs) > MOST_IDENTITIES:
        raise Rejected("identities_bad", f"more than {MOST_IDENTITIES} identities", "identities")
    return tuple(Identity(scheme, _identity_value(scheme, value)) for scheme, value in pairs)


def person_of(person: Any) -> Person | None:
    """Personal details, each checked. Raises Rejected."""
    if person is None:
        return None
    if type(person) is not dict:
        raise Rejected("person_bad", "person must be an object", "person")
    for name, value in person.items():
        if name not in _PERSON_FIELDS:
            raise Rejected(
                "field_unknown",
                f"person has no field '{name[:40]}'; phones and emails belong in identities",
                f"person.{name[:40]}",
            )
        if value is not None and not _is_detail(name, value):
            raise Rejected("person_bad", f"person.{name} {_DETAIL[name]}", f"person.{name}")
    if birthday := person.get("birthday"):
        _check_birthday(birthday, lunar=person.get("birthday_calendar") == "lunar")
    return Person(**person) if person else None


_DETAIL: Final = {
    **{name: f"must be text of 1 to {most} characters" for name, most in _PERSON_TEXTS.items()},
    "gender": "must be f or m",
    "birthday": "must be like 1990-05-01, or --05-01 where the year is unknown",
    "birthday_calendar": "must be solar or lunar",
    "adcode": "must be a six-digit division code as a number",
}


def _is_detail(name: str, value: Any) -> bool:
    if name == "adcode":
        return type(value) is int and 100_000 <= value <= 999_999
    if type(value) is not str or _CONTROL.search(value):
        return False
    if name == "gender":
        return value in {"f", "m"}
    if name == "birthday_calendar":
        return value in {"solar", "lunar"}
    if name == "birthday":
        return _BIRTHDAY.fullmatch(value) is not None
    return 1 <= len(value.strip()) <= _PERSON_TEXTS[name]


def _check_birthday(birthday: str, *, lunar: bool) -> None:
    """A day that exists. Lunar months have up to 30 days, the second too."""
    year, month, day = birthday.rsplit("-", 2)
    if lunar:
        exists = 1 <= int(month) <= 12 and 1 <= int(day) <= 30
    else:
        try:
            date(2000 if year == "-" else int(year), int(month), int(day))
            exists = True
        except ValueError:
            exists = False
    if not exists or (year != "-" and not 1900 <= int(year) <= 2100):
        raise Rejected("person_bad", "person.birthday is not a day of the calendar", "person.birthday")


def _pair(entry: Any) -> tuple[Any, Any]:
    if type(entry) is not dict or entry.keys() != {"scheme", "value"} or type(entry["scheme"]) is not str:
        raise Rejected("identities_bad", 'each identity must be {"scheme": …, "value": …}', "identities")
    return entry["scheme"], entry["value"]


def _identity_value(scheme: str, value: Any) -> str:
    if type(value) is int:
        return str(value)
    if type(value) is not str or _CONTROL.search(value):
        raise Rejected("identity_bad", "an identity must be text", f"identities.{scheme[:60]}")
    return value


def _text(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    if value is None or value == "":
        raise Rejected("field_missing", f"a fact needs {name}", name)
    if type(value) is not str:
        raise Rejected("field_bad", f"{name} must be text", name)
    return value


def _whole(item: Mapping[str, Any], name: str) -> int | None:
    value = item.get(name)
    if value is not None and type(value) is not int:
        hint = ": minor units, 199.00 yuan are 19900" if name == "amount_fen" else ""
        raise Rejected("field_bad", f"{name} must be a whole number{hint}", name)
    return value


def _with_currency(kind: str, payload: dict[str, Any] | None, currency: Any) -> dict[str, Any]:
    if type(currency) is not str or len(currency) != 3:
        raise Rejected("currency_bad", "currency must be an ISO 4217 code such as CNY", "currency")
    known = KINDS.get(kind)
    if known is not None and "currency" not in known.by_name:
        raise Rejected("currency_bad", f"{kind} has no money of its own", "currency")
    return {**(payload or {}), "currency": currency}
