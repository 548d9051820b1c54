"""Is the lake what the database says? Both are counted and summed, by month and kind."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from guanxi.warehouse import export, files, letting_go, registry
from guanxi.warehouse.contracts import BrandRow, Difference, LogSource, SnapshotSource, Verified
from guanxi.warehouse.lake import Lake, Manifest
from guanxi.warehouse.schemas import SCHEMAS, month_label
from guanxi.warehouse.snapshot import Snapshot

FIGURES = ("rows", "ids", "subjects", "anonymous", "amount_fen", "quantity")
Cells = dict[tuple[int, str], dict[str, int]]


def verify(brand: BrandRow) -> Verified:
    """Compare everything up to the lake's own mark; what is newer is behind, not different."""
    started = time.perf_counter()
    lake = Lake(brand.slug)
    differences: list[Difference] = []
    behind: list[str] = []
    rows = checked = 0
    with lake.locked(), Snapshot() as snapshot:
        manifest = lake.manifest()
        for snapshot_source in registry.snapshots:
            if manifest.markers.get(snapshot_source.table) != export.marker(snapshot_source, snapshot, brand):
                behind.append(snapshot_source.table)
                continue
            checked += 1
            differences.extend(_compare_snapshot(snapshot_source, snapshot, brand, lake, manifest))
        for source in registry.logs:
            if letting_go.told(source, snapshot, brand) != manifest.gone.get(source.table, []):
                behind.append(source.table)
                continue
            operational = _cells(_operational(source, snapshot, brand, manifest))
            held = _cells(pq.read_table(lake.path(file)) for file in manifest.files.get(source.table, []))
            rows += sum(cell["rows"] for cell in operational.values())
            checked += len(operational.keys() | held.keys()) * len(FIGURES)
            differences.extend(_compare_cells(source.table, operational, held))
    return Verified(brand.slug, rows, checked, differences, behind, time.perf_counter() - started)


def _operational(
    source: LogSource, snapshot: Snapshot, brand: BrandRow, manifest: Manifest
) -> Iterator[pa.Table]:
    """The facts that the lake should hold, computed anew, a batch at a time."""
    mark, row_id = manifest.marks.get(source.table, export.START)
    before = max(mark, row_id) + 1 if snapshot.vendor == "sqlite" else mark + 1
    sql = export.rows_between(source, snapshot.vendor, brand, export.START, before)
    for batch in snapshot.read(sql):
        yield files.finished(pa.Table.from_batches([batch]), brand.timezone)


def _cells(tables: Iterator[pa.Table]) -> Cells:
    """Counts and sums by (month, kind)."""
    cells: Cells = {}
    for table in tables:
        counted = table.append_column("subjects", pc.fill_null(table["subject_id"], 0))
        counted = counted.append_column("anonymous", pc.is_null(table["subject_id"]).cast(pa.int64()))
        sums = counted.group_by(["local_month", "kind"]).aggregate(
            [
                ("id", "count"),
                *((name, "sum") for name in ("id", "subjects", "anonymous", "amount_fen", "quantity")),
            ]
        )
        for row in sums.to_pylist():
            cell = cells.setdefault((row["local_month"], row["kind"]), dict.fromkeys(FIGURES, 0))
            found: tuple[Any, ...] = (
                row["id_count"],
                row["id_sum"],
                row["subjects_sum"],
                row["anonymous_sum"],
                row["amount_fen_sum"],
                row["quantity_sum"],
            )
            for figure, value in zip(FIGURES, found, strict=True):
                cell[figure] += value or 0
    return cells


def _compare_cells(table: str, operational: Cells, held: Cells) -> Iterator[Difference]:
    nothing = dict.fromkeys(FIGURES, 0)
    for month, kind in sorted(operational.keys() | held.keys()):
        left, right = operational.get((month, kind), nothing), held.get((month, kind), nothing)
        for figure in FIGURES:
            if left[figure] != right[figure]:
                yield Difference(table, month_label(month), kind, figure, left[figure], right[figure])


def _compare_snapshot(
    source: SnapshotSource, snapshot: Snapshot, brand: BrandRow, lake: Lake, manifest: Manifest
) -> Iterator[Difference]:
    """Row by row; both sides are in order of their first column."""
    schema = SCHEMAS[source.table]
    rows = snapshot.table(source.rows[snapshot.vendor].format(brand=int(brand.pk)))
    operational = export.conform(rows, schema, brand.timezone)
    held = pa.concat_tables(
        [schema.empty_table(), *(pq.read_table(lake.path(f)) for f in manifest.files.get(source.table, []))]
    )
    if operational.num_rows != held.num_rows:
        yield Difference(source.table, "", "", "rows", operational.num_rows, held.num_rows)
        return
    for name in schema.names:
        left, right = operational[name].combine_chunks(), held[name].combine_chunks()
        if not left.equals(right):
            same = pc.sum(pc.fill_null(pc.equal(left, right), False)).as_py() or 0
            both_null = pc.sum(pc.and_(pc.is_null(left), pc.is_null(right))).as_py() or 0
            yield Difference(source.table, "", "", name, operational.num_rows, same + both_null)
