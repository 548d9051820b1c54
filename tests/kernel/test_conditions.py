"""The language by itself: what parses, what is refused and where, what a window holds."""

from __future__ import annotations

import time
from collections import Counter
from datetime import datetime
from typing import Any

import pytest

from guanxi.kernel.clock import DAY_MS, SHANGHAI, to_ms
from guanxi.kernel.conditions import (
    ENGLISH,
    EVER,
    Compare,
    ConditionInvalid,
    Every,
    Feature,
    LeafType,
    Moment,
    Never,
    Op,
    Param,
    ParamType,
    Some,
    Vocabulary,
    Window,
    dump,
    holds,
    loads,
    parse,
    sentence,
)
from guanxi.kernel.conditions.shares import PARTS, part, seed_of
from guanxi.kernel.conditions.windows import Bounds, Calendar, Side
from guanxi.kernel.registries import Registry

N = Feature("s", "n")


def vocabulary() -> Vocabulary:
    found: Vocabulary = Registry("leaf of conditions", lambda leaf: leaf.name)
    found.register(
        LeafType(
            "n.is",
            "数",
            "Number",
            "test",
            "A number.",
            (
                Param("value", ParamType.INTEGER, "值", "Value", required=True, least=0, most=9),
                Param("within", ParamType.WINDOW, "时间", "When", default=EVER),
                Param("where", ParamType.WHERE, "条件", "Where", default=()),
            ),
            lambda leaf, tongue: f"is {leaf['value']}",
            lambda leaf: Compare(N, Op.EQ, leaf["value"]),
        )
    )
    return found


WORDS = vocabulary()


def is_(value: int) -> dict[str, Any]:
    return {"leaf": "n.is", "value": value}


def refused(data: Any) -> ConditionInvalid:
    with pytest.raises(ConditionInvalid) as caught:
        parse(data, WORDS)
    return caught.value


@pytest.mark.parametrize(
    ("data", "path", "expected"),
    [
        ([], "", "a condition"),
        ({"version": 2, "all": []}, "version", "the number 1"),
        ({"all": [], "any": []}, "", "exactly one of all, any, not, leaf"),
        ({"all": [is_(1), {}]}, "all[1]", "exactly one of"),
        ({"any": {"leaf": "n.is"}}, "any", "a list of conditions"),
        ({"not": {"leaf": "m.is"}}, "not.leaf", "one of n.is"),
        ({"all": [{"leaf": "n.is"}]}, "all[0].value", "a value, which n.is needs"),
        ({"all": [{**is_(1), "values": 3}]}, "all[0].values", "a parameter of n.is"),
        ({"all": [is_(10)]}, "all[0].value", "a whole number from 0 to 9"),
        ({"all": [{"leaf": "n.is", "value": True}]}, "all[0].value", "a whole number"),
        ({"all": [{**is_(1), "within": {"days": 0}}]}, "all[0].within.days", "days from 1"),
        ({"all": [{**is_(1), "within": {"since": "2026-02-30"}}]}, "all[0].within.since", "a day such as"),
        (
            {"all": [{**is_(1), "within": {"between": ["2026-02-02", "2026-02-01"]}}]},
            "all[0].within.between[1]",
            "a day not before 2026-02-02",
        ),
        ({"all": [{**is_(1), "where": [{"field": "a"}]}]}, "all[0].where[0]", "an object with field, value"),
        (
            {"all": [{**is_(1), "where": [{"field": "a", "op": "like", "value": 1}]}]},
            "all[0].where[0].op",
            "one of eq",
        ),
        (
            {"all": [{**is_(1), "where": [{"field": "a", "value": "\0"}]}]},
            "all[0].where[0].value",
            "text of 1 to 200 characters",
        ),
    ],
)
def test_an_error_says_where_and_what(data: Any, path: str, expected: str) -> None:
    error = refused(data)
    assert error.data["path"] == path
    assert expected in error.message


def test_what_was_found_is_shortened() -> None:
    found = str(refused({"all": [{"leaf": "n.is", "value": "x" * 5_000}]}).data["found"])
    assert len(found) == 60
    assert found.endswith("…")


def test_five_thousand_leaves_are_refused_in_milliseconds() -> None:
    data = {"version": 1, "all": [is_(1)] * 5_000}
    started = time.perf_counter()
    error = refused(data)
    assert time.perf_counter() - started < 0.1
    assert "more than 500 leaves" in error.message


def test_nothing_is_too_deep_to_be_refused() -> None:
    data: dict[str, Any] = is_(1)
    for _ in range(10):
        data = {"not": data}
    assert dump(parse(data, WORDS), WORDS) == {"version": 1, **data}
    assert "deeper than 10 levels" in refused({"not": data}).message
    for _ in range(50_000):
        data = {"all": [data]}
    assert "deeper than 10 levels" in refused(data).message


def test_a_large_condition_is_refused_by_its_bytes() -> None:
    where = [{"field": "a", "op": "among", "value": [f"{n:0>190}" for n in range(400)]}]
    assert "larger than 65536 bytes" in refused({"all": [{**is_(1), "where": where}]}).message
    with pytest.raises(ConditionInvalid, match="larger than"):
        loads(b"[" * 100_000, WORDS)
    with pytest.raises(ConditionInvalid, match="not JSON"):
        loads("{", WORDS)


def test_a_stored_condition_is_read_though_choices_went() -> None:
    words: Vocabulary = Registry("leaf", lambda leaf: leaf.name)
    given = Param("kind", ParamType.CHOICE, "", "", choices=())
    words.register(LeafType("k", "", "", "", "", (given,), lambda *_: "", lambda leaf: Compare(N, Op.EQ, 1)))
    gone = {"leaf": "k", "kind": "gone"}
    assert dump(parse(gone, words, stored=True), words) == {"version": 1, **gone}
    words.get("k")


def test_defaults_are_left_out_and_kept_apart() -> None:
    condition = parse({"all": [{**is_(1), "within": None}, is_(1)]}, WORDS)
    assert dump(condition, WORDS) == {"version": 1, "all": [is_(1), is_(1)]}


def test_brackets_stand_only_where_they_are_needed() -> None:
    either = {"any": [is_(2), is_(3)]}
    assert said({"all": [is_(1), either]}) == "is 1 and (is 2 or is 3)"
    assert said({"all": [either]}) == "is 2 or is 3"
    assert said({"not": either}) == "does not match (is 2 or is 3)"
    assert said({"all": [{"all": []}, {"not": {"any": []}}]}) == "is anybody and is anybody"


def said(data: dict[str, Any]) -> str:
    return sentence(parse(data, WORDS), ENGLISH, WORDS)


def test_what_is_unknown_compares_false_and_not_is_the_complement() -> None:
    times = Feature("s", "times")
    for predicate in (Compare(N, Op.NE, 1), Compare(N, Op.LT, 1), Compare(N, Op.GE, 0, times=times)):
        assert not holds(predicate, {N: None, times: None})
        assert holds(Never(predicate), {})
    assert holds(Compare(N, Op.GE, 5, times=times), {N: 10, times: 2})
    assert holds(Every(), {})
    assert not holds(Some(), {})
    assert holds(Compare(Feature("s", "count", absent=0), Op.EQ, 0), {})


NOW = Moment(to_ms(datetime(2026, 3, 1, 0, 0), SHANGHAI))  # still February in UTC


def at(*parts: int) -> int:
    return to_ms(datetime(*parts), SHANGHAI)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("window", "first_ms", "last_ms"),
    [
        (Window(days=1), NOW.as_of_ms - DAY_MS + 1, NOW.as_of_ms),
        (Window(calendar=Calendar.TODAY), at(2026, 3, 1), NOW.as_of_ms),
        (Window(calendar=Calendar.YESTERDAY), at(2026, 2, 28), at(2026, 3, 1) - 1),
        (Window(calendar=Calendar.THIS_MONTH), at(2026, 3, 1), NOW.as_of_ms),
        (Window(calendar=Calendar.LAST_MONTH), at(2026, 2, 1), at(2026, 3, 1) - 1),
        (Window(calendar=Calendar.LAST_YEAR), at(2025, 1, 1), at(2026, 1, 1) - 1),
        (Window(since=datetime(2026, 2, 28).date()), at(2026, 2, 28), NOW.as_of_ms),
    ],
)
def test_windows_are_of_the_brands_days(window: Window, first_ms: int, last_ms: int) -> None:
    assert window.bounds(NOW) == Bounds(first_ms - 1, last_ms)


def test_the_sides_of_a_window_make_up_all_of_time() -> None:
    for window in (Window(calendar=Calendar.LAST_MONTH), Window(days=3, side=Side.BEFORE), Window(days=3)):
        before, after = window.before(), window.after()
        inside = window.bounds(NOW)
        assert before is None or before.bounds(NOW).until_ms == inside.after_ms
        assert after is None or after.bounds(NOW) == Bounds(inside.until_ms, NOW.as_of_ms)
        assert after is not None or inside.until_ms == NOW.as_of_ms


def test_shares_are_even_and_draws_unrelated() -> None:
    one, other = seed_of("one"), seed_of("other")
    tenth = [number for number in range(1, 20_001) if part(number, one) < PARTS // 10]
    assert 1_800 < len(tenth) < 2_200
    assert 130 < sum(part(number, other) < PARTS // 10 for number in tenth) < 270
    spread = Counter(part(number, one) * 10 // PARTS for number in range(1, 20_001))
    assert all(1_800 < n < 2_200 for n in spread.values())
    assert 0 <= part((1 << 63) - 1, one) < PARTS
