"""The report of the levers, and texts that are out to do harm."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guanxi.loyalty.perks.report import LEAST, by_quarter, standing, wilson
from guanxi.loyalty.perks.texts import html

pytestmark = pytest.mark.database_free


def test_the_interval_is_the_published_one() -> None:
    """Newcombe (1998), Statistics in Medicine 17, table I, method 3: 81/263, 15/148, 0/20, 1/29."""
    published = {(81, 263): (0.2553, 0.3662), (15, 148): (0.0624, 0.1605)}
    published |= {(0, 20): (0.0, 0.1611), (1, 29): (0.0061, 0.1718)}
    for (hits, n), expected in published.items():
        assert wilson(hits, n) == pytest.approx(expected, abs=5e-5)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(1, 5), max_size=60))
def test_a_standing_is_within_its_bounds_or_not_known(marks: list[int]) -> None:
    found = standing(marks)
    assert found.n == len(marks)
    if found.n < LEAST:
        assert found[1:] == (None,) * 4
        return
    assert (
        found.mean is not None
        and found.share is not None
        and found.low is not None
        and found.high is not None
    )
    assert 1 <= found.mean <= 5
    assert 0 <= found.low <= found.share <= found.high <= 1


def test_what_nobody_knows_counts_for_none() -> None:
    answers: list[tuple[str, dict[str, int | None]]] = [("2026 Q4", {"service": 5, "branding": None})] * 6
    found = by_quarter([*answers, ("2026 Q3", {})])
    assert list(found) == ["2026 Q3", "2026 Q4"]
    assert found["2026 Q4"]["service"].n == 6
    assert found["2026 Q4"]["branding"].n == found["2026 Q3"]["service"].n == 0


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<b>)",
        "[x](//evil.example)",
        "[x](http://plain.example)",
        "![x](https://evil.example/pixel.png)",
        "<https://ok.example> <javascript:alert(1)>",
        '[x](https://a.example "t\\" onclick=\\"y")',
        "```\n</code><script>\n```",
    ],
)
def test_texts_that_would_do_harm_are_shown_as_they_are(text: str) -> None:
    said = html(text)
    for bad in (
        "<script",
        "<img",
        'href="javascript',
        'href="data',
        'href="//',
        'href="http:',
        '" onclick="',
    ):
        assert bad not in said


def test_what_a_text_may_have() -> None:
    said = html("# 护肤\n\n**每天** [more](https://a.example)\n\n- one\n- two")
    assert "<h2>护肤</h2>" in said
    assert '<strong>每天</strong> <a href="https://a.example">more</a>' in said
    assert "<li>one</li>" in said
