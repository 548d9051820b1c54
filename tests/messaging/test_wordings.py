"""Templates: names in braces and nothing else, checked before anybody gets them."""

from __future__ import annotations

from typing import Any

import pytest

from guanxi.messaging import parts, wordings
from guanxi.messaging.contracts import Draft, Kind, Priority, Variable, Wordings
from guanxi.messaging.variables import Place, Refused, check_all, check_of, writer
from guanxi.messaging.wordings import Form

FORM = Form(most_chars=200, has_subject=True, has_html=True, refusable_by_link=True)
NAME = Variable("item", Kind.TEXT, "茶")
GOOD = Draft("email", "t", "service", Priority.SERVICE, {"en": Wordings("{{item}}!", "s")}, [NAME], "en")
DAY_MS = 1_777_600_800_000  # 2026-05-01 10:00 in Shanghai


def saying(text: str, subject: str = "s", html: str = "") -> dict[str, Any]:
    return {"texts": {"en": Wordings(text, subject, html)}}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (saying("{{item}} {{other}}"), "variable_unknown"),
        (saying("nothing"), "variable_unused"),
        (saying("{{item"), "braces_open"),
        (saying("item}} {{item}}"), "braces_open"),
        (saying("{{item.__class__}}{{item}}"), "variable_name"),
        (saying("{{item|safe}}"), "variable_name"),
        (saying("{{}}{{item}}"), "variable_name"),
        (saying("{{item}}" + "x" * 200), "too_long"),
        (saying("  "), "text_missing"),
        (saying("{{item}}", " "), "subject_missing"),
        (saying("{{item}}", html="<script>1</script>"), "html_active"),
        (saying("{{item}}", html="<a onclick=x>"), "html_active"),
        ({"fallback": "zh-hans"}, "fallback_missing"),
        ({"texts": {"fr": Wordings("{{item}}", "s")}}, "language_unknown"),
        ({"texts": {}}, "language_unknown"),
        ({"variables": [NAME, NAME]}, "variable_name"),
        ({"variables": [NAME._replace(name="customer_name")]}, "variable_name"),
        ({"variables": [NAME._replace(example="13800138000")]}, "variable_personal"),
        ({"variables": [NAME._replace(example="a\r\nBcc: b")]}, "variable_bad"),
        ({"priority": Priority.MARKETING}, "unsubscribe_missing"),
    ],
)
def test_a_template_that_would_go_wrong_is_refused(change: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        wordings.check(GOOD._replace(**change), FORM)
    assert refused.value.code == code


def test_values_are_escaped_in_html_and_cannot_break_a_subject() -> None:
    texts = {"en": Wordings("{{item}}", "{{item}}\r\nBcc: x", "<b title='{{item}}'>{{ item }}</b>")}
    pattern = wordings.check(GOOD._replace(texts=texts), FORM)
    hostile = "<script>'\"&{{item}}"
    rendered = wordings.render(pattern, "en", {"item": hostile}, Place(), {})
    assert rendered.text == hostile  # what a value says is not looked at again
    assert rendered.subject == hostile + " Bcc: x"
    escaped = "&lt;script&gt;&#x27;&quot;&amp;{{item}}"
    assert rendered.html == f"<b title='{escaped}'>{escaped}</b>"


@pytest.mark.parametrize(
    ("kind", "value", "chinese", "english"),
    [
        (Kind.TEXT, "茶", "茶", "茶"),
        (Kind.INTEGER, 12345, "12,345", "12,345"),
        (Kind.POINTS, 1, "1 积分", "1 point"),
        (Kind.POINTS, -1200, "-1,200 积分", "-1,200 points"),
        (Kind.MONEY, 123450, "¥1,234.50", "¥1,234.50"),
        (Kind.DATE, DAY_MS, "2026年5月1日", "1 May 2026"),
        (Kind.URL, "https://a.cn/?b=1&c=2", "https://a.cn/?b=1&c=2", "https://a.cn/?b=1&c=2"),
        (Kind.CODE, "AB-12", "AB-12", "AB-12"),
    ],
)
def test_values_are_written_for_the_reader(kind: Kind, value: object, chinese: str, english: str) -> None:
    check_all([check_of(Variable("x", kind, value))], {"x": value})
    assert tuple(writer(kind, language)(value, Place()) for language in ("zh-hans", "en")) == (
        chinese,
        english,
    )


def test_a_day_is_that_of_the_brand() -> None:
    assert writer(Kind.DATE, "en")(DAY_MS, Place("USD", "America/Los_Angeles")) == "30 Apr 2026"
    assert writer(Kind.MONEY, "en")(5, Place("USD")) == "$0.05"


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Kind.TEXT, ["", "x" * 201, "a\nb", 5, None, "\x00"]),
        (Kind.INTEGER, ["5", 1.5, True, 10**16]),
        (Kind.MONEY, [1.0]),
        (Kind.DATE, [0, -5, "2026-05-01", 10**14]),
        (Kind.URL, ["javascript:alert(1)", "//a.cn", "https://a b", 'https://a.cn/"onx', "ftp://a"]),
        (Kind.CODE, ["", "a b", "<b>"]),
    ],
)
def test_a_value_of_another_type_is_refused(kind: Kind, values: list[object]) -> None:
    for value in values:
        with pytest.raises(Refused, match="type"):
            check_all([check_of(Variable("x", kind, value))], {"x": value})


@pytest.mark.parametrize("text", ["13800138000", "call +86 138 0013 8000", "a@b.cn", "11010519491231002X"])
def test_a_value_that_looks_personal_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        check_all([check_of(NAME._replace(name="x"))], {"x": text})
    assert refused.value.code == "variable_personal"


def test_short_messages_are_counted_as_gateways_count_them() -> None:
    assert parts.signed("兰花", "您好") == "【兰花】您好"
    sizes = [(70, 1), (71, 2), (134, 2), (135, 3)]
    assert [parts.parts("好" * chars) for chars, _parts in sizes] == [count for _chars, count in sizes]
    assert parts.parts("😀" * 36) == 2  # two units each
    assert parts.parts("") == 1
