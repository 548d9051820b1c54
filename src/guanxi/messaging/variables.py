"""The values of a template's variables: checked, and written as people read them. Pure.

A variable never holds personal data; what looks like a phone, an e-mail address or an identity card is
refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from guanxi.kernel import money
from guanxi.kernel.clock import to_datetime
from guanxi.kernel.wording import Wording, say
from guanxi.messaging.contracts import Kind, Variable

LONGEST_TEXT: Final = 200
LONGEST_URL: Final = 500
MOST_UNITS: Final = 10**15
LATEST_MS: Final = 4_102_444_800_000  # the year 2100
MOST_VARIABLES: Final = 30
NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
BUILT_IN: Final = frozenset({"customer_name", "brand_name", "unsubscribe_url"})
_CODE: Final = re.compile(r"[0-9A-Za-z-]{1,60}")
_URL: Final = re.compile(r"https?://[^\s<>\"'`\\]+")
_PERSONAL: Final = re.compile(
    r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(\.[A-Za-z0-9\-]+)+"
    r"|(?<!\d)\d{17}[\dXx](?!\d)"
    r"|(?<!\d)(\+?0{0,2}86[\s\-]?)?1[3-9]\d[\s\-]?\d{4}[\s\-]?\d{4}(?!\d)"
)


class Refused(Exception):
    """Something that cannot be said; `code` for programs."""

    def __init__(self, code: str, text: Wording) -> None:
        super().__init__(text)
        self.code, self.text = code, text


class Place(NamedTuple):
    """Where and in what money a brand counts."""

    currency: str = "CNY"
    timezone: str = "Asia/Shanghai"


def checked(variable: Variable, value: object) -> object:
    """The value itself. Raises Refused (variable_bad, variable_personal)."""
    if variable.kind in _CHECKS and _CHECKS[variable.kind](value):
        if isinstance(value, str) and _PERSONAL.search(value):
            raise Refused(
                "variable_personal",
                say("“%(name)s” looks personal: such data comes from the vault.", name=variable.name),
            )
        return value
    raise Refused(
        "variable_bad",
        say("“%(name)s” is to be of the type '%(kind)s'.", name=variable.name, kind=str(variable.kind)),
    )


def check_all(declared: Mapping[str, Variable], values: Mapping[str, object]) -> None:
    """Raises Refused (variable_unknown, variable_missing, and as `checked`)."""
    for name in values:
        if name not in declared:
            raise Refused("variable_unknown", say("The template has no variable “%(name)s”.", name=name))
    for name, variable in declared.items():
        if name not in values:
            raise Refused("variable_missing", say("The variable “%(name)s” has no value.", name=name))
        checked(variable, values[name])


def written(kind: Kind, value: object, language: str, place: Place) -> str:
    """As a reader of the language reads it; the value has been checked."""
    if kind in {Kind.TEXT, Kind.URL, Kind.CODE}:
        return str(value)
    number = int(str(value))
    chinese = language.startswith("zh")
    match kind:
        case Kind.MONEY:
            return money.written(number, place.currency)
        case Kind.POINTS if chinese:
            return f"{number:,} 积分"
        case Kind.POINTS:
            return f"{number:,} point" if number == 1 else f"{number:,} points"
        case Kind.DATE:
            day = to_datetime(number, ZoneInfo(place.timezone))
            return (
                f"{day.year}年{day.month}月{day.day}日"
                if chinese
                else f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
            )
    return f"{number:,}"


_MONTHS: Final = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MOST_UNITS


def _moment(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < LATEST_MS


def _line(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT and value.isprintable()


def _address(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_URL and bool(_URL.fullmatch(value))


def _code(value: object) -> bool:
    return isinstance(value, str) and bool(_CODE.fullmatch(value))


_CHECKS: Final[Mapping[Kind, Callable[[object], bool]]] = {
    Kind.TEXT: _line,
    Kind.INTEGER: _whole,
    Kind.POINTS: _whole,
    Kind.MONEY: _whole,
    Kind.DATE: _moment,
    Kind.URL: _address,
    Kind.CODE: _code,
}
