"""Parquet and JSON lines: rows with names of their own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, cast

import pyarrow as pa
import pyarrow.parquet as pq

from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say
from guanxi.touchpoints.importing.contracts import LONGEST_ORIGINAL, Block, Row, RowReject
from guanxi.touchpoints.importing.reading.cells import text_of
from guanxi.touchpoints.importing.reading.sources import MIB, Content

ROWS = 5_000
LONGEST_LINE = 1 << 18
LARGEST_ARRAY = 64 * MIB


@dataclass(frozen=True)
class Parquet:
    content: Content
    format: str = "parquet"

    def header(self) -> list[str]:
        with self._opened() as file:
            return [str(name) for name in file.schema_arrow.names]

    def blocks(self, width: int | None) -> Iterator[Block]:
        with self._opened() as file:
            count = max(1, file.metadata.num_rows)
            read = 0
            for batch in file.iter_batches(batch_size=ROWS):
                columns = [_texts(column) for column in batch.columns]
                rows = [
                    Row(read + at, list(cells))
                    for at, cells in enumerate(zip(*columns, strict=True), start=1)
                ]
                read += len(rows)
                yield Block(rows, [], self.content.stored_bytes * read // count)

    def _opened(self) -> pq.ParquetFile:
        stream, _ = self.content.open()
        try:
            return pq.ParquetFile(stream)
        except (pa.ArrowException, OSError) as error:
            raise Invalid(
                say("'%(name)s' is a damaged Parquet file: %(error)s.", name=self.content.name, error=error),
                remedy=say("Export it again."),
            ) from error


def _texts(column: pa.Array) -> list[str]:
    """A column as text: times to the second or finer, whole floats without a point, nothing as ''."""
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return ["" if value is None else value for value in column.to_pylist()]
    if pa.types.is_integer(kind):
        return ["" if value is None else str(value) for value in column.to_pylist()]
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        column = column.cast(pa.timestamp("us", kind.tz), safe=False)
    values = column.to_pylist()
    if pa.types.is_timestamp(kind):
        return ["" if value is None else str(value) for value in values]
    return [text_of(value) for value in values]


@dataclass(frozen=True)
class JsonLines:
    """One JSON object in each line (or one array of objects, up to 64 MiB). Columns are the keys of the first
    hundred objects; nested objects and lists stay JSON text."""

    content: Content
    names: tuple[str, ...]
    is_array: bool
    format: str = "jsonl"

    def blocks(self, width: int | None) -> Iterator[Block]:
        known = set(self.names)
        rows: list[Row] = []
        rejects: list[RowReject] = []
        stream, position = self.content.open()
        with stream:
            for line, item, original in _array(stream) if self.is_array else _lines(stream):
                if isinstance(item, dict) and not (extra := item.keys() - known):
                    rows.append(Row(line, [text_of(item.get(name)) for name in self.names], original))
                elif isinstance(item, dict):
                    message = say(
                        "The object has fields that the first ones have not: %(fields)s.",
                        fields=", ".join(sorted(extra)),
                    )
                    rejects.append(RowReject(line, "unknown_fields", message, original[:LONGEST_ORIGINAL]))
                else:
                    rejects.append(
                        RowReject(
                            line, "bad_json", say("The line is no JSON object."), original[:LONGEST_ORIGINAL]
                        )
                    )
                if len(rows) >= ROWS:
                    yield Block(rows, rejects, position())
                    rows, rejects = [], []
            yield Block(rows, rejects, position())


def json_lines(content: Content, head: bytes) -> JsonLines:
    """Looks at the first objects to learn the columns. Raises Invalid where none is an object."""
    is_array = head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[")
    names: dict[str, None] = {}
    stream, _ = content.open()
    with stream:
        items = _array(stream) if is_array else _lines(stream)
        for (_, item, _), _ in zip(items, range(100), strict=False):
            if isinstance(item, dict):
                names.update(dict.fromkeys(map(str, item)))
    if not names:
        raise Invalid(
            say("'%(name)s' looks like JSON, but no line is an object.", name=content.name),
            remedy=say("Write one object in each line."),
        )
    return JsonLines(content, tuple(names), is_array)


def _lines(stream: BinaryIO) -> Iterator[tuple[int, object, str]]:
    line = 0
    while data := stream.readline(LONGEST_LINE):
        line += 1
        if len(data) == LONGEST_LINE and not data.endswith(b"\n"):
            while (more := stream.readline(LONGEST_LINE)) and not more.endswith(b"\n"):
                continue
        text = data.decode("utf-8-sig" if line == 1 else "utf-8", errors="replace").strip()
        if text:
            yield line, _parsed(text), text


def _parsed(text: str) -> object:
    if "\ufffd" in text:
        return None
    try:
        value = json.loads(text, parse_float=str)
        if "\\ud" in text.lower():  # an escaped half of a character is no text
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return cast(object, value)


def _array(stream: BinaryIO) -> Iterator[tuple[int, object, str]]:
    data = stream.read(LARGEST_ARRAY + 1)
    if len(data) > LARGEST_ARRAY:
        raise Invalid(
            say("A JSON array is read as a whole, and this one is above 64 MiB."),
            remedy=say("Write one object in each line."),
        )
    try:
        items = json.loads(data.decode("utf-8-sig"), parse_float=str)
    except ValueError as error:
        raise Invalid(
            say("The JSON is broken: %(error)s.", error=error), remedy=say("Export it again.")
        ) from error
    if not isinstance(items, Sequence):
        raise Invalid(say("The JSON is no list of objects."), remedy=say("Write one object in each line."))
    for at, item in enumerate(items, start=1):
        yield at, item, json.dumps(item, ensure_ascii=False)
