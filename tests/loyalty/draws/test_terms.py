"""Terms: what the law refuses, what counts as the customers' favour, one hash for one meaning."""

from __future__ import annotations

from typing import Any

import pytest

from guanxi.kernel.errors import Invalid
from guanxi.loyalty.draws import terms as written
from tests.loyalty.draws.conftest import CLOSES_MS, GIFT, OPENS_MS, POINTS, terms

pytestmark = pytest.mark.database_free
CONSOLATION = {"asset": "points", "units": 5, "value_fen": 5}


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("prizes.0.value_fen", {"prizes": [{**GIFT, "value_fen": 5_000_001}]}),
        ("consolation.value_fen", {"consolation": {**CONSOLATION, "value_fen": 5_000_001}}),
        ("organiser", {"organiser": " "}),
        ("redemption", {"redemption": ""}),
        ("closes_ms", {"closes_ms": OPENS_MS}),
        ("prizes", {"prizes": []}),
        ("prizes", {"prizes": [GIFT, GIFT]}),
        ("prizes.0.quantity", {"prizes": [{**GIFT, "quantity": 0}]}),
        ("prizes.0.quantity", {"prizes": [{**GIFT, "quantity": 1.0}]}),
        ("prizes.0.value_fen", {"prizes": [{**GIFT, "value_fen": True}]}),
        ("prizes.0.code", {"prizes": [{**GIFT, "code": "a|b"}]}),
        ("positions", {"mode": "instant", "positions": 3}),
        ("positions", {"positions": 3}),
        ("entropy", {"mode": "instant", "positions": 9, "entropy": "the index"}),
        ("entry.units", {"entry": {"asset": "points", "units": 0}}),
        ("title", {"title": "a\u202eb"}),
        ("terms", {"surprise": 1}),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(field: str, more: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        written.parse(terms(**more))
    assert refused.value.data["field"] == field


def test_the_hash_is_of_what_the_terms_mean() -> None:
    told = written.parse(terms())
    assert written.parse(written.dump(told)) == told
    shuffled = dict(reversed(terms(title="  Spring   春天 ").items()))
    assert written.hash_of(written.dump(written.parse(shuffled))) == written.hash_of(written.dump(told))
    assert written.canonical({"b": 1, "a": "春"}) == '{"a":"\\u6625","b":1}'


GOOD: list[dict[str, Any]] = [
    {"closes_ms": CLOSES_MS + 1},
    {"claim_days": 60},
    {"prizes": [{**GIFT, "quantity": 2}, POINTS]},
    {"prizes": [GIFT, {**POINTS, "units": 200, "value_fen": 2_000}]},
    {"consolation": CONSOLATION},
    {"entry": {"most": 2}},
]
BAD: list[dict[str, Any]] = [
    {"closes_ms": CLOSES_MS - 1},
    {"opens_ms": OPENS_MS - 1},
    {"claim_days": 29},
    {"prizes": [GIFT]},
    {"prizes": [GIFT, {**POINTS, "quantity": 2}]},
    {"prizes": [POINTS, GIFT]},
    {"prizes": [{**GIFT, "value_fen": 110_000}, POINTS]},
    {"entry": {"asset": "points", "units": 1}},
    {"one_prize": False},
    {"entropy": "the index"},
    {"insider_tag": "staff"},
    {"organiser": "Another"},
]


def test_only_the_customers_favour_changes_what_is_published() -> None:
    before = written.parse(terms())
    for more in GOOD:
        assert written.favours(before, written.parse(terms(**more))) is None, more
    for more in BAD:
        assert written.favours(before, written.parse(terms(**more))) is not None, more
    with_consolation = written.parse(terms(consolation=CONSOLATION))
    assert written.favours(with_consolation, before) is not None


def test_more_entries_of_an_instant_draw_need_as_many_more_prizes() -> None:
    def instant(positions: int, bags: int, points: int) -> Any:
        prizes = [{**GIFT, "quantity": bags}, {**POINTS, "quantity": points}]
        return written.parse(terms(mode="instant", positions=positions, prizes=prizes))

    before = instant(100, 1, 3)
    assert written.favours(before, instant(200, 2, 6)) is None
    assert written.favours(before, instant(100, 2, 3)) is None
    assert written.favours(before, instant(101, 1, 3)) is not None
    assert written.favours(before, instant(200, 2, 5)) is not None


def test_what_it_costs_and_what_the_law_says() -> None:
    drawn = written.parse(terms(consolation=CONSOLATION))
    assert written.expected_cost_fen(drawn, 0) == 0
    assert written.expected_cost_fen(drawn, 10) == 120_000 + 3 * 1_000 + 6 * 5
    instant = written.parse(terms(mode="instant", positions=100))
    assert written.expected_cost_fen(instant, 50) == 60_000 + 1_500
    assert any("¥500" in said for said in written.warnings(instant))
    assert any("public number" in said for said in written.warnings(drawn))
