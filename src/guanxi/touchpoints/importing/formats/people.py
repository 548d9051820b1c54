"""Who a row is about: identities (the platform's own first, then phone, email) and personal details."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from guanxi.customers import identifiers
from guanxi.customers.contracts import Proven
from guanxi.kernel.wording import Wording
from guanxi.touchpoints.contracts import Identity, Person
from guanxi.touchpoints.importing import values
from guanxi.touchpoints.importing.dates import birthday as birthday_of
from guanxi.touchpoints.importing.formats.columns import Cells
from guanxi.touchpoints.importing.formats.parsing import Problems
from guanxi.touchpoints.importing.values import Memo

_CITY = re.compile(
    r"^(?:中国)?\s*(?:[^\s市]{2,8}?(?:省|自治区|特别行政区)\s*)?([^\s]{2,8}?(?:市|自治州|地区|盟))"
)


class People:
    """Reads the identity columns of one table.

    `schemes` are (field, scheme) in order of rank. A buyer's phone (`phone`) outranks the receiver's
    (`receiver_phone`, else `receiver_landline`): where both are full and differ, the parcel went to somebody
    else, so the receiver's name and address are not the buyer's.
    """

    def __init__(self, found: Mapping[str, int], schemes: Sequence[tuple[str, str]]) -> None:
        self._found = found
        self._accounts = [(field, _Accounts(scheme)) for field, scheme in schemes if field in found]
        self._personal = bool(found.keys() & _PERSONAL)
        self._birthdays = Memo(birthday_of)

    def read(
        self, cells: Cells, count: int, problems: Problems
    ) -> tuple[list[tuple[Identity, ...]], list[Person | None]]:
        """The identities and the person of each row. An account that Excel has rounded is a problem, and so
        is a phone where nothing else tells whom the row is about."""
        found = self._found
        columns: list[list[Identity | None]] = [
            [memo[cell] for cell in cells[field]] for field, memo in self._accounts
        ]
        for field, memo in self._accounts:
            if memo.rounded:
                _note(cells[field], memo.rounded, problems)
        phones = list(map(identifiers.phone, cells["phone"])) if "phone" in found else []
        receivers = self._receivers(cells)
        if phones or receivers:
            own = (
                [a or b for a, b in zip(phones, receivers, strict=True)]
                if phones and receivers
                else phones or receivers
            )
            columns.append([_new(Proven, ("phone", phone)) if phone else None for phone in own])
        if "email" in found:
            emails = map(identifiers.email, cells["email"])
            columns.append([Proven("email", email) if email else None for email in emails])
        identities = _rows(columns, count)
        if phones or receivers:
            _note_rounded_phones(identities, cells, problems)
        if not self._personal:
            return identities, [None] * count
        elsewhere = (
            [bool(a and b and a != b) for a, b in zip(phones, receivers, strict=True)]
            if phones and receivers
            else None
        )
        return identities, self._persons(cells, elsewhere)

    def _receivers(self, cells: Cells) -> list[str | None]:
        if "receiver_phone" not in self._found:
            return []
        receivers = list(map(identifiers.phone, cells["receiver_phone"]))
        if "receiver_landline" not in self._found:
            return receivers
        others = cells["receiver_landline"]
        return [a or identifiers.phone(b) for a, b in zip(receivers, others, strict=True)]

    def _persons(self, cells: Cells, elsewhere: list[bool] | None) -> list[Person | None]:
        names, receivers, addresses = (_opened(cells[name]) for name in ("name", "receiver_name", "address"))
        if "name" not in self._found:
            names = receivers
        elif "receiver_name" in self._found:
            names = [name or receiver for name, receiver in zip(names, receivers, strict=True)]
        cities = [_city(cell, address) for cell, address in zip(cells["city"], addresses, strict=True)]
        if elsewhere and any(elsewhere):
            own = _opened(cells["name"])
            for at, is_elsewhere in enumerate(elsewhere):
                if is_elsewhere:
                    names[at], addresses[at], cities[at] = own[at], None, None
        if self._found.keys() & _TRAITS:
            return self._with_traits(cells, names, addresses, cities)
        return [
            _new(Person, (name, address, None, None, None, None, None, city))
            if name or address or city
            else None
            for name, address, city in zip(names, addresses, cities, strict=True)
        ]

    def _with_traits(
        self, cells: Cells, names: Texts, addresses: Texts, cities: Texts
    ) -> list[Person | None]:
        persons: list[Person | None] = []
        traits = zip(*[cells[name] for name in ("gender", "birthday", "calendar", "language")], strict=True)
        for name, address, city, (gender, born, calendar, spoken) in zip(
            names, addresses, cities, traits, strict=True
        ):
            known = self._birthdays[born]
            day, kind = known if isinstance(known, tuple) else (None, None)
            if kind and _LUNAR.search(calendar):
                kind = "lunar"
            person = Person(name, address, values.gender(gender), day, kind, language(spoken), city=city)
            persons.append(person if any(person) else None)
        return persons


Texts = list[str | None]
_new = tuple.__new__  # half the time of calling a NamedTuple, and there are millions
_TRAITS = {"gender", "birthday", "language"}
_LUNAR = re.compile("农|阴|lunar|是", re.IGNORECASE)
_PERSONAL = {"name", "receiver_name", "address", "city", *_TRAITS}
_SUSPECT = re.compile("[*＊●×•#$~]")


class _Accounts(dict[str, Identity | None]):
    """Cells of an account column → identities of one scheme. `rounded`: those that Excel has rounded, which
    would make one customer of many."""

    def __init__(self, scheme: str) -> None:
        super().__init__()
        self._scheme = scheme
        self.rounded: dict[str, Wording] = {}

    def __missing__(self, cell: str) -> Identity | None:
        if len(self) >= values.REMEMBERED:
            self.clear()
        value = identifiers.normalise(self._scheme, cell)
        if value and (why := values.rounded(value)):
            self.rounded[cell] = why
            value = None
        self[cell] = identity = Proven(self._scheme, value) if value else None
        return identity


def _note(cells: Sequence[str], rounded: Mapping[str, Wording], problems: Problems) -> None:
    for at, cell in enumerate(cells):
        if cell in rounded:
            problems.setdefault(at, ("bad_id", rounded[cell]))


def _note_rounded_phones(
    identities: Sequence[tuple[Identity, ...]], cells: Cells, problems: Problems
) -> None:
    for field in ("phone", "receiver_phone"):
        for at, (known, cell) in enumerate(zip(identities, cells[field], strict=True)):
            if not known and "+" in cell and (why := values.rounded(values.clean(cell))):
                problems.setdefault(at, ("bad_phone", why))


def _rows(columns: list[list[Identity | None]], count: int) -> list[tuple[Identity, ...]]:
    if not columns:
        return [()] * count
    if len(columns) == 1:
        return [(one,) if one else () for one in columns[0]]
    return [row if all(row) else tuple(filter(None, row)) for row in zip(*columns, strict=True)]


def _opened(column: Sequence[str]) -> Texts:
    """Names or addresses; None where one is empty, masked or encrypted."""
    return [cell if cell.isalnum() and cell not in values.ABSENT else _open(cell) for cell in column]


def _open(cell: str) -> str | None:
    if not cell:
        return None
    text = values.clean(cell)
    if not text or (_SUSPECT.search(text) and identifiers.is_masked(text)):
        return None
    return text[:200]


@lru_cache(maxsize=8192)
def _known_city(text: str) -> str | None:
    found = _CITY.match(text)
    return found[1] if found else None


def _city(cell: str, address: str | None) -> str | None:
    """The city as the file gives it (or a region beginning with it), else the one the address begins with."""
    if cell and (city := _open(cell)):
        return (_known_city(city[:22]) or city)[:40]
    if not address:
        return None
    return _known_city(address[:9]) or _known_city(address[:22])


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
