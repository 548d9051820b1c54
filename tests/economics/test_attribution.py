"""Credits against naive computations of the same, path by path."""

from __future__ import annotations

import csv
import gzip
import itertools
import math
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guanxi.economics import attribution
from guanxi.economics.journeys.attribution import apportioned

Counted = tuple[Sequence[str], float, float, float]
PATHS = st.lists(
    st.tuples(
        st.lists(st.sampled_from("abcde"), min_size=1, max_size=6),
        st.integers(0, 20),
        st.integers(0, 20),
        st.integers(0, 10_000),
    ).map(lambda path: (path[0], path[1], path[2], path[3] if path[1] else 0)),
    max_size=12,
)


def credits_of(method: str, paths: Sequence[Counted]) -> dict[str, float]:
    journeys = attribution.of_paths(paths)
    return dict(zip(journeys.names, attribution.METHODS[method](journeys).conversions, strict=True))


@settings(deadline=None)
@given(PATHS)
def test_credits_add_up_to_the_conversions_and_the_revenue(paths: list[Counted]) -> None:
    journeys = attribution.of_paths(paths)
    for name, method in attribution.METHODS.items():
        credit = method(journeys)
        assert credit.conversions.sum() == pytest.approx(sum(path[1] for path in paths)), name
        assert credit.revenue_fen.sum() == pytest.approx(sum(path[3] for path in paths)), name
        assert (credit.conversions >= -1e-9).all()
        assert np.isfinite(credit.conversions).all()


@settings(deadline=None)
@given(PATHS)
def test_rules_are_what_they_are_for_each_path(paths: list[Counted]) -> None:
    def naive(weigh: Callable[[int], list[float]]) -> dict[str, float]:
        found: Counter[str] = Counter()
        for path, conversions, *_ in paths:
            for name, weight in zip(path, weigh(len(path)), strict=True):
                found[name] += conversions * weight
        return found

    def by_position(n: int) -> list[float]:
        return [1.0] if n == 1 else [0.5, 0.5] if n == 2 else [0.4, *[0.2 / (n - 2)] * (n - 2), 0.4]

    def by_decay(n: int) -> list[float]:
        weights = [2 ** (-(n - 1 - place) / 7) for place in range(n)]
        return [weight / sum(weights) for weight in weights]

    rules = {
        "first": lambda n: [1.0, *[0.0] * (n - 1)],
        "last": lambda n: [*[0.0] * (n - 1), 1.0],
        "linear": lambda n: [1 / n] * n,
        "time_decay": by_decay,
        "position": by_position,
    }
    for name, weigh in rules.items():
        expected = naive(weigh)
        for channel, credit in credits_of(name, paths).items():
            assert credit == pytest.approx(expected[channel]), name


def brute_shapley(paths: Sequence[Counted]) -> dict[str, float]:
    """The average gain of a channel over every order in which channels may come."""
    names = sorted({name for path in paths for name in path[0]})

    def worth(coalition: frozenset[str]) -> float:
        return sum(path[1] for path in paths if set(path[0]) <= coalition)

    found: Counter[str] = Counter()
    for order in itertools.permutations(names):
        for place, name in enumerate(order):
            before = frozenset(order[:place])
            found[name] += (worth(before | {name}) - worth(before)) / math.factorial(len(names))
    return found


@settings(deadline=None, max_examples=40)
@given(PATHS)
def test_shapley_is_the_average_over_every_order_of_channels(paths: list[Counted]) -> None:
    expected = brute_shapley(paths)
    for name, credit in credits_of("shapley", paths).items():
        assert credit == pytest.approx(expected[name])


def absorbed(paths: Sequence[Counted], removed: str | None = None) -> float:
    """The chance to convert, by walking the chain until nobody is left on the way."""
    names = ["start", *sorted({name for path in paths for name in path[0]}), "conversion", "nothing"]
    number = {name: at for at, name in enumerate(names)}
    counts = np.zeros((len(names), len(names)))
    for path, conversions, nulls, _ in paths:
        for origin, target in itertools.pairwise(["start", *path]):
            counts[number[origin], number[target]] += conversions + nulls
        counts[number[path[-1]], number["conversion"]] += conversions
        counts[number[path[-1]], number["nothing"]] += nulls
    out = counts.sum(1, keepdims=True)
    moves = np.divide(counts, out, where=out > 0, out=np.zeros_like(counts))
    for end in ("conversion", "nothing", *([removed] if removed else [])):
        moves[number[end]] = 0
        moves[number[end], number["nothing" if end == removed else end]] = 1
    for _ in range(60):  # squared each time: 2 ** 60 steps
        moves = moves @ moves
        moves /= np.maximum(moves.sum(1, keepdims=True), 1e-300)
    return float(moves[number["start"], number["conversion"]])


@settings(deadline=None, max_examples=60)
@given(PATHS)
def test_markov_loses_what_the_chain_loses_without_the_channel(paths: list[Counted]) -> None:
    total = sum(path[1] for path in paths)
    if not total:
        return
    names = sorted({name for path in paths for name in path[0]})
    whole = absorbed(paths)
    effects = {name: 1 - absorbed(paths, name) / whole for name in names}
    found = credits_of("markov", paths)
    for name in names:
        assert found[name] == pytest.approx(effects[name] / sum(effects.values()) * total, rel=1e-6, abs=1e-9)


def read(path: Path) -> list[Counted]:
    with gzip.open(path, "rt") as stream:
        return [
            (
                row["path"].split(" > "),
                float(row["total_conversions"]),
                float(row["total_null"]),
                float(row["total_conversion_value"]),
            )
            for row in csv.DictReader(stream)
        ]


def test_the_reference_data_of_twelve_channels(shared_data: Callable[[str], Path]) -> None:
    paths = read(shared_data("attribution/mta_data.csv.gz"))
    total = sum(path[1] for path in paths)
    whole = absorbed(paths)
    names = sorted({name for path in paths for name in path[0]})
    assert (len(paths), len(names), total) == (10_000, 12, 19_785)
    effects = {name: 1 - absorbed(paths, name) / whole for name in names}
    expected = {name: effect / sum(effects.values()) * total for name, effect in effects.items()}
    assert credits_of("markov", paths) == pytest.approx(expected, rel=1e-9)
    assert credits_of("shapley", paths) == pytest.approx(shapley_over_subsets(paths), rel=1e-9)


def shapley_over_subsets(paths: Sequence[Counted]) -> dict[str, float]:
    """Shapley's formula over all 2 ** n coalitions, their worth summed up over subsets."""
    names = sorted({name for path in paths for name in path[0]})
    n = len(names)
    worth = np.zeros(1 << n)
    for path, conversions, *_ in paths:
        worth[sum(1 << names.index(name) for name in set(path))] += conversions
    every = np.arange(1 << n)
    for bit in range(n):
        has = (every >> bit & 1).astype(bool)
        worth[has] += worth[every[has] ^ (1 << bit)]
    size = np.array([int(mask).bit_count() for mask in every])
    weigh = np.array([math.factorial(k) * math.factorial(n - k - 1) / math.factorial(n) for k in range(n)])
    found = {}
    for bit, name in enumerate(names):
        without = every[(every >> bit & 1) == 0]
        found[name] = float((weigh[size[without]] * (worth[without | (1 << bit)] - worth[without])).sum())
    return found


def test_many_channels_need_more_than_one_word() -> None:
    names = [f"c{number:03}" for number in range(150)]
    credit = credits_of("shapley", [(names, 30, 0, 0), (names[:1], 5, 5, 0)])
    assert credit["c000"] == pytest.approx(5.2)
    assert credit["c149"] == pytest.approx(0.2)


@given(st.lists(st.floats(0, 1e6), max_size=30))
def test_apportioned_parts_keep_the_sum(parts: list[float]) -> None:
    found = apportioned(parts)
    assert sum(found) == int(np.rint(sum(parts)))
    assert all(abs(whole - part) <= 1 for whole, part in zip(found, parts, strict=True))


def test_nothing_at_all() -> None:
    journeys = attribution.of_paths([])
    assert all(len(method(journeys).conversions) == 0 for method in attribution.METHODS.values())
    empty = np.array([], np.int64)
    assert len(attribution.of_events([], empty, empty, empty).start) == 0
