"""A loop's cycles against plain Python that looks at one customer after the other."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest

from guanxi.loops import metrics
from guanxi.loops.contracts import Loop, Turn
from guanxi.loyalty.loops import LOYALTY
from guanxi.warehouse import queries
from tests.loops.made import REFERRAL, Fact, Reward, reference, some, write_lake

UNTIL = 19_740
KEYS = ("customer_id", "entry_day")


@pytest.fixture(autouse=True)
def _home(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUANXI_HOME", str(tmp_path))


def asked(slug: str, expression: Any) -> list[dict[str, Any]]:
    brand: Any = SimpleNamespace(slug=slug)
    found: list[dict[str, Any]] = queries.run(brand, expression).to_pylist()
    return found


@pytest.mark.parametrize("loop", [LOYALTY, REFERRAL], ids=lambda loop: loop.name)
@pytest.mark.parametrize("seed", range(3))
def test_cycles_are_those_found_one_by_one(loop: Loop, seed: int) -> None:
    facts, rewards, roots = some(seed)
    write_lake(f"at-random-{seed}", facts, rewards, roots)
    wanted = reference(loop, facts, rewards, roots, UNTIL)
    every = metrics.cycles(loop, queries.tables(), UNTIL).order_by(list(KEYS))
    got = asked(f"at-random-{seed}", every)
    assert len(wanted) > 10
    assert got == [{name: one[name] for name in got[0]} for one in sorted(wanted, key=by_key)]
    held_to_account(loop, f"at-random-{seed}", wanted)


def by_key(one: dict[str, Any]) -> tuple[int, ...]:
    return tuple(one[name] for name in KEYS)


def held_to_account(loop: Loop, slug: str, cycles: list[dict[str, Any]]) -> None:
    """The tables that are shown, from the reference's cycles."""
    tables = queries.tables()
    months: Counter[tuple[int, int, str]] = Counter()
    times: Counter[tuple[int, int, int]] = Counter()
    turns: Counter[tuple[str, int]] = Counter()
    people: dict[tuple[str, int], set[int]] = {}
    for one in cycles:
        closed = int(one["entry_day"] + loop.act_days + loop.return_days <= UNTIL)
        acted, produced = one["action_day"] is not None, one["output_day"] is not None
        told = {"entered": 1, "acted": acted, "produced": acted and produced, "alone": produced and not acted}
        if acted:
            told |= {name: one[name] for name in ("outputs", "revenue_fen", "cost_fen", "unpriced")}
        else:
            told["alone_fen"] = one["revenue_fen"]
        for name, value in told.items():
            months[one["entry_month"], closed, name] += value
        if produced and closed:
            times[one["entry_month"], int(acted), one["output_day"] - one["entry_day"]] += 1
        for turn, month, did in (
            ("entered", one["entry_month"], True),
            ("acted", one["action_month"], acted),
            ("produced", one["output_month"], acted and produced),
        ):
            if did:
                turns[turn, month] += 1
                people.setdefault((turn, month), set()).add(one["customer_id"])
    for row in asked(slug, metrics.cycle_months(loop, tables, UNTIL)):
        month, closed = row.pop("entry_month"), row.pop("closed")
        assert row == {name: months[month, closed, name] for name in row}
    got = asked(slug, metrics.cycle_times(loop, tables, UNTIL))
    assert {(r["entry_month"], r["acted"], r["days"]): r["cycles"] for r in got} == dict(times)
    got = asked(slug, metrics.cycle_turns(loop, tables, UNTIL))
    assert {(r["turn"], r["local_month"]): r["cycles"] for r in got} == dict(turns)
    assert all(r["customers"] == len(people[r["turn"], r["local_month"]]) for r in got)
    for turn, month in list(turns)[:4]:
        rows = metrics.cycle_people(loop, tables, UNTIL, Turn(turn), month, by_entry=False, limit=1_000)
        assert len(asked(slug, rows)) == turns[turn, month]


def one(number: int, kind: str, day: int, amount: int = 100, **payload: Any) -> Fact:
    return Fact(number, kind, None, 1, 1_704_038_400_000 + day * 86_400_000, amount, payload)


def test_the_loyalty_loop_by_hand() -> None:
    """Paid on the days 0, 0, 10, 200 and 203; rewards for the first and the last; the order of day 200 goes
    back in full, half of that of day 10."""
    facts = [
        one(1, "order.paid", 0, order="a"),
        one(2, "order.paid", 0, order="b"),
        one(3, "order.paid", 10, order="c"),
        one(4, "order.paid", 200, order="d"),
        one(5, "order.paid", 203, order="e"),
        one(6, "order.refunded", 201, order="d"),
        one(7, "order.refunded", 12, 50, order="c"),
    ]
    rewards = [Reward(1, 1, facts[0].at_ms, 7), Reward(1, 5, facts[4].at_ms, None), Reward(1, None, 0, 9)]
    write_lake("by-hand", facts, rewards, {1: 1})
    day = facts[0].day
    rows = asked("by-hand", metrics.cycles(LOYALTY, queries.tables(), day + 300).order_by("entry_day"))
    names = ("entry_day", "action_day", "cost_fen", "unpriced", "output_day", "outputs", "revenue_fen")
    assert [tuple(row[name] for name in names) for row in rows] == [
        (day, day, 7, 0, day + 10, 1, 50),
        (day + 10, None, 0, 0, None, 0, 0),
        (day + 203, day + 203, 0, 1, None, 0, 0),
    ]


def test_nothing_is_no_cycle() -> None:
    write_lake("nothing", [], [], {})
    for rows in (metrics.cycle_months, metrics.cycle_times, metrics.cycle_turns):
        assert asked("nothing", rows(LOYALTY, queries.tables(), UNTIL)) == []
    assert asked("nothing", metrics.last_day(queries.tables()["touchpoints"], UNTIL)) == [{"last_day": None}]
