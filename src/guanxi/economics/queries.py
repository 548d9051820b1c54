"""The brand's figures, as of the last sync of its warehouse."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from guanxi.economics import assumptions, metrics
from guanxi.economics.contracts import Channel, Cohort, CohortCell, Month, Overview, Period
from guanxi.economics.figures import Rows, figure
from guanxi.kernel.clock import to_ms
from guanxi.warehouse import queries as warehouse
from guanxi.warehouse.contracts import BrandRow
from guanxi.warehouse.schemas import month_label

EPOCH = date(1970, 1, 1)


def overview(brand: BrandRow, period: Period | None = None) -> Overview:
    """The headline figures, of all time or of a period (then `customers` are those seen up to its end)."""
    days = _days(period)
    (total,) = _rows(brand, "totals", days)
    (people,) = _rows(brand, "buyers", days)
    (known,) = _rows(brand, "customers", days, until_ms=_end_ms(brand, period))
    return Overview(
        customers=known["customers"],
        buyers=people["buyers"],
        orders=total["orders"],
        revenue_fen=total["revenue_fen"],
        refunds_fen=total["refunds_fen"],
        repeat_rate=people["repeat_buyers"] / people["buyers"] if people["buyers"] else None,
        first=_iso(total["first_day"]),
        last=_iso(total["last_day"]),
        net_fen=total["revenue_fen"] - total["refunds_fen"],
        repeat_buyers=people["repeat_buyers"],
        refunds=total["refunds"],
        anonymous_orders=total["anonymous_orders"],
        anonymous_revenue_fen=total["anonymous_revenue_fen"],
        synced_ms=warehouse.synced_ms(brand),
    )


def monthly(brand: BrandRow) -> list[Month]:
    """Every month from the first with an order or a refund to the last, also those with none."""
    found = {row["local_month"]: row for row in _rows(brand, "months")}
    cells: dict[int, Rows] = defaultdict(list)
    for cell in _rows(brand, "cohorts"):
        cells[cell["local_month"]].append(cell)
    if not found:
        return []
    return [_month(number, found.get(number), cells[number]) for number in range(min(found), max(found) + 1)]


def cohorts(brand: BrandRow) -> list[Cohort]:
    """The cohort triangle: a row for each month in which somebody bought first, the oldest first."""
    by_cohort: dict[int, dict[int, dict[str, Any]]] = defaultdict(dict)
    for cell in _rows(brand, "cohorts"):
        by_cohort[cell["cohort"]][cell["local_month"]] = cell
    if not by_cohort:
        return []
    last = max(month for cells in by_cohort.values() for month in cells)
    return [_cohort(month, cells, last) for month, cells in sorted(by_cohort.items())]


def channels(brand: BrandRow, period: Period | None = None) -> list[Channel]:
    """Orders, revenue and buyers by channel, the greatest revenue first."""
    days = _days(period)
    buyers = {row["channel"]: row["buyers"] for row in _rows(brand, "channel_buyers", days)}
    return [
        Channel(
            channel=row["channel"],
            buyers=buyers.get(row["channel"], 0),
            orders=row["orders"],
            revenue_fen=row["revenue_fen"],
            refunds_fen=row["refunds_fen"],
        )
        for row in _rows(brand, "channels", days)
    ]


def customer_histories(brand: BrandRow, until_day: int = metrics.LAST) -> metrics.Table:
    """What each customer did until a local day, at the margins that the brand assumes, as an expression to
    join with (`metrics.histories` gives the columns)."""
    tables = warehouse.tables()
    margins = assumptions.of(brand.pk).margins
    return metrics.histories(tables["touchpoints"], tables["subject_map"], until_day, margins)


def compute(
    brand: BrandRow, name: str, days: metrics.Days | None = None, until_ms: int | None = None
) -> Rows:
    """A metric's rows, computed now."""
    tables = warehouse.tables()
    facts, subject_map = tables["touchpoints"], tables["subject_map"]
    expressions: dict[str, Callable[[], metrics.Table]] = {
        "totals": lambda: metrics.totals(facts, days),
        "buyers": lambda: metrics.buyers(facts, subject_map, days),
        "customers": lambda: metrics.customers(tables["customers"], until_ms),
        "months": lambda: metrics.months(facts),
        "cohorts": lambda: metrics.cohorts(facts, subject_map),
        "channels": lambda: metrics.channels(facts, days),
        "channel_buyers": lambda: metrics.channel_buyers(facts, subject_map, days),
    }
    rows: Rows = warehouse.run(brand, expressions[name]()).to_pylist()
    return rows


def _rows(brand: BrandRow, name: str, days: metrics.Days | None = None, until_ms: int | None = None) -> Rows:
    key = name if days is None else f"{name} {days.first}..{days.last}"
    return figure(brand, key, lambda: compute(brand, name, days, until_ms))


def _month(number: int, found: dict[str, Any] | None, cells: Rows) -> Month:
    row = found or defaultdict(int)
    new = [cell for cell in cells if cell["cohort"] == number]
    returning = [cell for cell in cells if cell["cohort"] < number]
    return Month(
        month=month_label(number),
        orders=row["orders"],
        revenue_fen=row["revenue_fen"],
        refunds_fen=row["refunds_fen"],
        new_buyers=sum(cell["customers"] for cell in new),
        returning_buyers=sum(cell["customers"] for cell in returning),
        new_fen=sum(cell["revenue_fen"] for cell in new),
        returning_fen=sum(cell["revenue_fen"] for cell in returning),
        anonymous_fen=row["anonymous_revenue_fen"],
    )


def _cohort(month: int, cells: dict[int, dict[str, Any]], last: int) -> Cohort:
    size = cells[month]["customers"]
    nothing = {"customers": 0, "orders": 0, "revenue_fen": 0}
    found = [(number - month, cells.get(number, nothing)) for number in range(month, last + 1)]
    return Cohort(
        month=month_label(month),
        size=size,
        cells=[
            CohortCell(
                months_since=since,
                customers=cell["customers"],
                orders=cell["orders"],
                revenue_fen=cell["revenue_fen"],
                share=cell["customers"] / size,
            )
            for since, cell in found
        ],
    )


def _days(period: Period | None) -> metrics.Days | None:
    if period is None:
        return None
    return metrics.Days((period.first - EPOCH).days, (period.last - EPOCH).days)


def _end_ms(brand: BrandRow, period: Period | None) -> int | None:
    """The first moment after the period, in UTC milliseconds."""
    if period is None:
        return None
    after = period.last + timedelta(days=1)
    return to_ms(datetime(after.year, after.month, after.day), ZoneInfo(brand.timezone))


def _iso(day: int | None) -> str | None:
    return None if day is None else datetime.fromtimestamp(day * 86_400, UTC).date().isoformat()
