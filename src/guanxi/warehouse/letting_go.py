"""The lake follows what a log has lost (its source's `gone`): files that hold such rows are written anew.

A row of `gone` is [kind, before_ms, up_to_id, stays], as the source describes it. The manifest keeps those
that its files already follow, so that a sync looks at the others alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from guanxi.warehouse import files
from guanxi.warehouse.contracts import BrandRow, LogSource
from guanxi.warehouse.lake import DataFile, Lake, Manifest
from guanxi.warehouse.schemas import TOUCHPOINTS
from guanxi.warehouse.snapshot import Snapshot

Gone = list[list[int | str]]
Mask = npt.NDArray[np.bool_]
LOOKED_AT = ["id", "kind", "subject_id", "occurred_ms", "amount_fen"]


def told(source: LogSource, snapshot: Snapshot, brand: BrandRow) -> Gone:
    """What the source says that it has lost, in the view of the snapshot."""
    if not source.gone:
        return []
    rows = snapshot.table(source.gone.format(brand=int(brand.pk))).to_pylist()
    return plain(tuple(row.values()) for row in rows)


def plain(rows: Iterable[Sequence[Any]]) -> Gone:
    """As the manifest keeps it."""
    return [[str(kind), int(before), int(up_to), int(stays)] for kind, before, up_to, stays in rows]


def covers(now: Gone, before: Gone) -> bool:
    """Whether everything that was lost before is lost still."""
    return all(
        any(new[0] == old[0] and new[1] >= old[1] and new[2] >= old[2] for new in now)  # type: ignore[operator]
        for old in before
    )


def followed(lake: Lake, manifest: Manifest, source: LogSource, gone: Gone) -> Manifest:
    """The manifest after its files follow `gone`. Hold the lock."""
    known = manifest.gone.get(source.table, [])
    if gone == known:
        return manifest
    news = [one for one in gone if one not in known]
    kept: list[DataFile] = []
    for file in manifest.files.get(source.table, []):
        kept.extend(_rewritten(lake, source.table, file, news) if news else [file])
    return replace(manifest.with_files(source.table, kept), gone={**manifest.gone, source.table: gone})


def _rewritten(lake: Lake, table: str, file: DataFile, news: Gone) -> list[DataFile]:
    """The file, or what takes its place: nothing where all of it is gone."""
    kinds, latest = [one[0] for one in news], max(int(one[1]) for one in news)
    if file.month is not None and file.month > _month_after(latest):
        return [file]
    asked = [("kind", "in", kinds), ("occurred_ms", "<", latest)]
    seen = pq.read_table(lake.path(file), columns=LOOKED_AT, schema=TOUCHPOINTS, filters=asked)
    if not any(mask.any() for mask in _masks(seen, news)):
        return [file]
    rows = pq.read_table(lake.path(file), schema=TOUCHPOINTS)
    lost, nobodys = _masks(rows, news)
    for name, nothing in (("subject_id", None), ("bucket", -1)):
        place = rows.schema.get_field_index(name)
        nulled = pc.if_else(pa.array(nobodys), pa.scalar(nothing, rows.schema.field(name).type), rows[name])
        rows = rows.set_column(place, rows.schema.field(name), nulled)
    rows = rows.filter(pa.array(~lost))
    return [files.write(lake, table, part, month) for month, part in files.by_month(rows)]


def _month_after(at_ms: int) -> int:
    """The local month of the next day, wherever the brand is."""
    next_day = datetime.fromtimestamp(at_ms / 1000, UTC) + timedelta(days=1)
    return next_day.year * 12 + next_day.month - 1


def _masks(rows: pa.Table, news: Gone) -> tuple[Mask, Mask]:
    """Which rows are gone, and which are there and have lost their subject."""
    matched = np.zeros(rows.num_rows, bool)
    stay = pc.is_valid(rows["amount_fen"]).to_numpy(zero_copy_only=False).copy()
    ids, occurred = rows["id"].to_numpy(), rows["occurred_ms"].to_numpy()
    for kind, before_ms, up_to_id, stays in news:
        of_kind = pc.fill_null(pc.equal(rows["kind"], kind), False).to_numpy(zero_copy_only=False)
        hit = of_kind & (occurred < before_ms) & (ids <= up_to_id)
        matched |= hit
        if stays:
            stay |= hit
    named = pc.is_valid(rows["subject_id"]).to_numpy(zero_copy_only=False)
    return matched & ~stay, matched & stay & named
