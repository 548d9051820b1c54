"""Writing the lake's Parquet files: sorted, compressed, cut where queries can skip."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from guanxi.warehouse.lake import DataFile, Lake, translated_errors
from guanxi.warehouse.schemas import BUCKETS, TOUCHPOINTS
from guanxi.warehouse.zones import local_days, months_of

ROWS_PER_GROUP: Final = 122_880  # DuckDB's own unit of parallel work
WORDS: Final = ("source", "kind", "channel")  # few distinct values
OTHER_WORDS: Final = ("scheme", "gender", "language", "asset", "source_place", "target_place", "came", "way")
PACKED_SUBJECT: Final = 1 << 44  # subject numbers below this sort in one packed key


def write(lake: Lake, table: str, rows: pa.Table, month: int | None = None) -> DataFile:
    """Write a complete file, not yet named by any manifest. Raises DiskFull."""
    path = lake.new_path(table, month)
    try:
        with translated_errors():
            pq.write_table(
                rows,
                path,
                compression="zstd",
                compression_level=1,
                row_group_size=ROWS_PER_GROUP,
                use_dictionary=[name for name in (*WORDS, *OTHER_WORDS) if name in rows.schema.names],
                store_schema=False,
            )
            _flush(path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    digest = 0 if month is None else _digest(rows["id"])
    anonymous = None if month is None else rows["subject_id"].null_count
    size = path.stat().st_size
    return DataFile(str(path.relative_to(lake.folder)), rows.num_rows, size, month, digest, anonymous)


def _digest(ids: pa.ChunkedArray) -> int:
    numbers = ids.combine_chunks().to_numpy(zero_copy_only=False).astype(np.uint64)
    return int((numbers * numbers * numbers).sum(dtype=np.uint64))


def _flush(path: Path) -> None:
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


def finished(rows: pa.Table, zone_name: str) -> pa.Table:
    """Exported touchpoints with the columns that are computed here: local day, local month, bucket."""
    occurred_ms = rows["occurred_ms"].combine_chunks().to_numpy(zero_copy_only=False)
    days = local_days(occurred_ms, zone_name)
    subjects = rows["subject_id"].combine_chunks()
    known = pc.fill_null(subjects, -1).to_numpy(zero_copy_only=False)
    buckets = np.where(known < 0, -1, known % BUCKETS).astype(np.int16)
    payload = rows["payload"].combine_chunks()
    columns = {
        **{name: rows[name] for name in TOUCHPOINTS.names if name in rows.schema.names},
        "local_day": pa.array(days),
        "local_month": pa.array(months_of(days)),
        "bucket": pa.array(buckets),
        "payload": pc.if_else(pc.equal(payload, ""), None, payload),
    }
    return pa.table({name: columns[name] for name in TOUCHPOINTS.names})


def by_month(rows: pa.Table) -> list[tuple[int, pa.Table]]:
    """The rows of each month, sorted by kind and subject (anonymous first)."""
    if not rows.num_rows:
        return []
    months = rows["local_month"].combine_chunks().to_numpy(zero_copy_only=False)
    order = _order(rows, months)
    rows = rows.take(pa.array(order))
    months = months[order]
    cuts = [0, *(np.flatnonzero(np.diff(months)) + 1).tolist(), len(months)]
    return [(int(months[start]), rows.slice(start, end - start)) for start, end in pairwise(cuts)]


def _order(rows: pa.Table, months: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """Row numbers in order of month, kind, subject and place (so ids stay in order)."""
    kinds = _ranks(rows["kind"].combine_chunks())
    subjects = pc.fill_null(rows["subject_id"].combine_chunks(), -1).to_numpy(zero_copy_only=False) + 1
    groups = (months.astype(np.int64) - int(months.min())) * (int(kinds.max()) + 1) + kinds
    if int(subjects.max()) < PACKED_SUBJECT and int(groups.max()) < (1 << 63) // PACKED_SUBJECT:
        return np.argsort(groups * PACKED_SUBJECT + subjects, kind="stable")
    return np.lexsort((subjects, groups))


def _ranks(words: pa.Array) -> npt.NDArray[np.int64]:
    """For each word its place in the alphabet of the words that occur."""
    if not pa.types.is_dictionary(words.type):
        words = pc.dictionary_encode(words)
    alphabet = words.dictionary.to_pylist()
    ranks = np.argsort(np.argsort(np.array(alphabet, dtype=object))).astype(np.int64)
    found: npt.NDArray[np.int64] = ranks[words.indices.to_numpy(zero_copy_only=False)]
    return found
