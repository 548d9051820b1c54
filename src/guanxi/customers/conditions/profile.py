"""The source of what is known of customers themselves: place, gender, language, birthday, when they were
seen, and their stable share."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from guanxi.customers.conditions import profile_lake
from guanxi.customers.conditions.days import (
    age_changes,
    birthday_changes,
    code_of,
    codes_of_month,
    today_number,
    upcoming,
    year_of,
)
from guanxi.customers.conditions.keys import (
    CUSTOMER,
    Age,
    BirthdayMonth,
    BirthdaySoon,
    Column,
    Key,
    Month,
    Seen,
    Share,
)
from guanxi.customers.models import Customer
from guanxi.kernel.conditions.features import BrandRow, Feature, Moment, Source, Value, Values, earliest
from guanxi.kernel.conditions.shares import part
from guanxi.kernel.conditions.windows import Calendar, Window, local_date, midnight_ms

_MONTH = Window(calendar=Calendar.THIS_MONTH)
_YEAR = Window(calendar=Calendar.THIS_YEAR)


class Row(NamedTuple):
    id: int
    adcode: int | None
    gender: str
    language: str
    birthday: str
    birthday_calendar: str
    first_ms: int
    last_ms: int


class Profile(Source):
    name = CUSTOMER
    has_everybody = True

    def now(
        self, brand: BrandRow, features: Sequence[Feature], customer_ids: Sequence[int], moment: Moment
    ) -> dict[int, Values]:
        found = {}
        for row in _rows(brand, customer_ids):
            person = _Person(row, moment)
            answers = {feature: person.answer(key_of(feature)) for feature in features}
            found[row.id] = Values(
                {feature: value for feature, (value, _) in answers.items()},
                earliest(*(changes_ms for _, changes_ms in answers.values())),
            )
        return found

    def each(
        self, brand: BrandRow, features: Sequence[Feature], asked: Sequence[tuple[int, Moment]]
    ) -> list[Mapping[Feature, Value]]:
        rows = {row.id: row for row in _rows(brand, sorted({number for number, _moment in asked}))}
        people = [_Person(rows[number], at) if number in rows else None for number, at in asked]
        return [
            {} if one is None else {feature: one.answer(key_of(feature))[0] for feature in features}
            for one in people
        ]

    def table(
        self, brand: BrandRow, features: Sequence[Feature], tables: Mapping[str, Any], moment: Moment
    ) -> Any:
        return profile_lake.table([key_of(feature) for feature in features], tables["customers"], moment)

    def topics(self, feature: Feature) -> Collection[str]:
        key = key_of(feature)
        if isinstance(key, Month | Share):
            return set()
        return {"seen"} if isinstance(key, Seen) else {"profile"}


def _rows(brand: BrandRow, customer_ids: Sequence[int]) -> list[Row]:
    rows = Customer.objects.filter(pk__in=customer_ids, brand_id=brand.pk).values_list(*Row._fields)
    return list(map(Row._make, rows))


def key_of(feature: Feature) -> Key:
    key: Any = feature.key
    return key  # type: ignore[no-any-return]


class _Person:
    """One customer's answers, each with the moment at which it may change."""

    def __init__(self, row: Row, moment: Moment) -> None:
        self._row = row
        self._moment = moment
        self._today = local_date(moment)
        self._calendar = row.birthday_calendar or "solar"
        self._code = code_of(row.birthday, self._calendar)

    def answer(self, key: Key) -> tuple[Value, int | None]:
        match key:
            case Column(name):
                return getattr(self._row, name) or None, None
            case Seen(name, window):
                return self._seen(getattr(self._row, name), window)
            case Month():
                return self._today.month, _MONTH.moves_ms(self._moment)
            case Share(seed):
                return part(self._row.id, seed), None
            case _:
                return (False, None) if self._code is None else self._birthday(key, self._code)

    def _seen(self, at_ms: int, window: Window) -> tuple[bool, int | None]:
        now_ms, length = self._moment.as_of_ms, window.rolling_ms
        falls_ms = at_ms + length if length is not None and at_ms + length > now_ms else None
        comes_ms = at_ms if at_ms > now_ms else None
        holds = window.bounds(self._moment).hold(at_ms)
        return holds, earliest(falls_ms, comes_ms, window.moves_ms(self._moment))

    def _birthday(self, key: Key, code: int) -> tuple[bool, int | None]:
        today, calendar = self._today, self._calendar
        match key:
            case BirthdaySoon(days):
                near = (upcoming(today, calendar)[code] - today).days <= days
                return near, self._midnight(birthday_changes(today, days, calendar)[code])
            case BirthdayMonth(months):
                wanted = months or (today.month,)
                holds = any(code in codes_of_month(today.year, month, calendar) for month in wanted)
                return holds, (_YEAR if months else _MONTH).moves_ms(self._moment)
            case Age(least, most):
                year = year_of(self._row.birthday)
                if year is None:
                    return False, None
                now, born = today_number(today, calendar), year * 10_000 + code
                holds = (least is None or born <= now - least * 10_000) and (
                    most is None or born > now - (most + 1) * 10_000
                )
                return holds, self._midnight(age_changes(today, calendar)[code])
            case _:
                raise AssertionError(key)

    def _midnight(self, day: date) -> int:
        return midnight_ms(day, self._moment.zone)
