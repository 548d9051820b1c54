"""Birthdays in both calendars."""

from __future__ import annotations

from datetime import date

import pytest

from guanxi.customers.birthdays import is_birthday, next_birthday

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("text", "calendar", "valid"),
    [
        ("1990-05-01", "solar", True),
        ("--02-29", "solar", True),
        ("1990-02-29", "solar", False),
        ("1990-13-01", "solar", False),
        ("0000-00-00", "solar", False),
        ("1890-01-01", "solar", False),
        ("--02-30", "lunar", True),
        ("1988-12-31", "lunar", False),
        ("May 1", "solar", False),
    ],
)
def test_what_can_be_a_birthday(text: str, calendar: str, valid: bool) -> None:
    assert is_birthday(text, calendar) is valid


@pytest.mark.parametrize(
    ("text", "calendar", "day"),
    [
        ("1990-11-21", "solar", date(2026, 11, 21)),
        ("1990-11-20", "solar", date(2027, 11, 20)),
        ("--02-29", "solar", date(2027, 2, 28)),
        ("1990-01-01", "lunar", date(2027, 2, 6)),
        ("--08-15", "lunar", date(2027, 9, 15)),
        ("nonsense", "solar", None),
    ],
)
def test_the_next_birthday(text: str, calendar: str, day: date | None) -> None:
    assert next_birthday(text, calendar, TODAY) == day
