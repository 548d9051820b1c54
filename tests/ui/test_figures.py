"""Numbers, money and times follow the language."""

from __future__ import annotations

import pytest
from django.utils import translation

from guanxi.kernel.clock import DAY_MS, HOUR_MS, MINUTE_MS, frozen
from guanxi.kernel.sheets import safe_cell
from guanxi.ui import figures
from guanxi.ui.parts import Cell, Chart, Series, Table, csv_text

NOW = 1_790_000_000_000  # 2026-09-21 22:13:20 in Shanghai


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        (None, "—", "—"),
        (0, "0", "0"),
        (9_999, "9,999", "9,999"),
        (12_000, "1.2万", "12K"),
        (99_999_999, "1亿", "100M"),
        (340_000_000, "3.4亿", "340M"),
        (-25_000, "-2.5万", "-25K"),
    ],
)
def test_compact_numbers(value: int | None, chinese: str, english: str) -> None:
    with translation.override("zh-hans"):
        assert figures.compact(value) == chinese
    with translation.override("en"):
        assert figures.compact(value) == english


@pytest.mark.parametrize(
    ("fen", "currency", "written"),
    [
        (123_450, "CNY", "¥1,234.50"),
        (-1_200, "CNY", "-¥12.00"),
        (5, "CNY", "¥0.05"),
        (None, "CNY", "—"),
        (500, "JPY", "JP¥500"),
        (100, "SGD", "SGD 1.00"),
    ],
)
def test_money_is_exact_to_the_minor_unit(fen: int | None, currency: str, written: str) -> None:
    assert figures.money(fen, currency) == written


def test_an_unknown_share_is_not_zero() -> None:
    assert figures.share(None) == "—"
    assert figures.share(0.4123) == "41.2%"


@pytest.mark.parametrize(
    ("age_ms", "written"),
    [
        (5_000, "just now"),
        (MINUTE_MS, "1 minute ago"),
        (90 * MINUTE_MS, "1 hour ago"),
        (20 * HOUR_MS, "today 02:13"),
        (30 * HOUR_MS, "yesterday 16:13"),
        (10 * DAY_MS, "09-11 22:13"),
        (400 * DAY_MS, "2025-08-17 22:13"),
        (-HOUR_MS, "today 23:13"),
    ],
)
def test_times_are_relative_near_now_and_local_to_the_brand(age_ms: int, written: str) -> None:
    with frozen(NOW), translation.override("en"):
        assert figures.moment(NOW - age_ms) == written


@pytest.mark.parametrize("text", ["=1+1", "+86", "-2", "@x", "\tx", "\rx", " =x", "＝1", "＠x"])
def test_no_cell_of_an_export_is_a_formula(text: str) -> None:
    assert str(safe_cell(text)).startswith("'")


def test_numbers_of_an_export_stay_numbers() -> None:
    assert safe_cell(-12.5) == -12.5
    lines = "".join(csv_text(["a", "b"], [[-1, "=x"], [None, "好"]]))
    assert lines == "\ufeffa,b\r\n-1,'=x\r\n,好\r\n"


def test_a_chart_says_what_is_drawn_in_a_stable_shape() -> None:
    chart = Chart(
        "m",
        "How?",
        "stacked",
        ["2026-01"],
        [Series("New", [5])],
        Table(["a"], [[Cell("x")]]),
        "/x.csv",
        "money",
    )
    assert chart.spec == {
        "kind": "stacked",
        "title": "How?",
        "labels": ["2026-01"],
        "series": [{"name": "New", "values": [5]}],
        "unit": "money",
        "currency": "CNY",
    }
