"""The five levers over time: how many, the mean, and the share of the content with its interval. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

LEVERS: Final = ("marketing", "branding", "service", "employees", "innovation")
LEAST: Final = 5  # answers for a figure
CONTENT: Final = 4  # this mark or better
_Z: Final = 1.959963984540054  # of 95%, both sides


class Standing(NamedTuple):
    """`n` answers that were no "don't know". `mean` is from 1 to 5; `share` gave 4 or 5, `low` to `high` its
    95% interval. None below 5 answers."""

    n: int
    mean: float | None = None
    share: float | None = None
    low: float | None = None
    high: float | None = None


def standing(marks: Sequence[int]) -> Standing:
    n = len(marks)
    if n < LEAST:
        return Standing(n)
    content = sum(mark >= CONTENT for mark in marks)
    low, high = wilson(content, n)
    return Standing(n, sum(marks) / n, content / n, low, high)


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 95% interval of a share. Wilson (1927), Probable inference, JASA 22, formula for p±."""
    if n <= 0:
        return 0.0, 1.0
    share, square = hits / n, _Z * _Z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = _Z / (1 + square / n) * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def by_quarter(
    answers: Iterable[tuple[str, Mapping[str, int | None]]],
) -> dict[str, dict[str, Standing]]:
    """quarter ("2026 Q4") → lever → its standing, by quarter, of (quarter, marks)."""
    marks: dict[str, dict[str, list[int]]] = {}
    for quarter, given in answers:
        ours = marks.setdefault(quarter, {lever: [] for lever in LEVERS})
        for lever in LEVERS:
            if (mark := given.get(lever)) is not None:
                ours[lever].append(mark)
    return {
        quarter: {lever: standing(some) for lever, some in marks[quarter].items()}
        for quarter in sorted(marks)
    }
