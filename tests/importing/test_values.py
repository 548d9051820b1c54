"""Money, counts and shares: exact, or refused."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanxi.touchpoints.importing.values import (
    Bad,
    Memo,
    clean,
    count,
    fen,
    gender,
    identifier,
    micros,
    micros_in,
    share,
    to_fen,
    yes,
)

FEN = st.integers(-(10**13), 10**13)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("88", 8_800),
        ("88.00", 8_800),
        ("88.5", 8_850),
        ("¥1,234.50", 123_450),
        ("￥１，２３４．５０", 123_450),
        ("12元", 1_200),
        ("RMB 12.30", 1_230),
        ("2.5万", 2_500_000),
        ("1.2亿", 12_000_000_000),
        ("-5", -500),
        ("−5.00", -500),
        ("(3.00)", -300),
        ("￥-8.00", -800),
        ("1e3", 100_000),
        ("29.330000000000002", 2_933),
        ("\t88.00\xa0", 8_800),
        ('="88.00"', 8_800),
        ("", None),
        ("-", None),
        ("　", None),
        ("null", None),
    ],
)
def test_money_as_people_and_programs_write_it(text: str, expected: int | None) -> None:
    assert fen(text) == expected


@pytest.mark.parametrize(
    "text", ["八十八", "12,34", "1.2.3", "--5", "+-5", "(5", "5)", "12分", "1,2345", "abc", "9" * 30]
)
def test_what_is_no_amount_is_refused_with_its_text(text: str) -> None:
    value = fen(text)
    assert isinstance(value, Bad)
    assert text[:10] in value.message


@given(FEN)
def test_money_survives_being_written_down(amount: int) -> None:
    text = f"{Decimal(amount) / 100:.2f}"
    assert fen(text) == amount
    assert fen(f"¥{abs(amount) // 100:,}.{abs(amount) % 100:02d}") == abs(amount)


@given(st.lists(st.decimals(-1000, 1000, places=4, allow_nan=False, allow_infinity=False), max_size=30))
def test_finer_amounts_are_summed_exactly_and_rounded_once(amounts: list[Decimal]) -> None:
    parsed = [micros(str(amount)) for amount in amounts]
    total = sum(part for part in parsed if isinstance(part, int))
    expected = (sum(amounts, Decimal(0)) * 100).to_integral_value(ROUND_HALF_EVEN)
    assert to_fen(total) == int(expected)


@given(st.text(max_size=30))
def test_no_text_breaks_a_parser(text: str) -> None:
    for parse in (fen, count, share, identifier, gender, yes, clean):
        parse(text)


def test_counts() -> None:
    assert [count(text) for text in ("2.5万", "1,234", "", "3.0", "1.2w")] == [25_000, 1_234, None, 3, 12_000]
    assert isinstance(count("1.5"), Bad)


def test_shares() -> None:
    assert [share(text) for text in ("12.5%", "１２％", "0.3", "-")] == [0.125, 0.12, 0.3, None]


def test_an_id_that_excel_has_rounded_is_no_id() -> None:
    assert isinstance(identifier("6.91735670221E+18"), Bad)
    assert identifier("\t6917356702210008716") == "6917356702210008716"
    assert identifier("'00042") == "00042"
    assert identifier("13085.0") == "13085"
    assert [identifier(text) for text in ('="42"', '="', "", '="4')] == ["42", '="', "", '="4']


def test_a_memo_remembers_that_something_failed_and_forgets_when_full() -> None:
    memo = Memo(fen)
    assert memo["1"] == 100
    assert not memo.failed
    assert isinstance(memo["x"], Bad)
    assert memo.failed


@pytest.mark.parametrize(
    ("text", "currency", "expected"),
    [
        ("¥5.00", "CNY", 5_000_000),
        ("￥1,234.50", "CNY", 1_234_500_000),
        ("RMB 8", "CNY", 8_000_000),
        ("$5.00", "USD", 5_000_000),
        ("-5.00", "CNY", -5_000_000),
        ("7", "EUR", 7_000_000),
        ("", "CNY", None),
    ],
)
def test_a_sign_of_the_currency_is_decoration(text: str, currency: str, expected: int | None) -> None:
    assert micros_in(currency)(text) == expected


@pytest.mark.parametrize(
    ("text", "currency"),
    [("$5.00", "CNY"), ("¥5", "USD"), ("HK$7", "USD"), ("(€3.00)", "GBP"), ("-$5", "CNY")],
)
def test_a_sign_of_another_currency_is_refused(text: str, currency: str) -> None:
    refused = micros_in(currency)(text)
    assert isinstance(refused, Bad)
    assert currency in refused.message
