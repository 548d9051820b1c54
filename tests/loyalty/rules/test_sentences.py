"""Rules as sentences."""

from __future__ import annotations

from typing import Any

import pytest

from guanxi.kernel.conditions import Tongue
from guanxi.kernel.conditions.wording import ENGLISH
from guanxi.loyalty.rules.parsing import parse_definition
from guanxi.loyalty.rules.sentences import sentence
from guanxi.platform.language import tongue

GIVE: dict[str, Any] = {"effect": "give", "asset": "points", "units": 1}
SAID: list[tuple[dict[str, Any], str]] = [
    (
        {"on": ["order.paid"], "effects": [{**GIVE, "per": "amount", "each_fen": 100}]},
        "Whoever ordered gets 1 units of “points” for each full ¥1.",
    ),
    (
        {
            "on": ["order.paid", "code.scanned"],
            "where": [
                {"field": "channel", "value": "tmall"},
                {"field": "amount_fen", "op": "ge", "value": 9900},
            ],
            "effects": [{**GIVE, "units": 200}, {"effect": "tag", "tag": "vip"}],
            "limit": {"per": "ever", "times": 1},
        },
        "Whoever ordered or scanned a code where channel is Tmall, amount is at least ¥99 gets 200 units of "
        "“points” and the tag “vip”. At most once for each customer.",
    ),
    (
        {
            "on": ["order.paid"],
            "if": {"leaf": "profile.gender", "is": "f"},
            "since": "2026-11-01",
            "until": "2026-11-30",
            "weekdays": [5, 6],
            "hours": [10, 22],
            "limit": {"per": "month", "times": 3, "units": 5_000},
            "effects": [{"effect": "multiply", "asset": "points", "percent": 200}],
        },
        "Whoever ordered and at that moment is a woman gets 200% of “points”. Valid from 2026-11-01 to "
        "2026-11-30. Only on Saturday and Sunday. Only from 10:00 to 22:00. At most 3 times a month for each "
        "customer. At most 5,000 units a month for each customer.",
    ),
    (
        {
            "on": ["order.paid"],
            "since": "2026-11-01",
            "effects": [{**GIVE, "per": "pieces", "most": 9, "wait_days": 7, "wait_after": "receipt"}],
        },
        "Whoever ordered gets 1 units of “points” for each piece, at most 9, 7 days after receipt. "
        "Valid from 2026-11-01 on.",
    ),
]


@pytest.mark.parametrize(("data", "said"), SAID, ids=range(len(SAID)))
def test_what_a_rule_says_in_english(data: dict[str, Any], said: str) -> None:
    assert sentence(parse_definition(data), ENGLISH) == said


@pytest.mark.parametrize("data", [data for data, _said in SAID], ids=range(len(SAID)))
def test_in_chinese_nothing_is_left_out(data: dict[str, Any]) -> None:
    """What people wrote, days and figures stand in it as they do in English."""
    chinese: Tongue = tongue("zh-hans")
    said = sentence(parse_definition(data), chinese)
    for word in ("“points”", *([data["since"]] if "since" in data else [])):
        assert word in said
    assert "付款下单" in said
    assert "%(" not in said


def test_what_people_name_stays_as_they_wrote_it() -> None:
    hostile = "<b>100% %(n)s {x} “q”"
    data = {"on": ["order.paid"], "effects": [{"effect": "tag", "tag": hostile}]}
    for language in ("en", "zh-hans"):
        assert hostile in sentence(parse_definition(data), tongue(language))
