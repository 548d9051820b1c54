"""The fields of a campaign: what each may be, and which changes are in the customer's favour."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from guanxi.kernel.conditions import dump, parse
from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import Wording, say
from guanxi.loyalty.coupons.codes import GENERIC_LETTERS, number_of, plain
from guanxi.loyalty.coupons.contracts import MOST_FEN, Kind, Stacking
from guanxi.loyalty.coupons.models import CouponCampaign
from guanxi.segments.definitions import resolve

_CODE: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")
MOST_DAYS: Final = 3_660
MOST_WORDS: Final = 200
_LAST_MS: Final = 1 << 45

Check = Callable[[str, Any], Any]


def checked(brand_id: int, given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields given, each alone as it is kept. Raises Invalid with `field`, ConditionInvalid."""
    found = {}
    for name, value in given.items():
        if name not in FIELDS:
            raise Invalid(say("There is no field '%(name)s'.", name=str(name)[:40]), field=str(name)[:40])
        found[name] = FIELDS[name](name, value)
    if found.get("condition") is not None:
        condition = parse(found["condition"])
        resolve(brand_id, condition)
        found["condition"] = dump(condition)
    if (code := found.get("generic_code")) and number_of(brand_id, code) is not None:
        raise Invalid(say("This code looks like one of the unique codes."), field="generic_code")
    return found


def check(row: CouponCampaign) -> None:
    """The fields together. Raises Invalid with `field`."""
    if not _CODE.fullmatch(row.code):
        raise _bad("code", say("1 to 40 small letters, digits, dashes; a letter is first."))
    if not row.name:
        raise _bad("name", say("A campaign has a name."))
    needed = {Kind.AMOUNT: "off_fen", Kind.PERCENT: "percent", Kind.GIFT: "gift_sku"}.get(Kind(row.kind))
    if needed and not getattr(row, needed):
        raise _bad(needed, say("It says what a coupon of this kind is worth."))
    if row.since_ms and row.until_ms and row.since_ms >= row.until_ms:
        raise _bad("until_ms", say("It ends after it begins."))
    if row.until_ms is None and row.lasts_days is None:
        raise _bad("until_ms", say("Say until when coupons are valid, or how many days after issue."))
    if row.generic_code and row.until_ms is None:
        raise _bad("until_ms", say("A code for everybody is valid until a date."))
    if row.remind_days is not None and not (row.remind_channel and row.remind_template):
        raise _bad("remind_template", say("A reminder needs a channel and a template."))


def favours(name: str, now: Any, wanted: Any) -> bool:
    """Whether a change after the campaign began takes nothing from who has a coupon."""
    if name in _FREE:
        return True
    if name == "until_ms":
        return wanted is None or (now is not None and wanted >= now)
    if name == "per_customer":
        return wanted is None or (now is not None and wanted >= now)
    return False


_FREE: Final = frozenset(
    ("name", "name_en", "terms", "terms_en", "remind_days", "remind_channel", "remind_template")
)


def _text(most: int, *, lines: bool = False) -> Check:
    def look(name: str, value: Any) -> str:
        told = "" if value is None else value
        plainly = told.replace("\n", "").replace("\r", "") if lines and type(told) is str else told
        if type(told) is not str or len(told) > most or not plainly.isprintable():
            raise _bad(name, say("A text of at most %(most)s characters.", most=most))
        return told.strip()

    return look


def _whole(least: int, most: int, *, none: bool = False) -> Check:
    def look(name: str, value: Any) -> int | None:
        if value is None and none:
            return None
        if type(value) is not int or not least <= value <= most:
            raise _bad(name, say("A whole number from %(least)s to %(most)s.", least=least, most=most))
        return value

    return look


def _one_of(known: type[Kind] | type[Stacking]) -> Check:
    def look(name: str, value: Any) -> str:
        if value not in list(known):
            raise _bad(name, say("One of: %(known)s.", known=", ".join(known)))
        return str(value)

    return look


def _words(name: str, value: Any) -> list[str]:
    told = [] if value is None else value
    fits = isinstance(told, list) and len(told) <= MOST_WORDS
    if not fits or any(
        type(one) is not str or not 0 < len(one) <= 80 or not one.isprintable() for one in told
    ):
        raise _bad(name, say("A list of at most %(most)s words.", most=MOST_WORDS))
    return sorted({one.strip() for one in told} - {""})


def _flag(name: str, value: Any) -> bool:
    if type(value) is not bool:
        raise _bad(name, say("True or false."))
    return value


def _generic(name: str, value: Any) -> str | None:
    if value is None or value == "":
        return None
    told = plain(value) if type(value) is str else ""
    if not 3 <= len(told) <= 30 or not set(told) <= GENERIC_LETTERS:
        raise _bad(name, say("3 to 30 letters and digits."))
    return told


def _condition(name: str, value: Any) -> Any:
    if value is not None and not isinstance(value, dict):
        raise _bad(name, say("A condition is an object."))
    return value


def _bad(field: str, message: Wording) -> Invalid:
    return Invalid(message, field=field)


FIELDS: Final[Mapping[str, Check]] = {
    "code": _text(40),
    "name": _text(80),
    "name_en": _text(80),
    "kind": _one_of(Kind),
    "off_fen": _whole(0, MOST_FEN),
    "percent": _whole(0, 100),
    "cap_fen": _whole(1, MOST_FEN, none=True),
    "gift_sku": _text(60),
    "minimum_fen": _whole(0, MOST_FEN),
    "skus": _words,
    "categories": _words,
    "stores": _words,
    "channels": _words,
    "first_order_only": _flag,
    "condition": _condition,
    "since_ms": _whole(0, _LAST_MS, none=True),
    "until_ms": _whole(0, _LAST_MS, none=True),
    "lasts_days": _whole(1, MOST_DAYS, none=True),
    "per_customer": _whole(1, 10_000, none=True),
    "limited": _flag,
    "stacking": _one_of(Stacking),
    "generic_code": _generic,
    "terms": _text(2_000, lines=True),
    "terms_en": _text(2_000, lines=True),
    "remind_days": _whole(1, 90, none=True),
    "remind_channel": _text(30),
    "remind_template": _text(60),
}
