"""The ladder on its own: the table of the guide, and any history against brute force."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guanxi.kernel.conditions import ConditionInvalid
from guanxi.loyalty.tiers.contracts import Gain, Grant, Kind, Measure, Span, Why
from guanxi.loyalty.tiers.parsing import dump_programme, parse_programme
from guanxi.loyalty.tiers.rules import stand
from tests.loyalty.tiers.reference import UTC, day, place_on

YEAR = {"way": "spend", "window": {"days": 365}}


def programme(**more: Any) -> dict[str, Any]:
    return {
        "tiers": [
            {"code": "member", "name_zh": "会员"},
            {"code": "silver", "name_zh": "银卡", "ways": [{**YEAR, "at_least": 1_000}]},
            {"code": "gold", "name_zh": "金卡", "ways": [{**YEAR, "at_least": 5_000}]},
        ],
        **more,
    }


SPEND = Measure(Kind.SPEND, Span.DAYS, 365)
GOLD, SILVER, MEMBER = 2, 1, 0


@pytest.mark.parametrize(
    ("terms", "gains", "on", "place"),
    [
        ({}, [(0, 999)], 0, MEMBER),
        ({}, [(0, 999), (1, 1)], 1, SILVER),  # at once
        ({}, [(0, 5_000)], 0, GOLD),  # past a tier
        ({}, [(0, 5_000)], 364, GOLD),
        ({}, [(0, 5_000)], 365, MEMBER),  # the window has passed, nothing is kept
        ({"grace_days": 30}, [(0, 5_000)], 394, GOLD),
        ({"grace_days": 30}, [(0, 5_000)], 395, MEMBER),
        ({"grace_days": 30}, [(0, 5_000), (380, 5_000)], 400, GOLD),  # reached again within the grace
        ({"kept": {"days": 500}}, [(0, 5_000)], 499, GOLD),
        ({"kept": {"days": 500}}, [(0, 5_000)], 500, MEMBER),
        ({"kept": {"days": 500}}, [(0, 5_000), (300, 1_000)], 500, GOLD),  # the second found it reached
        ({"kept": {"years": 1}}, [(40, 5_000)], 729, GOLD),  # until the end of 2027
        ({"kept": {"years": 1}}, [(40, 5_000)], 730, MEMBER),
        ({"kept": {"years": 1}}, [(40, 5_000), (450, 1_000)], 730, SILVER),  # silver was kept by 2027
        ({"kept": {"days": 100}, "downgrade": "step"}, [(0, 5_000)], 365, SILVER),
        ({"kept": {"days": 100}, "downgrade": "step"}, [(0, 5_000)], 464, SILVER),
        ({"kept": {"days": 100}, "downgrade": "step"}, [(0, 5_000)], 465, MEMBER),
        ({"downgrade": "never"}, [(0, 5_000)], 5_000, GOLD),
    ],
)
def test_the_table_of_the_guide(
    terms: dict[str, Any], gains: list[tuple[int, int]], on: int, place: int
) -> None:
    some = {SPEND: [Gain(day(at), fen) for at, fen in gains]}
    assert stand(parse_programme(programme(**terms)), some, [], day(on), UTC).place == place


@st.composite
def histories(draw: st.DrawFn) -> tuple[dict[str, Any], dict[Measure, list[Gain]], int]:
    windows = st.sampled_from([{"days": 30}, {"days": 200}, "year", "ever"])
    ways = [
        {"way": "spend", "window": draw(windows), "at_least": 100},
        {"way": "spend", "window": draw(windows), "at_least": 300},
        {"way": "facts", "kinds": ["event.attended"], "window": draw(windows), "at_least": 3},
    ]
    terms: dict[str, Any] = {
        "kept": draw(st.sampled_from([None, {"days": 20}, {"days": 250}, {"years": 0}, {"years": 1}])),
        "grace_days": draw(st.sampled_from([0, 0, 10])),
        "downgrade": draw(st.sampled_from(["never", "reached"])),
    }
    tiers = [
        {"code": "a", "name_en": "A"},
        {"code": "b", "name_en": "B", "ways": ways[:1]},
        {"code": "c", "name_en": "C", "ways": ways[1:]},
    ]
    definition = {"tiers": tiers, **terms}
    days = st.integers(0, 400)
    amounts = {Kind.SPEND: st.integers(-120, 250), Kind.FACTS: st.just(1)}
    gains = {
        measure: [
            Gain(day(at), fen)
            for at, fen in draw(st.lists(st.tuples(days, amounts[measure.kind]), max_size=7))
            if fen
        ]
        for measure in parse_programme(definition).measures
    }
    return definition, gains, draw(st.integers(0, 800))


@settings(max_examples=70, deadline=None)
@given(histories())
def test_any_history_comes_to_what_brute_force_says(
    drawn: tuple[dict[str, Any], dict[Measure, list[Gain]], int],
) -> None:
    definition, gains, on = drawn
    parsed = parse_programme(definition)
    assert parse_programme(dump_programme(parsed)) == parsed
    found = stand(parsed, gains, [], day(on), UTC)
    assert found.place == place_on(parsed, gains, on)
    shuffled = {measure: list(reversed(some)) for measure, some in gains.items()}
    assert stand(parsed, shuffled, [], day(on), UTC) == found
    if found.changes_ms is None or found.changes_ms > day(on + 1):  # time alone changes nothing before that
        assert stand(parsed, gains, [], day(on + 1), UTC).place == found.place


@settings(max_examples=30, deadline=None)
@given(histories(), st.randoms())
def test_two_who_become_one_are_never_lower_than_either(
    drawn: tuple[dict[str, Any], dict[Measure, list[Gain]], int], random: Any
) -> None:
    definition, gains, on = drawn
    parsed = parse_programme(definition)
    kept = {measure: [one for one in some if one.amount > 0] for measure, some in gains.items()}
    mine = {measure: [one for one in some if random.random() < 0.5] for measure, some in kept.items()}
    whole = stand(parsed, kept, [], day(on), UTC)
    assert whole.place >= stand(parsed, mine, [], day(on), UTC).place


def test_what_is_bought_is_held_beside_what_is_earned() -> None:
    parsed = parse_programme(programme())
    spent, bought = {SPEND: [Gain(day(10), 1_000)]}, [Grant(GOLD, day(5), day(35))]
    during = stand(parsed, spent, bought, day(20), UTC)
    assert (during.place, during.earned, during.until_ms) == (GOLD, SILVER, day(35))
    after = stand(parsed, spent, bought, day(35), UTC)
    assert (after.place, after.steps[-1].why) == (SILVER, Why.ENDED)
    assert during.changes_ms == day(35)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"tiers": []}, "tiers"),
        ({"downgrade": "step"}, "kept"),  # going down step by step must keep something
        ({"grace_days": -1}, "grace_days"),
        ({"kept": {"days": 0}}, "kept.days"),
        (
            {"plans": [{"code": "vip", "name_en": "VIP", "price_fen": 1, "days": 30, "tier": "no"}]},
            "plans[0].tier",
        ),
        ({"colour": "x"}, "colour"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(change: dict[str, Any], path: str) -> None:
    with pytest.raises(ConditionInvalid) as found:
        parse_programme({**programme(), **change})
    assert found.value.data["path"] == path


def test_a_grant_that_lies_ahead_is_known_to_come() -> None:
    ahead = stand(parse_programme(programme()), {}, [Grant(1, day(3), day(4))], day(0), UTC)
    assert (ahead.place, ahead.changes_ms) == (0, day(3))
    assert ahead.until_ms is None
