"""In which months each customer bought, a bit for each, kept as a file beside the lake.

From it a triangle of months or quarters is counted in hundredths of a second. It is a help and no definition:
that is `metrics.cohort_cells`, whose months stand in the same file for the money. It is written after a sync
where the engine is DuckDB and all orders lie within MOST_MONTHS months, and read while the lake stays as it
was then.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import ibis
import ibis.expr.operations as ops
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import feather

from guanxi.economics import assumptions, metrics
from guanxi.economics.metrics.base import integer, known_orders
from guanxi.economics.retention.periods import period_at
from guanxi.economics.retention.reading import Span, span
from guanxi.platform.home import home
from guanxi.warehouse import queries as warehouse
from guanxi.warehouse.contracts import BrandRow

MOST_MONTHS: Final = 63  # bits of a whole number that is not negative
Cells = list[dict[str, Any]]
Bits = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Kept:
    """`bits` (customers,) in ascending order: bit n is set where one bought in the month first_month + n.
    `months` are the cells of `metrics.cohort_cells` by month, at the brand's margins of then."""

    bits: Bits
    first_month: int
    span: Span
    months: Cells


def bitmaps(touchpoints: metrics.Table, subject_map: metrics.Table, first_month: int, until: int) -> Any:
    """A row for each customer with a paid order until that local day: customer_id, bits; by bits. Only for
    DuckDB: Spark's Ibis has no bitwise aggregates."""
    paid = known_orders(touchpoints).filter(ibis._.local_day <= until)
    # Ibis writes 1 for a 64-bit 1, and DuckDB then shifts within 32.
    one = ops.Cast(integer(1), ibis.dtype("int64")).to_expr()
    paid = paid.mutate(bit=one << (paid.local_month - first_month).cast("int64"))
    mapped = warehouse.per_customer(
        paid.group_by("subject_id").aggregate(bits=paid.bit.bit_or()), subject_map
    )
    return mapped.group_by("customer_id").aggregate(bits=mapped.bits.bit_or()).order_by("bits")


def refresh(brand: BrandRow) -> None:
    """Write the brand's file anew, or remove it where there can be none."""
    version, path = warehouse.version(brand), _path(brand)
    known = span(brand, None) if version and warehouse.dialect() == "duckdb" else None
    if known is None or _months(known) > MOST_MONTHS:
        path.unlink(missing_ok=True)
        return
    first = period_at("month", known.first)
    margins = assumptions.of(brand.pk).margins
    lake = warehouse.tables()
    facts, links = lake["touchpoints"], lake["subject_map"]
    table = warehouse.run(brand, bitmaps(facts, links, first, known.last))
    months = warehouse.run(brand, metrics.cohort_cells(facts, links, "month", known.last, margins=margins))
    about = {"version": version, "first_month": first, "span": asdict(known), "months": months.to_pylist()}
    about["margins"] = asdict(margins)
    if warehouse.version(brand) == version:  # else the lake moved on meanwhile
        temporary = path.with_suffix(".new")
        feather.write_feather(table.replace_schema_metadata({"about": json.dumps(about)}), str(temporary))
        temporary.replace(path)


def read(brand: BrandRow) -> Kept | None:
    """What is kept, None where it does not hold (any more)."""
    version = warehouse.version(brand)
    try:
        table = feather.read_table(str(_path(brand)), columns=["bits"]) if version else None
        about = json.loads(table.schema.metadata[b"about"]) if table else {}
    except (FileNotFoundError, pa.ArrowInvalid, ValueError, KeyError, TypeError):
        return None
    if table is None or about["version"] != version:
        return None
    if about["margins"] != asdict(assumptions.of(brand.pk).margins):
        return None
    bits = table["bits"].combine_chunks().to_numpy(zero_copy_only=False)
    return Kept(bits, about["first_month"], Span(**about["span"]), about["months"])


def cells(kept: Kept, per: str) -> Cells:
    """As `metrics.cohort_cells` per "month" or "quarter", without groups: the customers counted from the
    bits, the money added up from the months."""
    months = 3 if per == "quarter" else 1
    found: dict[tuple[int, int], dict[str, Any]] = {}
    for month in kept.months:
        place = month["cohort"] // months, month["period"] // months
        cell = found.setdefault(place, {"cohort": place[0], "grp": 0, "period": place[1], "customers": 0})
        for name in ("orders", "revenue_fen", "refunds_fen", "margin_mfen"):
            cell[name] = cell.get(name, 0) + month[name]
    for place, customers in triangle(kept.bits, kept.first_month, months).items():
        found[place]["customers"] = customers
    return [found[place] for place in sorted(found)]


def triangle(bits: Bits, first_month: int, months: int) -> dict[tuple[int, int], int]:
    """(cohort, period) → customers who bought, for periods of so many months; `bits` ascend."""
    if not len(bits):
        return {}
    starts = np.flatnonzero(np.concatenate(([True], bits[1:] != bits[:-1])))
    distinct, counts = bits[starts], np.diff(np.append(starts, len(bits)))
    base = first_month // months
    periods = (first_month + int(distinct[-1]).bit_length() - 1) // months - base + 1
    bought = [(distinct & _mask(base + place, first_month, months)) != 0 for place in range(periods)]
    cohort = np.zeros(len(distinct), dtype=np.int64)
    for place in reversed(range(periods)):
        cohort[bought[place]] = place
    found: dict[tuple[int, int], int] = {}
    for place, here in enumerate(bought):
        sums = np.bincount(cohort[here], weights=counts[here], minlength=periods)
        found |= {(base + int(at), base + place): int(sums[at]) for at in np.flatnonzero(sums)}
    return found


def _mask(period: int, first_month: int, months: int) -> np.int64:
    """The bits of a period's months."""
    places = range(period * months - first_month, (period + 1) * months - first_month)
    return np.int64(sum(1 << place for place in places if 0 <= place < MOST_MONTHS))


def _months(known: Span) -> int:
    return period_at("month", known.last) - period_at("month", known.first) + 1


def _path(brand: BrandRow) -> Path:
    return home() / "lake" / brand.slug / "bitmaps.arrow"
