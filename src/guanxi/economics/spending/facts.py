"""What was spent and who was won in a period, as the reports of this part tell it apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, Final, NamedTuple

import orjson

from guanxi.economics import metrics, running
from guanxi.economics.metrics.firsts import BY_ORDER, BY_TOUCH, UNKNOWN
from guanxi.touchpoints.importing.formats.spend import platform_of
from guanxi.warehouse import queries as warehouse
from guanxi.warehouse.contracts import BrandRow
from guanxi.warehouse.schemas import month_label

EPOCH: Final = date(1970, 1, 1)
BYS: Final = ("channel", "platform", "campaign", "kol", "month")
TOLD: Final = {BY_TOUCH: "touch", BY_ORDER: "order", UNKNOWN: "unknown"}


class Line(NamedTuple):
    """A line of spend; "" where a name is missing."""

    local_day: int
    local_month: int
    platform: str
    channel: str
    campaign: str
    kol: str
    type: str
    amount_fen: int
    impressions: int | None
    clicks: int | None
    orders: int | None


class Won(NamedTuple):
    """Customers of one first day and first touch."""

    first_day: int
    channel: str
    campaign: str
    distributor: str
    told: int
    customers: int


@dataclass(frozen=True)
class Facts:
    """Of the days `first` to `last`, both included; None where nothing was ever spent or asked for."""

    lines: list[Line]
    won: list[Won]
    first: int | None
    last: int | None

    @property
    def spend_fen(self) -> int:
        return sum(line.amount_fen for line in self.lines)

    @property
    def customers(self) -> int:
        return sum(one.customers for one in self.won)

    @property
    def told(self) -> dict[str, int]:
        """Customers by how their first touch is known: "touch", "order", "unknown"."""
        found = dict.fromkeys(TOLD.values(), 0)
        for one in self.won:
            found[TOLD[one.told]] += one.customers
        return found

    def line_group(self, by: str) -> Callable[[Line], str]:
        if by == "month":
            return lambda line: month_label(line.local_month)
        return lambda line: str(getattr(line, by))

    def won_group(self, by: str) -> Callable[[Won], str]:
        """Where a customer belongs: to the KOL of the code, or the only one whom the campaign paid."""
        if by == "month":
            return lambda one: day_of(one.first_day).isoformat()[:7]
        if by == "platform":
            return lambda one: self._platforms.get(one.channel) or platform_of(one.channel)
        if by == "kol":
            return lambda one: (
                one.distributor if one.distributor in self._kols else self._paid_alone.get(one.campaign, "")
            )
        return lambda one: str(getattr(one, by))

    @cached_property
    def _kols(self) -> set[str]:
        return {line.kol for line in self.lines if line.kol}

    @cached_property
    def _paid_alone(self) -> dict[str, str]:
        kols: dict[str, set[str]] = defaultdict(set)
        for line in self.lines:
            kols[line.campaign].add(line.kol)
        return {name: next(iter(found)) for name, found in kols.items() if name and len(found) == 1}

    @cached_property
    def _platforms(self) -> dict[str, str]:
        """The platform of a channel, where all that is spent for it goes to one."""
        found: dict[str, set[str]] = defaultdict(set)
        for line in self.lines:
            found[line.channel].add(line.platform)
        own = {line.platform for line in self.lines}
        alone = {name: next(iter(ps)) for name, ps in found.items() if len(ps) == 1}
        return {name: platform for name, platform in alone.items() if name not in own}


def gathered(brand: BrandRow, since: date | None = None, until: date | None = None) -> Facts:
    """Spend and customers won. Without days the period is that of the spend known: customers from before it
    would make the spend look better than it was."""
    tables = warehouse.tables()
    (span,) = running.ask(brand, metrics.spend_days(tables["spend"])).to_pylist()
    first = _number(since) if since else span["first_day"]
    last = _number(until) if until else span["last_day"]
    days = None if first is None or last is None else metrics.Days(first, last)
    lines = running.ask(brand, metrics.spend_lines(tables["spend"], days)).to_pylist()
    won = running.ask(brand, metrics.acquired(tables["touchpoints"], tables["subject_map"], days)).to_pylist()
    return Facts([Line(**row) for row in lines], [_won(row) for row in won], first, last)


def spent_lately(brand: BrandRow, days: int) -> list[Line]:
    """The spend of the last `days` days with spend; nobody is asked who was won by it."""
    table = warehouse.tables()["spend"]
    (span,) = running.ask(brand, metrics.spend_days(table)).to_pylist()
    last = span["last_day"]
    if last is None:
        return []
    recent = metrics.Days(last - days + 1, last)
    return [Line(**row) for row in running.ask(brand, metrics.spend_lines(table, recent)).to_pylist()]


def day_of(number: int) -> date:
    return datetime.fromtimestamp(number * 86_400, UTC).date()


def _number(day: date) -> int:
    return (day - EPOCH).days


def _won(row: Mapping[str, Any]) -> Won:
    """With names as they are, not as JSON escapes them."""
    names = {name: _plain(row[name]) for name in ("campaign", "distributor")}
    return Won(**{**row, **names})


def _plain(text: str) -> str:
    return str(orjson.loads(f'"{text}"')) if "\\" in text else text


def weekly(facts: Facts, by: str) -> tuple[list[int], dict[str, tuple[list[float], list[float]]]]:
    """(first days of whole weeks from Monday, group → (spend in minor units, customers) of each week)."""
    if facts.first is None or facts.last is None:
        return [], {}
    begin = -(-(facts.first + 3) // 7)  # 1970-01-01 was a Thursday
    weeks = max(0, (facts.last + 4) // 7 - begin)
    groups: dict[str, tuple[list[float], list[float]]] = defaultdict(lambda: ([0.0] * weeks, [0.0] * weeks))
    of_line, of_won = facts.line_group(by), facts.won_group(by)
    for line in facts.lines:
        at = (line.local_day + 3) // 7 - begin
        if 0 <= at < weeks:
            groups[of_line(line)][0][at] += line.amount_fen
    for one in facts.won:
        at = (one.first_day + 3) // 7 - begin
        if 0 <= at < weeks:
            groups[of_won(one)][1][at] += one.customers
    return [(begin + week) * 7 - 3 for week in range(weeks)], dict(groups)
