"""From the operational database to files of the lake: new facts past the mark, snapshots that changed."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from queue import Queue
from threading import Thread
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from guanxi.warehouse import files
from guanxi.warehouse.contracts import BrandRow, LogSource, SnapshotSource
from guanxi.warehouse.lake import DataFile, Lake, Manifest
from guanxi.warehouse.schemas import SCHEMAS
from guanxi.warehouse.snapshot import Snapshot
from guanxi.warehouse.zones import local_days, months_of

STEP_ROWS: Final = 2_000_000  # rows sorted and committed at a time, so a sync that dies keeps its steps
STEP_BYTES: Final = 512 << 20
AHEAD: Final = 16  # batches read while others are written
START: Final = [0, 0]  # the mark and id before every row


def marker(source: SnapshotSource, snapshot: Snapshot, brand: BrandRow) -> list[int | None]:
    """What the source's marker answers now."""
    answer = snapshot.row(source.marker[snapshot.vendor].format(brand=int(brand.pk)))
    return [None if value is None else int(value) for value in answer.values()]


def until(source: LogSource, snapshot: Snapshot) -> int:
    """The mark below which everything is committed for good."""
    return int(snapshot.row(source.until[snapshot.vendor])["mark"])


def rows_between(source: LogSource, vendor: str, brand: BrandRow, after: list[int], before: int) -> str:
    """The query for facts past (mark, id) `after` and below the mark `before`."""
    mark, row_id = after
    return source.rows[vendor].format(brand=int(brand.pk), after=mark, after_id=row_id, until=before)


def export_snapshot(
    source: SnapshotSource, snapshot: Snapshot, brand: BrandRow, lake: Lake, manifest: Manifest
) -> Manifest:
    """The manifest with the source's table written anew, if its marker moved; else as it was."""
    now = marker(source, snapshot, brand)
    if manifest.markers.get(source.table) == now and source.table in manifest.files:
        return manifest
    rows = snapshot.table(source.rows[snapshot.vendor].format(brand=int(brand.pk)))
    written = files.write(lake, source.table, conform(rows, SCHEMAS[source.table], brand.timezone))
    manifest = manifest.with_files(source.table, [written])
    return replace(manifest, markers={**manifest.markers, source.table: now})


def export_log(
    source: LogSource, snapshot: Snapshot, brand: BrandRow, lake: Lake, manifest: Manifest
) -> Iterator[Manifest]:
    """Manifests, each with a further step of facts, to be committed one after the other."""
    after = manifest.marks.get(source.table, START)
    before = until(source, snapshot)
    names = {column: snapshot.table(sql.format(brand=int(brand.pk))) for column, sql in source.names.items()}
    stream = snapshot.read(rows_between(source, snapshot.vendor, brand, after, before))
    with ThreadPoolExecutor(2) as writers, stream:
        for rows in _steps(stream):
            last = [int(rows["mark"][-1].as_py()), int(rows["id"][-1].as_py())]
            table = files.finished(_named(rows, names), brand.timezone)
            new: list[DataFile] = list(
                writers.map(
                    lambda part: files.write(lake, source.table, part[1], part[0]), files.by_month(table)
                )
            )
            manifest = manifest.with_files(source.table, [*manifest.files.get(source.table, []), *new])
            manifest = replace(manifest, marks={**manifest.marks, source.table: last})
            yield manifest


def conform(rows: pa.Table, schema: pa.Schema, zone_name: str) -> pa.Table:
    """The schema's columns, in its types; empty text is unknown, hence null. Days and months that the rows do
    not have are those of their moments in the zone: `local_day` of `occurred_ms`, `x_day` of `x_ms`."""
    columns = []
    for field in schema:
        column = rows[field.name] if field.name in rows.schema.names else _dated(rows, field.name, zone_name)
        if pa.types.is_string(field.type) and pa.types.is_string(column.type):
            column = pc.if_else(pc.equal(column, ""), None, column)
        columns.append(column.cast(field.type))
    return pa.table(columns, schema=schema)


def _dated(rows: pa.Table, name: str, zone_name: str) -> pa.ChunkedArray:
    prefix, _, unit = name.rpartition("_")
    moments = rows["occurred_ms" if prefix == "local" else f"{prefix}_ms"].combine_chunks().cast(pa.int64())
    days = local_days(pc.fill_null(moments, 0).to_numpy(zero_copy_only=False), zone_name)
    found = pa.array(months_of(days) if unit == "month" else days)
    return pa.chunked_array([pc.if_else(pc.is_null(moments), None, found)])


def _named(rows: pa.Table, names: dict[str, pa.Table]) -> pa.Table:
    """Words as dictionaries: looked up by id where there is a lookup, else encoded."""
    for column in files.WORDS:
        values = rows[column].combine_chunks()
        if column in names:
            lookup = names[column]
            places = pc.index_in(values, value_set=lookup["id"].combine_chunks())
            words = lookup["name"].combine_chunks()
            encoded = pa.DictionaryArray.from_arrays(places, words)
        else:
            encoded = pc.dictionary_encode(values)
        rows = rows.set_column(rows.schema.get_field_index(column), column, encoded)
    return rows


def _steps(stream: pa.RecordBatchReader) -> Iterator[pa.Table]:
    """The stream's rows in tables of a size that is sorted in memory, read ahead by a thread."""
    batches: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in _ahead(stream):
        batches.append(batch)
        rows += batch.num_rows
        size += batch.nbytes
        if rows >= STEP_ROWS or size >= STEP_BYTES:
            yield pa.Table.from_batches(batches)
            batches, rows, size = [], 0, 0
    if rows:
        yield pa.Table.from_batches(batches)


def _ahead(stream: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    """The stream's batches; a thread reads some ahead. Closing early leaves the thread to die with the
    stream."""
    queue: Queue[pa.RecordBatch | BaseException | None] = Queue(AHEAD)

    def read() -> None:
        try:
            for batch in stream:
                queue.put(batch)
            queue.put(None)
        except BaseException as failure:
            queue.put(failure)

    Thread(target=read, daemon=True).start()
    while (item := queue.get()) is not None:
        if isinstance(item, BaseException):
            raise item
        yield item
