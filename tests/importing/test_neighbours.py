"""Facts about neighbours come together, none is lost, and reading can begin at any window."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import NamedTuple

import pytest

from guanxi.customers.contracts import Identity, Sighting
from guanxi.touchpoints.importing import neighbours
from guanxi.touchpoints.rules import Entry

pytestmark = pytest.mark.database_free


class Chunk(NamedTuple):
    number: int
    entries: list[Entry]
    rejects: list[str]


def entry(number: int, buyer: int, payload: str = "") -> Entry:
    sighting = Sighting((Identity("tmall", f"tb{buyer:06d}"),) if buyer else (), None, number)
    return Entry(number, f"order {number}", "order.paid", "tmall", 100, 1, payload, None, sighting)


def chunks(count: int, size: int = 20, payload: str = "") -> list[Chunk]:
    dice = random.Random(count)
    return [
        Chunk(
            number,
            [entry(number * size + at, dice.randrange(200), payload) for at in range(size)],
            [f"line {number}"],
        )
        for number in range(count)
    ]


def references(arranged: list[tuple[int, Chunk]]) -> list[list[str]]:
    return [[one.source_ref for one in chunk.entries] for _, chunk in arranged]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 63, 64, 200])
def test_nothing_is_lost_or_moved_but_facts(count: int) -> None:
    given = chunks(count)
    arranged = list(neighbours.arranged(given))
    assert [chunk.number for _, chunk in arranged] == list(range(count))
    assert [chunk.rejects for _, chunk in arranged] == [chunk.rejects for chunk in given]
    handed = [reference for part in references(arranged) for reference in part]
    assert sorted(handed) == sorted(one.source_ref for chunk in given for one in chunk.entries)


def test_windows_grow_and_reading_can_begin_at_each() -> None:
    given = chunks(300)
    whole = list(neighbours.arranged(given))
    firsts = [window for window, _ in whole]
    assert sorted(set(firsts)) == [0, 1, 3, 7, 15, 31, 63, 95, 127, 159, 191, 223, 255, 287]
    for first in sorted(set(firsts)):
        again = list(neighbours.arranged(given[first:]))
        assert again == whole[first:]


def test_in_a_window_the_facts_of_one_person_lie_together_in_the_order_of_the_file() -> None:
    window = [chunk for first, chunk in neighbours.arranged(chunks(95)) if first == 63]
    facts = [one for chunk in window for one in chunk.entries]
    people = [one.sighting.identities for one in facts]
    assert people == sorted(people)
    for person in set(people):
        numbers = [one.position for one in facts if one.sighting.identities == person]
        assert numbers == sorted(numbers)


def test_large_facts_end_a_window_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "HEAVIEST", 20 * 3_000 * 10)
    given = chunks(200, payload="x" * 2_000)
    whole = list(neighbours.arranged(given))
    firsts = sorted({window for window, _ in whole})
    assert max(b - a for a, b in pairwise(firsts)) == 10
    assert sum(len(part) for part in references(whole)) == 200 * 20
    middle = firsts[len(firsts) // 2]
    assert list(neighbours.arranged(given[middle:])) == whole[middle:]
