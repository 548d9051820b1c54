"""Excel workbooks.

Calamine (Rust) reads .xlsx, .xls, .xlsb and .ods ten times faster than openpyxl but holds a sheet in
memory, so it takes workbooks that unpack to at most 192 MiB; above that openpyxl reads .xlsx row by row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import python_calamine

from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say
from guanxi.touchpoints.importing.contracts import Block, Row
from guanxi.touchpoints.importing.reading.cells import text_of
from guanxi.touchpoints.importing.reading.sources import MIB, Content, measure_workbook

ROWS = 2_000
LARGEST_AT_ONCE = 192 * MIB


@dataclass(frozen=True)
class Sheet:
    content: Content
    sheet: str
    format: str
    at_once: bool
    cache: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def blocks(self, width: int | None) -> Iterator[Block]:
        with self._values() as (values, count):
            numbered = enumerate(values, start=1)
            read = 0
            while part := list(islice(numbered, ROWS)):
                read += len(part)
                rows = [Row(line, [text_of(value) for value in cells]) for line, cells in part]
                position = self.content.stored_bytes * min(read, count) // max(1, count)
                yield Block([row for row in rows if any(row.cells)], [], position)

    @contextmanager
    def _values(self) -> Iterator[tuple[Iterable[Iterable[object]], int]]:
        if self.at_once:
            if self.sheet not in self.cache:
                self.cache[self.sheet] = _calamine(self.content).get_sheet_by_name(self.sheet)
            sheet = self.cache[self.sheet]
            lead: list[list[object]] = [[] for _ in range(sheet.start[0])] if sheet.start else []
            yield [*lead, *sheet.iter_rows()] if lead else sheet.iter_rows(), sheet.total_height
            return
        stream, _ = self.content.open()
        book = _openpyxl(stream, data_only=True)
        try:
            sheet = book[self.sheet]
            yield sheet.iter_rows(values_only=True), sheet.max_row or 1
        finally:
            book.close()


def _openpyxl(stream: Any, *, data_only: bool = False) -> Any:
    import openpyxl  # noqa: PLC0415 - a third of a second that only the largest workbooks need

    return openpyxl.load_workbook(stream, read_only=True, data_only=data_only)


def sheets(content: Content, kind: str) -> list[Sheet]:
    """The visible sheets that have something in them. Raises Invalid where the workbook cannot be read."""
    at_once = kind == "xls" or measure_workbook(content) <= LARGEST_AT_ONCE
    if at_once:
        book = _calamine(content)
        visible = python_calamine.SheetVisibleEnum.Visible
        work = python_calamine.SheetTypeEnum.WorkSheet
        names = [meta.name for meta in book.sheets_metadata if meta.visible == visible and meta.typ == work]
        cache: dict[str, Any] = {name: book.get_sheet_by_name(name) for name in names}
        return [Sheet(content, name, kind, True, cache) for name in names if cache[name].height]
    stream, _ = content.open()
    opened = _openpyxl(stream)
    try:
        return [Sheet(content, s.title, kind, False) for s in opened.worksheets if s.sheet_state == "visible"]
    finally:
        opened.close()


def _calamine(content: Content) -> python_calamine.CalamineWorkbook:
    stream, _ = content.open()
    try:
        return python_calamine.CalamineWorkbook.from_filelike(stream)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        if isinstance(error, python_calamine.PasswordError) or _is_encrypted(content):
            raise Invalid(
                say("'%(name)s' is protected by a password.", name=content.name),
                remedy=say("Save it without one."),
            ) from error
        raise Invalid(
            say("'%(name)s' is a damaged workbook: %(error)s.", name=content.name, error=error),
            remedy=say("Save it again as .xlsx or CSV."),
        ) from error


_ENCRYPTED = "EncryptedPackage".encode(
    "utf-16-le"
)  # the stream in which Excel keeps a workbook with a password


def _is_encrypted(content: Content) -> bool:
    """Calamine does not tell a workbook with a password from a damaged one."""
    stream, _ = content.open()
    with stream:
        tail = b""
        while data := stream.read(MIB):
            if _ENCRYPTED in tail + data:
                return True
            tail = data[-len(_ENCRYPTED) :]
    return False
