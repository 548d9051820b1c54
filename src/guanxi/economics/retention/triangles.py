"""Cohort triangles from the cells that the lake answers: gaps filled, money added up, curves pooled. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isqrt
from typing import Any, Final

from guanxi.economics.metrics import PER_MILLE
from guanxi.economics.retention.periods import observed, period_at

MOST_CELLS: Final = 40_000
NOTHING: Final[Mapping[str, int]] = dict.fromkeys(
    ("customers", "orders", "revenue_fen", "refunds_fen", "margin_mfen"), 0
)


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cohort did at an age. The `…_so_far` are sums from age 0 on; `observed` is the part of the
    period that is over; money is in minor units."""

    age: int
    observed: float
    customers: int
    orders: int
    revenue: int
    refunds: int
    margin: float
    revenue_so_far: int
    margin_so_far: float


@dataclass(frozen=True, slots=True)
class Cohort:
    """Customers of a group who bought first in a period; a cell for each age that has begun."""

    period: int
    grp: int
    size: int
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Point:
    """A pooled curve at an age: `total` over cohorts of together `size` customers."""

    age: int
    total: float
    size: int

    @property
    def mean(self) -> float:
        return self.total / self.size


def triangle(cells: Iterable[Mapping[str, Any]], per: str, until: int) -> list[Cohort]:
    """The cohorts in order of period and group. `cells` are rows of `metrics.cohort_cells`."""
    found: dict[tuple[int, int], dict[int, Mapping[str, Any]]] = {}
    for cell in cells:
        found.setdefault((cell["cohort"], cell["grp"]), {})[cell["period"]] = cell
    last = period_at(per, until)
    seen = {period: observed(per, period, until) for period in {last, last - 1}}
    return [
        Cohort(period, grp, of[period]["customers"], _filled(of, period, last, seen))
        for (period, grp), of in sorted(found.items())
    ]


def newest(cohorts: Sequence[Cohort], groups: int, since: int | None) -> list[Cohort]:
    """Those from the period `since` on, and of them as many of the newest as have MOST_CELLS cells."""
    chosen = [one for one in cohorts if since is None or one.period >= since]
    most = isqrt(2 * MOST_CELLS // max(groups, 1))
    last = max((one.period for one in chosen), default=0)
    return [one for one in chosen if one.period > last - most]


def pooled(cohorts: Iterable[Cohort], value: str) -> list[Point]:
    """The curve over all cohorts, each weighted by its size: at each age over the cohorts that have wholly
    seen it. `value` is "customers" (who bought at that age), "revenue" or "margin" (so far: the sum of what
    each age added, so that a cohort too young to have seen it all does not bend the curve)."""
    totals: dict[int, float] = {}
    sizes: dict[int, int] = {}
    for cohort in cohorts:
        for cell in cohort.cells:
            if cell.observed >= 1.0:
                totals[cell.age] = totals.get(cell.age, 0.0) + getattr(cell, value)
                sizes[cell.age] = sizes.get(cell.age, 0) + cohort.size
    points, so_far = [], 0.0
    for age in sorted(totals):
        so_far += totals[age] / sizes[age]
        total = totals[age] if value == "customers" else so_far * sizes[age]
        points.append(Point(age, total, sizes[age]))
    return points


def _filled(
    of: Mapping[int, Mapping[str, Any]], period: int, last: int, seen: Mapping[int, float]
) -> list[Cell]:
    cells: list[Cell] = []
    revenue, margin = 0, 0.0
    for place in range(period, last + 1):
        row = of.get(place, NOTHING)
        earned = row["margin_mfen"] / PER_MILLE
        revenue, margin = revenue + row["revenue_fen"], margin + earned
        cells.append(
            Cell(
                place - period,
                seen.get(place, 1.0),
                row["customers"],
                row["orders"],
                row["revenue_fen"],
                row["refunds_fen"],
                earned,
                revenue,
                margin,
            )
        )
    return cells
