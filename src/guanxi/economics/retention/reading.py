"""What the reports on retention read alike: until when, by which groups, and what to say of too little."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from guanxi.customers.places import place_name
from guanxi.economics import metrics
from guanxi.economics.retention.periods import date_of, day_number
from guanxi.economics.running import ask
from guanxi.kernel.wording import Wording, say
from guanxi.warehouse import queries as warehouse
from guanxi.warehouse.contracts import BrandRow

ALL: Final = "all"
EVERYBODY: Final = say("All customers")
OTHER: Final = say("Other")
UNKNOWN: Final = say("Unknown")


@dataclass(frozen=True)
class Span:
    """The days that are known: of the first order, of the last (or the day that was asked for), by their
    numbers; `later` orders are dated after the day of the sync and cannot be."""

    first: int
    last: int
    later: int

    @property
    def notes(self) -> list[Wording]:
        if not self.later:
            return []
        return [say("%(n)s orders are dated in the future and are left out.", n=self.later)]


def span(brand: BrandRow, until: date | None) -> Span | None:
    """What is known until a day; None where nobody had bought by then."""
    latest = _day_of_sync(brand)
    wanted = latest if until is None else min(latest, day_number(until))
    tables = warehouse.tables()
    (row,) = ask(brand, metrics.order_days(tables["touchpoints"], wanted)).to_pylist()
    if row["first_day"] is None:
        return None
    if until is None:
        return Span(row["first_day"], row["last_day"], row["later_orders"])
    return Span(row["first_day"], wanted, 0)


def _day_of_sync(brand: BrandRow) -> int:
    """After it nothing can have happened."""
    synced_ms = warehouse.synced_ms(brand)
    if not synced_ms:
        return metrics.LAST
    return day_number(
        datetime.fromtimestamp(synced_ms / 1000, UTC).astimezone(ZoneInfo(brand.timezone)).date()
    )


@dataclass(frozen=True)
class Groups:
    """How customers are told apart: `table` has customer_id and grp, the place of a customer's group in
    `names` (None: they are not told apart, and there is one)."""

    names: list[str]
    table: Any = None

    @property
    def count(self) -> int:
        return len(self.names)


def groups(brand: BrandRow, by: str, until: int) -> Groups:
    """The largest groups of a choice of BY, then the others, then those of whom it is unknown."""
    if by == ALL:
        return Groups([EVERYBODY])
    lake = warehouse.tables()
    people = metrics.firsts(lake["touchpoints"], lake["subject_map"], lake["customers"], by, until)
    told = ask(brand, metrics.greatest_groups(people))["told"].to_pylist()
    names = [_name(by, text) for text in told]
    return Groups([*names, OTHER, UNKNOWN], metrics.in_groups(people, told))


def _name(by: str, told: str) -> str:
    if by == metrics.CITY:
        code = int(told)
        return f"{place_name(code)} {place_name(code, chinese=False)}".strip() or told
    if by == metrics.FIRST_PRODUCT:
        try:
            return str(json.loads(f'"{told}"'))
        except ValueError:
            return told
    return told


NOTHING: Final = say("Not enough data: no customer has a paid order in this time.")


def iso(day: int) -> str:
    return date_of(day).isoformat()
