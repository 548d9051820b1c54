"""Which days come again on a day, against a published table."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guanxi.customers.birthdays import next_birthday
from guanxi.customers.conditions.days import codes_within
from guanxi.kernel.clock import SHANGHAI, to_datetime
from guanxi.loyalty.moments.calendar import birthday_codes, month_days, spans_before, years_since

pytestmark = pytest.mark.database_free
# Hong Kong Observatory, Gregorian-Lunar Calendar Conversion Table (1901 to 2100),
# hko.gov.hk/en/gts/time/conversion.htm
NEW_YEAR = (
    *(date(2020, 1, 25), date(2021, 2, 12), date(2022, 2, 1), date(2023, 1, 22), date(2024, 2, 10)),
    *(date(2025, 1, 29), date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26), date(2029, 2, 13)),
    *(date(2030, 2, 3), date(2034, 2, 19)),
)
FULL_MOON_OF_AUTUMN = (
    date(2024, 9, 17),
    date(2025, 10, 6),
    date(2026, 9, 25),
    date(2027, 9, 15),
    date(2028, 10, 3),
)
DRAGON_BOATS = (date(2024, 6, 10), date(2025, 5, 31), date(2026, 6, 19))
# The first day of leap months, and which month it repeats.
LEAP = {
    date(2020, 5, 23): 4,
    date(2023, 3, 22): 2,
    date(2025, 7, 25): 6,
    date(2028, 6, 23): 5,
    date(2033, 12, 22): 11,
}


def test_lunar_birthdays_are_on_the_days_of_the_published_table() -> None:
    for code, days in ((101, NEW_YEAR), (815, FULL_MOON_OF_AUTUMN), (505, DRAGON_BOATS)):
        for day in days:
            assert code in birthday_codes(day)["lunar"], (code, day)


def test_a_leap_month_has_no_birthdays() -> None:
    for first, month in LEAP.items():
        for number in range(29):
            assert birthday_codes(first + timedelta(days=number))["lunar"] == [], first
        before = {code for n in range(1, 31) for code in birthday_codes(first - timedelta(days=n))["lunar"]}
        assert {month * 100 + day for day in range(1, 31)} <= before


def test_the_thirtieth_of_a_short_month_is_on_its_last_day() -> None:
    assert sorted(birthday_codes(date(2025, 1, 28))["lunar"]) == [1229, 1230]  # 2024's last month has 29 days
    assert birthday_codes(date(2024, 2, 9))["lunar"] == [1230]


def test_the_worked_example_of_the_guide() -> None:
    assert birthday_codes(date(2025, 7, 9))["lunar"] == [615]
    assert birthday_codes(date(2025, 8, 8))["lunar"] == []
    assert birthday_codes(date(2025, 2, 28))["solar"] == [228, 229]
    assert birthday_codes(date(2024, 2, 28))["solar"] == [228]
    assert birthday_codes(date(2024, 2, 29))["solar"] == [229]


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 12), st.integers(1, 30), st.dates(date(1950, 1, 1), date(2090, 1, 1)))
def test_every_lunar_birthday_comes_once_a_lunar_year(month: int, day: int, today: date) -> None:
    text = f"--{month:02d}-{day:02d}"
    first = next_birthday(text, "lunar", today)
    assert first is not None
    second = next_birthday(text, "lunar", first + timedelta(days=1))
    assert second is not None
    assert 353 <= (second - first).days <= 385
    assert month * 100 + day in birthday_codes(first)["lunar"]


@settings(max_examples=6, deadline=None)
@given(st.dates(date(1950, 1, 1), date(2090, 1, 1)))
def test_they_are_the_days_that_conditions_and_profiles_know(day: date) -> None:
    for calendar_name, codes in birthday_codes(day).items():
        assert sorted(codes) == sorted(codes_within(day, 0, calendar_name))


@pytest.mark.parametrize("year", [1999, 2024])
def test_every_solar_birthday_of_a_year_is_on_one_day(year: int) -> None:
    first = date(year, 1, 1)
    found = [
        code
        for number in range(366 if calendar.isleap(first.year) else 365)
        for code in birthday_codes(first + timedelta(days=number))["solar"]
    ]
    assert len(found) == len(set(found)) == 366


@given(st.dates(date(1960, 1, 1), date(2020, 1, 1)), st.dates(date(2020, 1, 2), date(2060, 1, 1)))
def test_years_are_counted_on_the_days_that_are_looked_at(since: date, today: date) -> None:
    noon_ms = 1000 * 3600 * 12
    spans = spans_before(today, SHANGHAI)
    inside = [to_datetime(from_ms + noon_ms).date() for from_ms, _until in spans]
    assert (since in inside) == (years_since(since, today) is not None and today.year - since.year <= 60)
    for then in inside:
        assert years_since(then, today) == today.year - then.year
        assert then.month * 100 + then.day in month_days(today)


def test_the_anniversary_of_a_leap_day_is_on_the_28th() -> None:
    assert years_since(date(2024, 2, 29), date(2025, 2, 28)) == 1
    assert years_since(date(2024, 2, 29), date(2028, 2, 29)) == 4
    assert years_since(date(2024, 2, 29), date(2028, 2, 28)) is None
    assert years_since(date(2024, 2, 29), date(2024, 2, 29)) is None
