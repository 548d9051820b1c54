"""Many small files of a month into one, by new files and a manifest swap."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from guanxi.warehouse import files
from guanxi.warehouse.lake import DataFile, Lake, Manifest
from guanxi.warehouse.schemas import TOUCHPOINTS

MOST_SMALL_FILES: Final = 8  # a month with more is compacted
LARGE_ROWS: Final = 1_000_000  # a file of this many rows is left alone
ROWS_AT_ONCE: Final = 2_000_000


def compacted(lake: Lake, manifest: Manifest, table: str) -> tuple[Manifest, int]:
    """A manifest in which no month has many small files, and how many months were rewritten."""
    by_month: dict[int, list[DataFile]] = defaultdict(list)
    for file in manifest.files.get(table, []):
        if file.month is not None and file.rows < LARGE_ROWS:
            by_month[file.month].append(file)
    crowded = {month: small for month, small in by_month.items() if len(small) > MOST_SMALL_FILES}
    if not crowded:
        return manifest, 0
    replaced: set[str] = set()
    new: list[DataFile] = []
    for month, small in crowded.items():
        chosen = _smallest(small)
        replaced.update(file.path for file in chosen)
        rows = pa.concat_tables([pq.read_table(lake.path(file), schema=TOUCHPOINTS) for file in chosen])
        new.extend(files.write(lake, table, part, month) for _, part in files.by_month(rows))
    kept = [file for file in manifest.files[table] if file.path not in replaced]
    return manifest.with_files(table, [*kept, *new]), len(crowded)


def _smallest(small: list[DataFile]) -> list[DataFile]:
    """As many of the smallest as are sorted in memory at once, at least two."""
    chosen: list[DataFile] = []
    rows = 0
    for file in sorted(small, key=lambda file: file.rows):
        if len(chosen) >= 2 and rows + file.rows > ROWS_AT_ONCE:
            break
        chosen.append(file)
        rows += file.rows
    return chosen
