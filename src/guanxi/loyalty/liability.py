"""What customers hold, what of it will expire and how fast it is used: reports from the lake
(docs/guide/liability.md)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from guanxi.kernel.clock import now_ms, to_datetime
from guanxi.loyalty.breakage import Alive, Curve, curve_of, lost, share
from guanxi.loyalty.ledger.models import Asset
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
    until_day = _until_day(brand, until)
    tables, metrics = warehouse.tables(), _metrics()
    lots, uses = tables["ledger_lots"], tables["ledger_uses"]
    alive, curves = _alive(brand, until_day)
    cohorts: dict[tuple[str, int], list[Alive]] = defaultdict(list)
    for asset, rows in alive.items():
        for one in rows:
            if one.came == "issued":
                cohorts[asset, one.local_month].append(one)
    answer = []
    for row in _rows(brand, metrics.lot_cohorts(lots, uses, until_day)):
        left = cohorts[row["asset"], row["local_month"]]
        kept = row["issued"] - row["withdrawn"]
        more = lost(left, curves[row["asset"]], until_day).expected if left else 0.0
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


def forecast(brand: Brand, until: date | None = None) -> list[Expiry]:
    """For each asset the months in which something expires after a day (today), in order, what never expires
    last. What is overdue counts in the month of that day."""
    until_day = _until_day(brand, until)
    alive, curves = _alive(brand, until_day)
    prices = prices_of(brand.pk)
    answer = []
    for asset, rows in sorted(alive.items()):
        months: dict[int | None, list[Alive]] = defaultdict(list)
        for one in rows:
            expires = one.expires_month
            months[None if expires is None else max(expires, _month_of(until_day))].append(one)
        for month in sorted(months, key=lambda number: (number is None, number)):
            total = sum(one.units for one in months[month])
            losing = lost(months[month], curves[asset], until_day).expected
            expected = None if losing is None else round(losing)
            worth = None if expected is None else money(expected, prices.get(asset))
            label = None if month is None else month_label(month)
            answer.append(Expiry(asset, label, total, expected, worth))
    return answer


def prices_of(brand_id: int) -> dict[str, int | None]:
    """asset → what 1,000 of its units are worth, in fen; None where nobody has said."""
    return dict(Asset.objects.filter(brand_id=brand_id).values_list("code", "fen_per_thousand"))


def money(units: int, fen_per_thousand: int | None) -> int | None:
    """In whole fen, half a fen upwards."""
    return None if fen_per_thousand is None else (units * fen_per_thousand + 500) // 1000


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


def _alive(brand: Brand, until_day: int) -> tuple[dict[str, list[Alive]], dict[str, Curve]]:
    """By asset: what is left of lots, and the curve by which it is used."""
    tables, metrics = warehouse.tables(), _metrics()
    lots, uses = tables["ledger_lots"], tables["ledger_uses"]
    alive: dict[str, list[Alive]] = defaultdict(list)
    exits: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for row in _rows(brand, metrics.lots_alive(lots, uses, until_day)):
        alive[row.pop("asset")].append(Alive(**row))
    for row in _rows(brand, metrics.lot_exits(lots, uses, until_day)):
        exits[row["asset"]].append((row["age"], row["used"], row["other"]))
    curves = {asset: curve_of(exits[asset], alive[asset], until_day) for asset in (*alive, *exits)}
    return alive, curves


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
