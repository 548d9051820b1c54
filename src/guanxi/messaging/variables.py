"""The values of a template's variables: checked, and written as people read them. Pure.

A variable never holds personal data; what looks like a phone, an e-mail address or an identity card is
refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple
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
_LIKELY: Final = re.compile(r"@|\d(?:[\s\-]?\d){10}")  # most texts hold neither, which is soon seen


class Refused(Exception):
    """Something that cannot be said; `code` for programs."""

    def __init__(self, code: str, text: Wording) -> None:
        super().__init__(text)
        self.code, self.text = code, text


class Place(NamedTuple):
    """Where and in what money a brand counts."""

    currency: str = "CNY"
    timezone: str = "Asia/Shanghai"


class Check(NamedTuple):
    """How a value is checked; compiled once, asked a million times."""

    name: str
    fits: Callable[[object], bool]
    is_text: bool
    kind: str


def check_of(variable: Variable) -> Check:
    kind = variable.kind.value
    return Check(variable.name, _CHECKS[kind], kind in {"text", "url", "code"}, kind)


def check_all(checks: Sequence[Check], values: Mapping[str, object]) -> None:
    """Raises Refused (variable_unknown, variable_missing, variable_bad, variable_personal)."""
    for name, fits, is_text, kind in checks:
        value = values.get(name)
        if not fits(value):
            if name not in values:
                raise Refused("variable_missing", say("The variable “%(name)s” has no value.", name=name))
            message = say("“%(name)s” is to be of the type '%(kind)s'.", name=name, kind=kind)
            raise Refused("variable_bad", message)
        if is_text and _LIKELY.search(text := str(value)) and _PERSONAL.search(text):
            raise Refused(
                "variable_personal",
                say("“%(name)s” looks personal: such data comes from the vault.", name=name),
            )
    if len(values) > len(checks):
        name = min(str(one) for one in values.keys() - {check.name for check in checks})
        raise Refused("variable_unknown", say("The template has no variable “%(name)s”.", name=name[:40]))


Writer = Callable[[Any, Place], str]


def writer(kind: Kind, language: str) -> Writer:
    """What writes values of a kind as a reader of the language reads them; values have been checked."""
    chinese = language.startswith("zh")
    match kind:
        case Kind.MONEY:
            return lambda value, place: money.written(value, place.currency)
        case Kind.POINTS if chinese:
            return lambda value, place: f"{value:,} 积分"
        case Kind.POINTS:
            return lambda value, place: f"{value:,} point" if value == 1 else f"{value:,} points"
        case Kind.DATE:
            return lambda value, place: _day(value, place.timezone, chinese)
        case Kind.INTEGER:
            return lambda value, place: f"{value:,}"
    return lambda value, place: str(value)


@lru_cache(maxsize=4_096)
def _day(at_ms: int, timezone: str, chinese: bool) -> str:
    day = to_datetime(at_ms, ZoneInfo(timezone))
    if chinese:
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


_MONTHS: Final = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def _whole(value: object) -> bool:
    return type(value) is int and abs(value) <= MOST_UNITS


def _moment(value: object) -> bool:
    return type(value) is int and 0 < value < LATEST_MS


def _line(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT and value.isprintable()


def _address(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_URL and bool(_URL.fullmatch(value))


def _code(value: object) -> bool:
    return isinstance(value, str) and bool(_CODE.fullmatch(value))


_CHECKS: Final[Mapping[str, Callable[[object], bool]]] = {
    Kind.TEXT.value: _line,
    Kind.INTEGER.value: _whole,
    Kind.POINTS.value: _whole,
    Kind.MONEY.value: _whole,
    Kind.DATE.value: _moment,
    Kind.URL.value: _address,
    Kind.CODE.value: _code,
}
