"""Who a row is about: identities (the platform's own first, then phone, email) and personal details."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial

from guanxi.customers import identifiers
from guanxi.touchpoints.contracts import Identity, Person
from guanxi.touchpoints.importing import values
from guanxi.touchpoints.importing.dates import birthday as birthday_of
from guanxi.touchpoints.importing.formats.columns import Cells
from guanxi.touchpoints.importing.values import Memo

Who = tuple[tuple[Identity, ...], Person | None]

_CITY = re.compile(
    r"^(?:中国)?\s*(?:[^\s市]{2,8}?(?:省|自治区|特别行政区)\s*)?([^\s]{2,8}?(?:市|自治州|地区|盟))"
)


class People:
    """Reads the identity columns of one table.

    `schemes` are (field, scheme) in order of rank. A buyer's phone (`phone`) outranks the receiver's
    (`receiver_phone`): where both are full and differ, the parcel went to somebody else, so the receiver's
    name and address are not the buyer's.
    """

    def __init__(self, found: Mapping[str, int], schemes: Sequence[tuple[str, str]]) -> None:
        self._found = found
        self._accounts = [
            (field, Memo(partial(_account, scheme))) for field, scheme in schemes if field in found
        ]
        self._personal = bool(found.keys() & _PERSONAL)

    def read(self, cells: Cells) -> Reader:
        return Reader(self, cells)


_PERSONAL = {"name", "receiver_name", "address", "city", "gender", "birthday", "language"}


def _account(scheme: str, cell: str) -> Identity | None:
    value = identifiers.normalise(scheme, cell)
    return Identity(scheme, value) if value else None


class Reader:
    """The people of some rows: `reader(i)` is the i-th row's identities and person."""

    __slots__ = (
        "_accounts",
        "_cells",
        "_emails",
        "_has",
        "_names",
        "_personal",
        "_phones",
        "_receivers",
        "_rest",
    )

    def __init__(self, people: People, cells: Cells) -> None:
        found = people._found
        self._accounts = [(cells[field], memo) for field, memo in people._accounts]
        self._phones = cells["phone"] if "phone" in found else None
        self._receivers = cells["receiver_phone"] if "receiver_phone" in found else None
        self._emails = cells["email"] if "email" in found else None
        self._personal = people._personal
        self._names = (cells["name"], cells["receiver_name"], cells["address"], cells["city"])
        self._has = {"gender", "birthday", "language"} & found.keys()
        self._rest = (cells["gender"], cells["birthday"], cells["calendar"], cells["language"])

    def __call__(self, at: int) -> Who:
        identities: list[Identity] = []
        for column, memo in self._accounts:
            identity = memo[column[at]]
            if identity is not None:
                identities.append(identity)  # type: ignore[arg-type]  # _account never answers Bad
        phone = identifiers.phone(self._phones[at]) if self._phones else None
        receiver = identifiers.phone(self._receivers[at]) if self._receivers else None
        if number := phone or receiver:
            identities.append(Identity("phone", number))
        if self._emails and (email := identifiers.email(self._emails[at])):
            identities.append(Identity("email", email))
        person = (
            self._person(at, elsewhere=bool(phone and receiver and phone != receiver))
            if self._personal
            else None
        )
        return tuple(identities), person

    def _person(self, at: int, *, elsewhere: bool) -> Person | None:
        names, receivers, addresses, cities = self._names
        name = _open(names[at])
        address = city = None
        if not elsewhere:
            name = name or _open(receivers[at])
            address = _open(addresses[at])
            city = _city(cities[at], address)
        if not self._has:
            return Person(name, address, city=city) if name or address or city else None
        genders, birthdays, calendars, languages = (column[at] for column in self._rest)
        born = birthday_of(birthdays)
        birthday, calendar = born if isinstance(born, tuple) else (None, None)
        if calendar and re.search("农|阴|lunar", calendars, re.IGNORECASE):
            calendar = "lunar"
        person = Person(
            name, address, values.gender(genders), birthday, calendar, language(languages), city=city
        )
        return person if any(person) else None


def _open(cell: str) -> str | None:
    """A name or address, or None where it is empty, masked or encrypted."""
    text = values.clean(cell)
    if not text or (not text.isalnum() and identifiers.is_masked(text)):
        return None
    return text[:200]


@lru_cache(maxsize=8192)
def _known_city(text: str) -> str | None:
    found = _CITY.match(text)
    return found[1] if found else None


def _city(cell: str, address: str | None) -> str | None:
    """The city as the file gives it, else the one the address begins with."""
    if cell and (city := _open(cell)):
        return city[:40]
    return _known_city(address[:20]) if address else None


_LANGUAGES = {
    **dict.fromkeys(
        ["普通话", "国语", "中文", "简体中文", "汉语", "mandarin", "chinese", "zh", "zh-cn"], "zh-CN"
    ),
    **dict.fromkeys(["粤语", "广东话", "cantonese", "zh-hk", "yue"], "zh-HK"),
    **dict.fromkeys(["繁体中文", "zh-tw"], "zh-TW"),
    **dict.fromkeys(["英语", "英文", "english", "en"], "en"),
}


def language(cell: str) -> str | None:
    return _LANGUAGES.get(values.clean(cell).lower().replace("_", "-"))
