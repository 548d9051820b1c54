"""Plans: lines to slots, against a slow reference."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guanxi.kernel.clock import SHANGHAI, to_datetime
from guanxi.kernel.errors import Invalid
from guanxi.loyalty.booking.plans import Line, parse, times

pytestmark = pytest.mark.database_free


def clocks(text: str, day: date, minutes: int = 30, zone: ZoneInfo = SHANGHAI) -> list[tuple[str, int]]:
    return [(one.local[11:], one.seats) for one in times(parse(text, minutes), day, minutes, zone)]


TUESDAY, SATURDAY = date(2026, 12, 1), date(2026, 12, 5)


def test_the_example_of_the_guide() -> None:
    plan = "1-5 10:00-11:00 2\n6 10:00 4\n2026-12-25 closed\n2026-12-26 13:00-14:00 1\n"
    assert clocks(plan, TUESDAY) == [("10:00", 2), ("10:30", 2)]
    assert clocks(plan, SATURDAY) == [("10:00", 4)]
    assert clocks(plan, date(2026, 12, 6)) == []
    assert clocks(plan, date(2026, 12, 25)) == []
    assert clocks(plan, date(2026, 12, 26)) == [("13:00", 1), ("13:30", 1)]
    assert clocks("2 10:00 1\n1-7 10:00 3\n2026-12-02 休", TUESDAY) == [("10:00", 4)]


def test_a_time_that_summer_time_leaves_out_is_left_out_and_one_that_comes_twice_is_the_first() -> None:
    berlin, plan = ZoneInfo("Europe/Berlin"), "7 01:30-04:00 1"
    assert [clock for clock, _ in clocks(plan, date(2026, 3, 29), 30, berlin)] == ["01:30", "03:00", "03:30"]
    twice = times(parse(plan, 30), date(2026, 10, 25), 30, berlin)
    assert [one.local[11:] for one in twice] == ["01:30", "02:00", "02:30", "03:00", "03:30"]
    assert twice[1].starts_ms - twice[0].starts_ms == 30 * 60_000


@pytest.mark.parametrize(
    "text",
    [
        "8 10:00 1",
        "5-1 10:00 1",
        "1 25:00 1",
        "1 10:60 1",
        "1 10:00 0",
        "1 10:00 99999",
        "1 10:00-10:20 1",
        "1 closed",
        "2026-02-30 closed",
        "1 10:00",
        "１ 10:00 1",
        "<b>",
        "1 10:00 1\n" * 201,
    ],
)
def test_a_line_that_cannot_be_says_which(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse(text, 30)
    assert refused.value.data["field"] == "plan"


LINES = st.builds(
    Line,
    st.lists(st.integers(0, 6), max_size=3, unique=True).map(tuple),
    st.none() | st.just(TUESDAY),
    st.integers(0, 1_439),
    st.none() | st.integers(0, 1_440),
    st.integers(0, 5),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(LINES, max_size=5), st.dates(date(2026, 11, 25), date(2026, 12, 9)), st.integers(5, 240))
def test_slots_against_every_minute_of_the_day(lines: list[Line], day: date, minutes: int) -> None:
    own = any(line.day == day for line in lines)
    seats: dict[int, int] = {}
    for line in lines:
        if (line.day == day) if own else (day.weekday() in line.weekdays):
            for minute in range(1_440):
                steps, rest = divmod(minute - line.start, minutes)
                fits = line.until is not None and minute + minutes <= line.until
                if not rest and (steps == 0 or (steps > 0 and fits)) and line.seats:
                    seats[minute] = seats.get(minute, 0) + line.seats
    found = times(lines, day, minutes, SHANGHAI)
    assert {
        round((to_datetime(one.starts_ms) - midnight(day)) / timedelta(minutes=1)): one.seats for one in found
    } == (dict(sorted(seats.items())[:200]))


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
