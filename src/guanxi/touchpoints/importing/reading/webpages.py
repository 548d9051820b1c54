"""Tables that older shop back-ends write as HTML, or as Excel's XML of 2003, and call .xls.

A page is read as a stream; one with no table, or none with two rows (a sign-in page), is refused. All tables
of a page are one: headers above and rows below often stand in two.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say
from guanxi.touchpoints.importing.contracts import Block, Row
from guanxi.touchpoints.importing.reading.encodings import Encoding
from guanxi.touchpoints.importing.reading.sources import MIB, Content

BLOCK_BYTES = MIB // 4
LONGEST_CELL = 1 << 16
MOST_CELLS = 2_000
WIDEST_CELL = 200  # columns
LONGEST_OPEN = 4 * MIB  # characters since the last tag that is whole
_SILENT = {"script", "style", "title", "comment"}
_OF_WORKBOOKS = {"row": "tr", "cell": "td"}  # Excel's XML of 2003, whose cells may skip columns


@dataclass(frozen=True)
class WebTable:
    """The rows of all tables of a page (opening.Body). `line` counts rows, from 1."""

    content: Content
    encoding: Encoding
    format: str = "html"

    def blocks(self, width: int | None) -> Iterator[Block]:
        """Rows as they come, blank ones left out."""
        parser = _Rows()
        decoder = codecs.getincrementaldecoder(self.encoding.name)("replace")
        stream, position = self.content.open()
        with stream:
            stream.read(self.encoding.bytes_skipped)
            while data := stream.read(BLOCK_BYTES):
                parser.feed(decoder.decode(data))
                if len(parser.rawdata) > LONGEST_OPEN:
                    raise no_table(self.content)
                yield Block(parser.taken(), [], position())
            parser.feed(decoder.decode(b"", final=True))
            parser.close()
            parser.end_row()
            yield Block(parser.taken(), [], position())


def refuse_without_rows(table: WebTable) -> None:
    """Raises Invalid where the page holds no table of two rows or more."""
    count = 0
    for block in table.blocks(None):
        count += len(block.rows)
        if count > 1:
            return
    raise no_table(table.content)


def no_table(content: Content) -> Invalid:
    return Invalid(
        say("'%(name)s' is a web page (HTML or XML), not a table.", name=content.name),
        remedy=say("Open it (it may be a sign-in page), and save the table as .xlsx or CSV."),
    )


def _plain(tag: str) -> str:
    name = tag.removeprefix("ss:")
    return _OF_WORKBOOKS.get(name, name)


def _columns(text: str | None, most: int = WIDEST_CELL) -> int:
    return min(int(text[:4]), most) if text and text.isdecimal() else 0


class _Rows(HTMLParser):
    """Collects rows of cells. Merged cells are spread to the right and skipped ones stay empty, so that
    columns stay in step."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._rows: list[Row] = []
        self._line = 0
        self._cells: list[str] | None = None
        self._text: list[str] | None = None
        self._length = 0
        self._span = 1
        self._silent = 0

    def taken(self) -> list[Row]:
        rows, self._rows = self._rows, []
        return rows

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        tag = _plain(tag)
        if tag in _SILENT:
            self._silent += 1
        elif tag == "tr":
            self.end_row()
            self._cells = []
        elif tag in {"td", "th"} and self._cells is not None:
            self._end_cell()
            self._text, self._length = [], 0
            given = dict(attrs)
            self._span = _columns(given.get("colspan")) or _columns(given.get("ss:mergeacross")) + 1
            skipped = _columns(given.get("ss:index"), MOST_CELLS) - 1 - len(self._cells)
            self._cells.extend([""] * skipped)
        elif tag == "br":
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        tag = _plain(tag)
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in {"td", "th"}:
            self._end_cell()
        elif tag in {"tr", "table"}:
            self.end_row()

    def handle_data(self, data: str) -> None:
        if self._text is not None and not self._silent and self._length < LONGEST_CELL:
            self._text.append(data[: LONGEST_CELL - self._length])
            self._length += len(data)

    def _end_cell(self) -> None:
        if self._text is None or self._cells is None:
            return
        text = " ".join("".join(self._text).split())
        room = MOST_CELLS - len(self._cells)
        self._cells.extend([text, *[""] * (max(self._span, 1) - 1)][:room])
        self._text = None

    def end_row(self) -> None:
        self._end_cell()
        if self._cells is not None:
            self._line += 1
            if any(self._cells):
                self._rows.append(Row(self._line, self._cells))
        self._cells = None
