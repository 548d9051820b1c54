"""A loop's figures from what the lake counted: rates with intervals, quartiles, money per cycle. Pure.

Rates, times and money are of cycles whose window has passed: of others it is not known yet what they become.
docs/guide/loops.md has the formulas.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from guanxi.kernel.intervals import wilson
from guanxi.loops.contracts import Loop, Turn
from guanxi.warehouse.schemas import month_label

FEWEST: Final = 30  # cycles below which a rate is said to rest on few
PER_MILLE: Final = 1_000
Rows = Iterable[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Rate:
    """`hits` of `of`, with the 90% interval (Wilson); None of nothing."""

    hits: int = 0
    of: int = 0

    @property
    def share(self) -> float | None:
        return self.hits / self.of if self.of else None

    @property
    def low(self) -> float | None:
        return wilson(self.hits, self.of)[0]

    @property
    def high(self) -> float | None:
        return wilson(self.hits, self.of)[1]

    @property
    def is_small(self) -> bool:
        return 0 < self.of < FEWEST


@dataclass(frozen=True, slots=True)
class Quartiles:
    """Days from input to the first output, of `of` cycles that acted and produced; None of nothing."""

    low: int | None = None
    median: int | None = None
    high: int | None = None
    of: int = 0


@dataclass(frozen=True, slots=True)
class Money:
    """Minor units of cycles that acted and whose window has passed; None where something is not known.
    `cycles` are how many; `return_on_cost` is (margin − cost) / cost."""

    cycles: int
    revenue_fen: int | None
    margin_fen: int | None
    cost_fen: int | None

    def per_cycle(self, fen: int | None) -> int | None:
        return round(fen / self.cycles) if self.cycles and fen is not None else None

    @property
    def return_on_cost(self) -> float | None:
        if self.margin_fen is None or not self.cost_fen or self.cost_fen < 0:
            return None
        return (self.margin_fen - self.cost_fen) / self.cost_fen


@dataclass(frozen=True, slots=True)
class Cohort:
    """Cycles that began in a month, or all (`month` is ""). The first five are counts so far; `open` may
    still do something. `yielded` is outputs per input of closed ones."""

    month: str
    entered: int
    acted: int
    produced: int
    alone: int
    open: int
    act: Rate
    back: Rate
    alone_back: Rate
    yielded: float | None
    days: Quartiles
    money: Money


@dataclass(frozen=True, slots=True)
class Count:
    """What happened in a month, and how that differs from the month before: a share of it, None where there
    was nothing before."""

    turn: Turn
    month: str
    cycles: int
    customers: int
    change: float | None


def cohorts(loop: Loop, counted: Rows, times: Rows, margin_mille: int | None) -> list[Cohort]:
    """One of each month of entry, in order."""
    rows: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    took: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for row in counted:
        rows[row["entry_month"]].append(row)
    for row in times:
        took[row["entry_month"]].append(row)
    return [
        _cohort(loop, month_label(month), rows[month], took[month], margin_mille) for month in sorted(rows)
    ]


def whole(loop: Loop, counted: Rows, times: Rows, margin_mille: int | None) -> Cohort:
    """All cycles together."""
    return _cohort(loop, "", list(counted), list(times), margin_mille)


def counts(rows: Rows, first: int, last: int) -> list[Count]:
    """What happened in each month from the first to the last, also in those in which nothing did; by turn."""
    known = {(row["turn"], row["local_month"]): (row["cycles"], row["customers"]) for row in rows}
    found = []
    for turn in (Turn.ENTERED, Turn.ACTED, Turn.PRODUCED):
        for month in range(first, last + 1):
            cycles, customers = known.get((turn.value, month), (0, 0))
            before = known.get((turn.value, month - 1), (0, 0))[0]
            change = (cycles - before) / before if before else None
            found.append(Count(turn, month_label(month), cycles, customers, change))
    return found


def quantile(counted: Sequence[tuple[int, int]], share: float) -> int | None:
    """Of values each with how often it occurs, in order: the least that a share of all do not exceed."""
    every = sum(count for _value, count in counted)
    seen = 0
    for value, count in counted:
        seen += count
        if seen >= share * every:
            return value
    return None


def _cohort(
    loop: Loop,
    month: str,
    rows: Sequence[Mapping[str, Any]],
    times: Sequence[Mapping[str, Any]],
    margin_mille: int | None,
) -> Cohort:
    def of_all(name: str) -> int:
        return sum(row[name] for row in rows)

    def closed(name: str) -> int:
        return sum(row[name] for row in rows if row["closed"])

    entered, acted = closed("entered"), closed("acted")
    revenue = closed("revenue_fen") if loop.has_revenue else None
    margin = None
    if revenue is not None and margin_mille is not None:
        margin = round(revenue * margin_mille / PER_MILLE)
    cost = closed("cost_fen") if loop.has_cost and not closed("unpriced") else None
    return Cohort(
        month=month,
        entered=of_all("entered"),
        acted=of_all("acted"),
        produced=of_all("produced"),
        alone=of_all("alone"),
        open=of_all("entered") - entered,
        act=Rate(acted, entered),
        back=Rate(closed("produced"), acted),
        alone_back=Rate(closed("alone"), entered - acted),
        yielded=closed("outputs") / entered if entered else None,
        days=_quartiles(times),
        money=Money(acted, revenue, margin, cost),
    )


def _quartiles(times: Sequence[Mapping[str, Any]]) -> Quartiles:
    days: dict[int, int] = defaultdict(int)
    for row in times:
        if row["acted"]:
            days[row["days"]] += row["cycles"]
    ordered = sorted(days.items())
    low, median, high = (quantile(ordered, share) for share in (0.25, 0.5, 0.75))
    return Quartiles(low, median, high, sum(days.values()))
