"""Times as files write them; wall clocks are the brand's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanxi.kernel.clock import SHANGHAI, to_ms
from guanxi.touchpoints.importing.dates import Dates, birthday
from guanxi.touchpoints.importing.values import Bad

NINE = 1_709_600_580_000  # 2024-03-05 09:03 in Shanghai
MIDNIGHT = 1_709_568_000_000
dates = Dates()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-03-05 09:03:00", NINE),
        ("2024-03-05 09:03", NINE),
        ("2024/3/5 9:03", NINE),
        ("2024.3.5 9:03", NINE),
        ("2024年3月5日 9时3分", NINE),
        ("2024年03月05日 09:03:00", NINE),
        ("２０２４-０３-０５ ０９:０３:００", NINE),
        ("\t2024-03-05 09:03:00\t", NINE),
        ("2024-03-05T09:03:00+08:00", NINE),
        ("2024-03-05T01:03:00Z", NINE),
        ("2024-03-05T01:03:00.000Z", NINE),
        ("2024-03-05 上午9:03", NINE),
        ("Mar 5, 2024 9:03 AM", NINE),
        ("5 Mar 2024 09:03", NINE),
        ("20240305090300", NINE),
        ("1709600580", NINE),
        ("1709600580000", NINE),
        ("45356.3770833333", NINE),
        ("2024-03-05", MIDNIGHT),
        ("20240305", MIDNIGHT),
        ("2024年3月5日", MIDNIGHT),
        ("45356", MIDNIGHT),
        ("2024-03-04 24:00:00", MIDNIGHT),
        ("2024年3月5日 星期二", MIDNIGHT),
        ("2024-03-05(周二)", MIDNIGHT),
        ("Tue, 05 Mar 2024 00:00:00 +0800", MIDNIGHT),
        ("-", None),
        ("", None),
        ("0", None),
        ("0000-00-00 00:00:00", None),
        ("1970-01-01 08:00:00", None),
        ("1970-01-01", None),
        ("1899-12-30", None),
        ("0001-01-01 00:00:00", None),
    ],
)
def test_times_as_files_write_them(text: str, expected: int | None) -> None:
    assert dates.moment(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-30",
        "2023-02-29 10:00:00",
        "2024-13-01",
        "2024-03-05 25:00:00",
        "2024-03-05 09:61:00",
        "99999999",
        "昨天",
        "02/03/2024",
        "5/3/24",
        "3.14",
    ],
)
def test_impossible_and_ambiguous_dates_are_refused(text: str) -> None:
    assert isinstance(dates.moment(text), Bad)


def test_day_first_and_month_first_where_only_one_is_possible() -> None:
    assert dates.moment("13/02/2024") == dates.moment("02/13/2024") == dates.moment("2024-02-13")


def test_summer_time_as_china_had_it() -> None:
    assert dates.moment("1988-06-01 12:00:00") == to_ms(datetime(1988, 6, 1, 3, tzinfo=UTC))
    skipped = dates.moment("1988-04-17 02:30:00")
    assert skipped == to_ms(datetime(1988, 4, 17, 3, 30))
    twice = dates.moment("1988-09-11 01:30:00")
    assert twice == to_ms(datetime(1988, 9, 11, 1, 30, fold=0))


@given(st.datetimes(datetime(1970, 1, 3), datetime(2100, 1, 1)))
def test_a_time_survives_being_written_down(moment: datetime) -> None:
    moment = moment.replace(microsecond=0, fold=0)
    expected = int(
        (moment.replace(tzinfo=SHANGHAI) - datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC")))
        / timedelta(milliseconds=1)
    )
    for form in ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y年%m月%d日 %H时%M分%S秒", "%Y%m%d%H%M%S"):
        if not (form == "%Y%m%d%H%M%S" and moment.year < 1000):
            assert dates.moment(moment.strftime(form)) == expected


@given(st.text(max_size=30))
def test_no_text_breaks_a_parser(text: str) -> None:
    dates.moment(text)
    birthday(text)


def test_other_zones() -> None:
    assert Dates(ZoneInfo("Europe/London")).moment("2024-07-01 12:00:00") == 1_719_831_600_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1990-05-01", ("1990-05-01", "solar")),
        ("1990/5/1", ("1990-05-01", "solar")),
        ("1990年5月1日", ("1990-05-01", "solar")),
        ("19900501", ("1990-05-01", "solar")),
        ("05-01", ("--05-01", "solar")),
        ("5月1日", ("--05-01", "solar")),
        ("02-29", ("--02-29", "solar")),
        ("农历1990年5月30日", ("1990-05-30", "lunar")),
        ("1990-02-30(农历)", ("1990-02-30", "lunar")),
        ("1900-01-01", None),
        ("", None),
    ],
)
def test_birthdays(text: str, expected: tuple[str, str] | None) -> None:
    assert birthday(text) == expected


def test_an_impossible_birthday_is_refused() -> None:
    assert isinstance(birthday("1990-02-30"), Bad)
    assert isinstance(birthday("1991-02-29"), Bad)
