"""How a brand's customers stand to it, as of the last sync of its warehouse."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from guanxi.kernel.intervals import wilson
from guanxi.loops.queries import last_day
from guanxi.loyalty.standing.contracts import ATTITUDE
from guanxi.platform.models import Brand
from guanxi.warehouse import queries as warehouse

DAYS: Final = 90
# (repeats, turns to the brand) → its name
NAMES: Final = {(1, 1): "loyal", (1, 0): "habit", (0, 1): "latent", (0, 0): "neither"}


@dataclass(frozen=True)
class Balance:
    """Customers by asks less gives of the last 90 days. `behind` are those asked more often than given."""

    customers: int
    behind: int
    gives: int
    bought: int
    asks: int


@dataclass(frozen=True)
class Standing:
    """Customers who bought in the last 365 days and stand so; shares are of all of these, with the 90%
    interval. `full_share` is the share of orders without a discount, of those of which it is known."""

    name: str
    customers: int
    share: float | None
    low: float | None
    high: float | None
    orders: int
    revenue_fen: int
    full_share: float | None


@dataclass(frozen=True)
class Found:
    """`until` is None where there are no facts."""

    until: date | None
    balance: Balance
    standings: list[Standing]
    sql: list[str]


def standing(brand: Brand) -> Found:
    """Both reports, as of the day of the last fact."""
    from guanxi.loyalty.standing import metrics  # noqa: PLC0415 - Ibis takes half a second to load

    last = last_day(brand)
    if last is None:
        return Found(None, _balance([]), _standings([]), [])
    tables = warehouse.tables()
    asked = (
        metrics.balances(tables, last, DAYS),
        metrics.standings(tables, last, ATTITUDE.names()),
    )
    balances, standings = (warehouse.run(brand, one).to_pylist() for one in asked)
    return Found(
        date.fromordinal(date(1970, 1, 1).toordinal() + last),
        _balance(balances),
        _standings(standings),
        [warehouse.sql(one) for one in asked],
    )


def _balance(rows: list[dict[str, Any]]) -> Balance:
    sums = {name: sum(row[name] for row in rows) for name in ("customers", "gives", "bought", "asks")}
    return Balance(behind=sum(row["customers"] for row in rows if row["lag"] > 0), **sums)


def _standings(rows: list[dict[str, Any]]) -> list[Standing]:
    every = sum(row["customers"] for row in rows)
    known = {(row["repeats"], row["turns"]): row for row in rows}
    found = []
    for key, name in NAMES.items():
        row = known.get(key, dict.fromkeys(("customers", "orders", "revenue_fen", "priced", "full"), 0))
        customers = row["customers"]
        low, high = wilson(customers, every)
        found.append(
            Standing(
                name,
                customers,
                customers / every if every else None,
                low,
                high,
                row["orders"],
                row["revenue_fen"],
                row["full"] / row["priced"] if row["priced"] else None,
            )
        )
    return found
