"""Today's funnel, read from the lake."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from guanxi.economics import assumptions, figures, metrics
from guanxi.economics.running import ask
from guanxi.economics.scenarios import curve
from guanxi.economics.scenarios.model import Funnel
from guanxi.warehouse import queries as warehouse
from guanxi.warehouse.contracts import BrandRow

YEAR: Final = 12  # months
EPOCH: Final = date(1970, 1, 1)
Rows = Sequence[dict[str, Any]]


def read(brand: BrandRow, *, cached: bool = False) -> tuple[Funnel | None, int | None]:
    """The brand's funnel, and the first month to be told (year * 12 + month - 1); None for what too little
    is known of. `cached`: as computed before at this version of the lake, if it was."""
    name = f"scenarios {assumptions.of(brand.pk).version}"
    rows = figures.figure(brand, name, lambda: _asked(brand)) if cached else _asked(brand)
    return of_cells(rows)


def of_cells(rows: Rows) -> tuple[Funnel | None, int | None]:
    """The funnel of a cohort triangle's cells (cohort, local_month, customers, revenue_fen), the last of
    which is of the last full month, and of the row before them: last_month, margin and spend (by month)."""
    (last, margin, spend), cells = (rows[0][name] for name in ("last_month", "margin", "spend")), rows[1:]
    if last is None:
        return None, None
    known = [cell for cell in cells if cell["local_month"] <= last]
    sizes = {cell["cohort"]: cell["customers"] for cell in known if cell["cohort"] == cell["local_month"]}
    if not sizes:
        return None, last + 1
    first = min(sizes)
    size = np.array([sizes.get(month, 0) for month in range(first, last + 1)], float)
    later = [cell for cell in known if cell["local_month"] > cell["cohort"]]
    returned = np.zeros(len(size))
    for cell in later:
        returned[cell["local_month"] - cell["cohort"]] += cell["customers"]
    seen = np.cumsum(size)[::-1]  # of age k: cohorts of k months ago and before
    fitted = curve.fit(returned[1:], seen[1:])
    if fitted is None or margin is None:
        return None, last + 1
    recent = size[-YEAR:]
    first_fen, first_stderr = _paid([cell for cell in known if cell["cohort"] == cell["local_month"]])
    again_fen, again_stderr = _paid(later)
    spread = float(np.log(recent[recent > 0]).std()) if (recent > 0).sum() > 1 else 0.0
    return (
        Funnel(
            fitted,
            size[::-1].copy(),
            float(recent.mean()),
            spread,
            first_fen,
            first_stderr,
            again_fen,
            again_stderr,
            margin,
            _cost(spend, sizes, last),
        ),
        last + 1,
    )


def _cost(spend: Sequence[Any], sizes: dict[int, int], last: int) -> float:
    """Spend per new customer over those of the last twelve months that have spend."""
    by_month: dict[int, int] = {}
    for month, fen in spend:
        if last - YEAR < month <= last:
            by_month[month] = by_month.get(month, 0) + fen
    new = sum(sizes.get(month, 0) for month in by_month)
    return sum(by_month.values()) / new if new else 0.0


def _paid(cells: Rows) -> tuple[float, float]:
    """What a customer who buys in a month pays in it, and the standard error by how months differ."""
    people = np.array([cell["customers"] for cell in cells], float)
    fen = np.array([cell["revenue_fen"] for cell in cells], float)
    mean = float(fen.sum() / people.sum())
    if len(cells) < 2:
        return mean, abs(mean)
    missed = fen - mean * people
    return mean, float(np.sqrt((missed**2).sum() * len(cells) / (len(cells) - 1)) / people.sum())


def _asked(brand: BrandRow) -> list[dict[str, Any]]:
    tables = warehouse.tables()
    facts, links = tables["touchpoints"], tables["subject_map"]
    last_day = ask(brand, metrics.totals(facts))["last_day"][0].as_py()
    if last_day is None:
        return [{"last_month": None, "margin": None, "spend": []}]
    last = EPOCH + timedelta(days=last_day)
    is_full = (last + timedelta(days=1)).day == 1
    cells: list[dict[str, Any]] = ask(brand, metrics.cohorts(facts, links)).to_pylist()
    (money,) = ask(brand, metrics.earned(facts, last_day, assumptions.of(brand.pk).margins)).to_pylist()
    revenue = money["revenue_fen"]
    margin = money["margin_mfen"] / 1_000 / revenue if revenue > 0 else None
    spent = ask(brand, metrics.spend_by_month(tables["spend"]))
    told = {
        "last_month": last.year * 12 + last.month - 2 + is_full,
        "margin": margin,
        "spend": list(zip(spent["local_month"].to_pylist(), spent["amount_fen"].to_pylist(), strict=True)),
    }
    return [told, *cells]
