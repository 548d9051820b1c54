"""What customers hold, what of it will expire and how fast it is used: reports from the lake
(docs/guide/liability.md)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from guanxi.kernel.clock import now_ms, to_datetime
from guanxi.loyalty.breakage import Alive, Curve, curve_of, lost, share
from guanxi.loyalty.ledger.assets import assets
from guanxi.platform.models import Brand
from guanxi.warehouse import queries as warehouse
from guanxi.warehouse.schemas import month_label

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Month:
    """One asset in one month, as of its end. Units; `money_fen` is what customers hold at the asset's price,
    None without one. `burn_rate` is used / issued; `age_days` how long the units used had been held."""

    asset: str
    month: str
    issued: int
    returned: int
    used: int
    withdrawn: int
    expired: int
    outstanding: int
    owed: int
    money_fen: int | None
    burn_rate: float | None
    age_days: float | None


@dataclass(frozen=True)
class Cohort:
    """Units of an asset issued in a month, and what became of them. `breakage_rate` is what expired, and
    `expected_rate` what is likely to in the end, as shares of what was issued and not taken back."""

    asset: str
    month: str
    issued: int
    used: int
    expired: int
    withdrawn: int
    moved: int
    alive: int
    breakage_rate: float | None
    expected_rate: float | None


@dataclass(frozen=True)
class Expiry:
    """Units of an asset that expire in a month (None: never) unless they are used, and how many are likely to
    be left then."""

    asset: str
    month: str | None
    units: int
    expected: int | None
    expected_fen: int | None


@dataclass(frozen=True)
class Everything:
    months: list[Month]
    cohorts: list[Cohort]
    expiries: list[Expiry]


def liability(brand: Brand, until: date | None = None) -> list[Month]:
    """Each asset's months from the first with entries to the one of `until` (today), in order."""
    last = _month_of(_until_day(brand, until))
    tables, metrics = warehouse.tables(), _metrics()
    months = _rows(brand, metrics.ledger_months(tables["ledger_flows"]))
    burned = _rows(brand, metrics.burned(tables["ledger_lots"], tables["ledger_uses"]))
    ages = {(row["asset"], row["local_month"]): share(row["unit_days"], row["units"]) for row in burned}
    prices = prices_of(brand.pk)
    found: dict[str, dict[int, dict[str, int]]] = defaultdict(dict)
    for row in months:
        if row["local_month"] <= last:
            found[row["asset"]][row["local_month"]] = row
    answer: list[Month] = []
    for asset, rows in sorted(found.items()):
        answer += _months(asset, rows, last, prices.get(asset), ages)
    return answer


def breakage(brand: Brand, until: date | None = None) -> list[Cohort]:
    """Each asset's months of issue as of the end of a day (today), in order."""
    return _cohorts(brand, _lots(brand, _until_day(brand, until)))


def forecast(brand: Brand, until: date | None = None) -> list[Expiry]:
    """For each asset the months in which something expires after a day (today), in order, what never expires
    last. What is overdue counts in the month of that day."""
    return _expiries(brand, _lots(brand, _until_day(brand, until)))


def everything(brand: Brand) -> Everything:
    """All three of today, what they ask alike asked once."""
    lots = _lots(brand, _until_day(brand, None))
    return Everything(liability(brand), _cohorts(brand, lots), _expiries(brand, lots))


class Lots(NamedTuple):
    """By asset: what is left of lots at the end of a day, and the curve by which it is used."""

    until_day: int
    alive: dict[str, list[Alive]]
    curves: dict[str, Curve]


def _cohorts(brand: Brand, lots: Lots) -> list[Cohort]:
    tables = warehouse.tables()
    cohorts: dict[tuple[str, int], list[Alive]] = defaultdict(list)
    for asset, rows in lots.alive.items():
        for one in rows:
            if one.came == "issued":
                cohorts[asset, one.local_month].append(one)
    answer = []
    asked = _metrics().lot_cohorts(tables["ledger_lots"], tables["ledger_uses"], lots.until_day)
    for row in _rows(brand, asked):
        left = cohorts[row["asset"], row["local_month"]]
        kept = row["issued"] - row["withdrawn"]
        more = lost(left, lots.curves[row["asset"]], lots.until_day).expected if left else 0.0
        counted = {name: row[name] for name in ("asset", "issued", "used", "expired", "withdrawn", "moved")}
        answer.append(
            Cohort(
                **counted,
                month=month_label(row["local_month"]),
                alive=sum(one.units for one in left),
                breakage_rate=share(row["expired"], kept),
                expected_rate=share(None if more is None else row["expired"] + more, kept),
            )
        )
    return answer


def _expiries(brand: Brand, lots: Lots) -> list[Expiry]:
    prices, now = prices_of(brand.pk), _month_of(lots.until_day)
    answer = []
    for asset, rows in sorted(lots.alive.items()):
        months: dict[int | None, list[Alive]] = defaultdict(list)
        for one in rows:
            months[None if one.expires_month is None else max(one.expires_month, now)].append(one)
        for month in sorted(months, key=lambda number: (number is None, number)):
            total = sum(one.units for one in months[month])
            losing = lost(months[month], lots.curves[asset], lots.until_day).expected
            expected = None if losing is None else round(losing)
            label = None if month is None else month_label(month)
            answer.append(Expiry(asset, label, total, expected, money(expected, prices.get(asset))))
    return answer


def prices_of(brand_id: int) -> dict[str, int | None]:
    """asset → what one unit is worth, in fen; None where nobody has said."""
    return {one.code: one.unit_price_fen for one in assets(brand_id)}


def money(units: int | None, price_fen: int | None) -> int | None:
    return None if units is None or price_fen is None else units * price_fen


def _months(
    asset: str,
    rows: dict[int, dict[str, int]],
    last: int,
    price: int | None,
    ages: dict[tuple[str, int], float | None],
) -> Iterator[Month]:
    outstanding = owed = 0
    names = ("issued", "returned", "used", "withdrawn", "expired")
    for month in range(min(rows), last + 1):
        row = rows.get(month, {})
        outstanding += row.get("net", 0)
        owed += row.get("owed", 0)
        counted = {name: row.get(name, 0) for name in names}
        yield Month(
            asset=asset,
            month=month_label(month),
            **counted,
            outstanding=outstanding,
            owed=owed,
            money_fen=money(outstanding, price),
            burn_rate=share(counted["used"], counted["issued"]),
            age_days=ages.get((asset, month)),
        )


def _lots(brand: Brand, until_day: int) -> Lots:
    tables, metrics = warehouse.tables(), _metrics()
    lots, uses = tables["ledger_lots"], tables["ledger_uses"]
    alive: dict[str, list[Alive]] = defaultdict(list)
    exits: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for row in _rows(brand, metrics.lots_alive(lots, uses, until_day)):
        alive[row.pop("asset")].append(Alive(**row))
    for row in _rows(brand, metrics.lot_exits(lots, uses, until_day)):
        exits[row["asset"]].append((row["age"], row["used"], row["other"]))
    curves = {asset: curve_of(exits[asset], alive[asset], until_day) for asset in {*alive, *exits}}
    return Lots(until_day, alive, curves)


def _rows(brand: Brand, expression: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = warehouse.run(brand, expression).to_pylist()
    return found


def _metrics() -> Any:
    from guanxi.loyalty import metrics  # noqa: PLC0415 - Ibis takes half a second to load

    return metrics


def _until_day(brand: Brand, until: date | None) -> int:
    today = to_datetime(now_ms(), ZoneInfo(brand.timezone)).date()
    return ((until or today) - EPOCH).days


def _month_of(day: int) -> int:
    at = date.fromordinal(EPOCH.toordinal() + day)
    return at.year * 12 + at.month - 1
