"""The formats of exported lists: CSV, Excel and Parquet, written a page at a time.

Memory holds a page, whatever the length of the list. Texts stay texts: no cell becomes a formula, numbers
with leading zeros keep them.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from guanxi.kernel.clock import MINUTE_MS, to_datetime
from guanxi.kernel.sheets import safe_cell
from guanxi.platform.exports.declared import Column, Rows, Type

MOST_SHEET_ROWS: Final = 1_048_576  # Excel's; the heading is one of them
MONEY_DIGITS: Final = 18
QUARTER_MS: Final = 15 * MINUTE_MS


class Sink(Protocol):
    """Whatever takes bytes: a file, a sealed file, a response."""

    def write(self, content: bytes, /) -> Any: ...


Tell = Callable[[int], object]
Write = Callable[[Sink, Sequence[Column], Sequence[str], Iterable[Rows], ZoneInfo], int]


@dataclass(frozen=True, slots=True)
class Format:
    """`write` puts pages of rows into a sink, with labels (columns,) as headings, and answers how many rows.
    Parquet is headed by the columns' names instead, which are the same in every language."""

    name: str
    suffix: str
    content_type: str
    write: Write


def _csv(
    sink: Sink, columns: Sequence[Column], labels: Sequence[str], pages: Iterable[Rows], zone: ZoneInfo
) -> int:
    shown = [_TEXTS[column.type] for column in columns]
    sink.write("\ufeff".encode())  # spreadsheets take a file without it for another encoding
    sink.write(_lines([labels]))
    count = 0
    for rows in pages:
        sink.write(
            _lines(
                [None if v is None else show(v, zone) for show, v in zip(shown, row, strict=True)]
                for row in rows
            )
        )
        count += len(rows)
    return count


def _lines(rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([safe_cell(value) for value in row] for row in rows)
    return text.getvalue().encode()


def _text(value: Any, zone: ZoneInfo) -> str:
    """A text without half characters, which no format can hold."""
    return str(value).encode("utf-8", "replace").decode()


_TEXTS: Final[Mapping[Type, Callable[[Any, ZoneInfo], object]]] = {
    Type.TEXT: _text,
    Type.INTEGER: lambda value, zone: int(value),
    Type.MONEY: lambda value, zone: _money(value),
    Type.DAY: lambda value, zone: _day(value, zone).isoformat(),
    Type.MOMENT: lambda value, zone: f"{_local(value, zone):%Y-%m-%d %H:%M:%S}",
}


def _money(fen: int) -> Decimal:
    return Decimal(fen).scaleb(-2)


def _day(at_ms: int, zone: ZoneInfo) -> date:
    return _day_of_quarter(at_ms // QUARTER_MS, zone)


@lru_cache(maxsize=65_536)
def _day_of_quarter(quarter: int, zone: ZoneInfo) -> date:
    """Zones differ by quarters of an hour, so within one the day is the same."""
    return _local(quarter * QUARTER_MS, zone).date()


def _local(at_ms: int, zone: ZoneInfo) -> datetime:
    return to_datetime(at_ms, zone).replace(tzinfo=None)


def _xlsx(
    sink: Sink, columns: Sequence[Column], labels: Sequence[str], pages: Iterable[Rows], zone: ZoneInfo
) -> int:
    """A sheet for each million rows: Excel takes no more."""
    from openpyxl import Workbook  # noqa: PLC0415 - it takes a while to load, and few need it
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415

    unfit = re.compile(ILLEGAL_CHARACTERS_RE.pattern + "|[\ufffe\uffff]")
    book = Workbook(write_only=True)
    sheet: Any = None
    count = 0

    def cell(value: Any, kind: Type) -> Any:
        if value is None:
            return None
        made = _CELLS[kind](value, zone)
        if kind is not Type.TEXT:
            styled = WriteOnlyCell(sheet, made)
            styled.number_format = _NUMBERS[kind]
            return styled
        styled = WriteOnlyCell(sheet, unfit.sub("\ufffd", made))
        styled.data_type = "s"  # "=1+1" is a text here, as in the list
        return styled

    def opened() -> Any:
        nonlocal sheet
        sheet = book.create_sheet()
        sheet.freeze_panes = "A2"
        sheet.append([cell(label, Type.TEXT) for label in labels])
        return sheet

    opened()
    kinds = [column.type for column in columns]
    for rows in pages:
        for row in rows:
            if count and count % (MOST_SHEET_ROWS - 1) == 0:
                opened()
            sheet.append([cell(value, kind) for value, kind in zip(row, kinds, strict=True)])
            count += 1
    stream = _Outgoing(sink)
    book.save(stream)
    return count


_CELLS: Final[Mapping[Type, Callable[[Any, ZoneInfo], Any]]] = {
    **_TEXTS,
    Type.DAY: _day,
    Type.MOMENT: lambda value, zone: _local(value, zone).replace(microsecond=0),
}
_NUMBERS: Final = {
    Type.INTEGER: "0",
    Type.MONEY: "#,##0.00",
    Type.DAY: "yyyy-mm-dd",
    Type.MOMENT: "yyyy-mm-dd hh:mm:ss",
}


class _Outgoing(io.RawIOBase):
    """A sink as a stream that is written once, from its beginning to its end."""

    def __init__(self, sink: Sink) -> None:
        super().__init__()
        self._sink = sink

    def writable(self) -> bool:
        return True

    def write(self, content: Any, /) -> int:
        piece = bytes(content)
        self._sink.write(piece)
        return len(piece)


def _parquet(
    sink: Sink, columns: Sequence[Column], labels: Sequence[str], pages: Iterable[Rows], zone: ZoneInfo
) -> int:
    import pyarrow as pa  # noqa: PLC0415 - it takes a while to load, and few need it
    import pyarrow.parquet as pq  # noqa: PLC0415

    types = {
        Type.TEXT: pa.string(),
        Type.INTEGER: pa.int64(),
        Type.MONEY: pa.decimal128(MONEY_DIGITS, 2),
        Type.DAY: pa.date32(),
        Type.MOMENT: pa.timestamp("ms", tz=zone.key),
    }
    schema = pa.schema([(column.name, types[column.type]) for column in columns])
    count = 0
    with pq.ParquetWriter(pa.PythonFile(_Outgoing(sink), mode="w"), schema, compression="zstd") as file:
        for rows in pages:
            table = {
                column.name: [_arrow(row[at], column.type, zone) for row in rows]
                for at, column in enumerate(columns)
            }
            file.write_table(pa.table(table, schema=schema))
            count += len(rows)
    return count


def _arrow(value: Any, kind: Type, zone: ZoneInfo) -> Any:
    if value is None or kind is Type.MOMENT:
        return value
    return _CELLS[kind](value, zone)


FORMATS: Final[Mapping[str, Format]] = {
    "csv": Format("CSV", "csv", "text/csv; charset=utf-8", _csv),
    "xlsx": Format(
        "Excel", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _xlsx
    ),
    "parquet": Format("Parquet", "parquet", "application/vnd.apache.parquet", _parquet),
}
