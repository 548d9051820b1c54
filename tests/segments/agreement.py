"""What must hold of the two ways to answer conditions."""

from __future__ import annotations

from collections.abc import Sequence

from guanxi.kernel.conditions import Condition, Moment
from guanxi.segments.compiling import count, counted, expression, members
from guanxi.segments.evaluating import evaluate, evaluate_each
from guanxi.warehouse import queries as warehouse
from tests.segments.worlds import World

FAR_MS = 400 * 86_400_000


def check_agreement(world: World, conditions: Sequence[Condition]) -> None:
    """The lake says of everybody what the database says, and nothing changes before either says it may."""
    numbered = dict(enumerate(conditions))
    here = evaluate(world.brand, numbered, world.customer_ids, world.moment)
    rows = warehouse.run(world.brand, expression(world.brand, numbered, world.moment)).to_pylist()
    there = {row["customer_id"]: frozenset(key for key in numbered if row[f"s{key}"]) for row in rows}
    assert there == {customer_id: found.holds for customer_id, found in here.items()}
    for row in rows:
        customer_id = row["customer_id"]
        for changes_ms in {row["changes_ms"], here[customer_id].changes_ms}:
            assert changes_ms is None or changes_ms > world.moment.as_of_ms
            later_ms = world.moment.as_of_ms + FAR_MS if changes_ms is None else changes_ms - 1
            later = Moment(later_ms, world.moment.zone, world.moment.up_to)
            again = evaluate(world.brand, numbered, [customer_id], later)
            assert again[customer_id].holds == here[customer_id].holds, (customer_id, changes_ms)


def check_members(world: World, conditions: Sequence[Condition]) -> None:
    """Counting and listing one condition says what the whole set says."""
    numbered = dict(enumerate(conditions))
    here = evaluate(world.brand, numbered, world.customer_ids, world.moment)
    for key, condition in numbered.items():
        wanted = sorted(customer_id for customer_id, found in here.items() if key in found.holds)
        assert counted(world.brand, condition, world.moment) == (len(wanted), wanted)
        assert count(world.brand, condition, world.moment) == len(wanted)
        found = members(world.brand, condition, world.moment)["customer_id"].to_pylist()
        assert sorted(found) == wanted


def check_each(world: World, conditions: Sequence[Condition], moments: Sequence[Moment]) -> None:
    """Customers each at a moment of their own, asked at once, are what they are when asked one by one."""
    numbered = dict(enumerate(conditions))
    asked = [(customer_id, at) for at in moments for customer_id in (*world.customer_ids, 10**12)]
    found = evaluate_each(world.brand, numbered, asked)
    for (customer_id, at), holds in zip(asked, found, strict=True):
        alone = evaluate(world.brand, numbered, [customer_id], at).get(customer_id)
        assert holds == (alone.holds if alone else frozenset()), (customer_id, at)
