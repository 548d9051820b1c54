"""Scores of 1 to 5 for recency, frequency and money, and what the pairs of the first two are called. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from guanxi.kernel.wording import Wording, say

SCORES: Final = 5
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Named:
    """A group of customers: `cells` are the (recency, frequency) scores in it."""

    name: str
    label: Wording
    meaning: Wording
    cells: frozenset[tuple[int, int]]


def _cells(recency: Sequence[int], frequency: Sequence[int]) -> frozenset[tuple[int, int]]:
    return frozenset((r, f) for r in recency for f in frequency)


NAMED: Final = (
    Named(
        "champions",
        say("Champions"),
        say("Bought just now, and often: recency 5, frequency 4 or 5."),
        _cells((5,), (4, 5)),
    ),
    Named(
        "loyal",
        say("Loyal"),
        say("Buy often, the last time not long ago: recency 3 or 4, frequency 4 or 5."),
        _cells((3, 4), (4, 5)),
    ),
    Named(
        "potential",
        say("Potential"),
        say("Recent, and on the way to often: recency 4 or 5 with frequency 2 or 3, or 3 and 3."),
        _cells((4, 5), (2, 3)) | _cells((3,), (3,)),
    ),
    Named(
        "new",
        say("New"),
        say("Recent, and for the first time or nearly so: recency 4 or 5, frequency 1."),
        _cells((4, 5), (1,)),
    ),
    Named(
        "cannot_lose",
        say("Can't lose"),
        say("Bought most often, and have not come for long: recency 1 or 2, frequency 5."),
        _cells((1, 2), (5,)),
    ),
    Named(
        "at_risk",
        say("At risk"),
        say("Bought often, and have not come for long: recency 1 or 2, frequency 3 or 4."),
        _cells((1, 2), (3, 4)),
    ),
    Named(
        "hibernating",
        say("Hibernating"),
        say("Bought seldom, and not of late: recency 2 or 3, frequency 1 or 2."),
        _cells((2, 3), (1, 2)),
    ),
    Named(
        "lost",
        say("Lost"),
        say("Bought seldom, and longest ago: recency 1, frequency 1 or 2."),
        _cells((1,), (1, 2)),
    ),
)


def places() -> Integers:
    """The place in NAMED of each pair of scores, shape (6, 6); row and column 0 mean nothing."""
    found = np.zeros((SCORES + 1, SCORES + 1), dtype=np.int64)
    for place, named in enumerate(NAMED):
        for recency, frequency in named.cells:
            found[recency, frequency] = place
    return found


def quintiles(values: Integers) -> list[int]:
    """The four values that a fifth, two, three and four fifths of the customers do not exceed."""
    if not len(values):
        return []
    at = [-(-len(values) * fifth // SCORES) - 1 for fifth in range(1, SCORES)]
    return [int(value) for value in np.partition(values, at)[at]]


def scores(values: Integers, cuts: Sequence[int]) -> Integers:
    """1 up to the first cut (included), 2 up to the second, …: 1 and the number of cuts that are exceeded.
    Equal values have equal scores, so that some scores may have no customers."""
    found = np.ones(len(values), dtype=np.int64)
    for cut in cuts:
        found += values > cut
    return found


def reversed_scores(values: Integers, cuts: Sequence[int]) -> Integers:
    """As `scores`, where the least is the best: 5 up to the first cut."""
    return (len(cuts) + 2) - scores(values, cuts)


def sums(place: Integers, values: Any, count: int) -> npt.NDArray[np.float64]:
    """The sum of the values by place, shape (count,)."""
    return np.bincount(place, weights=values, minlength=count).astype(np.float64)
