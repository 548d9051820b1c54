"""The way in: a file by whatever name → its tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Protocol

from guanxi.kernel.errors import GuanxiError, Invalid
from guanxi.kernel.wording import say
from guanxi.touchpoints.importing.contracts import Block, Row, RowReject
from guanxi.touchpoints.importing.reading import delimited, headers, records, webpages, workbooks
from guanxi.touchpoints.importing.reading.encodings import detect_encoding
from guanxi.touchpoints.importing.reading.sources import (
    Content,
    Opener,
    from_path_or_stream,
    gunzipped,
    held_if_needed,
    kind_of,
    members,
)

SAMPLE_ROWS = 200
_TOTALS = frozenset(
    text + colon
    for text in ("合计", "总计", "小计", "汇总", "共计", "Total", "TOTAL", "total", "Subtotal", "Grand Total")
    for colon in ("", ":", "：")
)
_CONTAINERS = {"zip", "gz"}


class Body(Protocol):
    """Rows of one table, before its header is known."""

    @property
    def content(self) -> Content: ...
    @property
    def format(self) -> str: ...
    def blocks(self, width: int | None) -> Iterator[Block]: ...


@dataclass(frozen=True)
class FileTable:
    """One table of a file (contracts.Table)."""

    name: str
    format: str
    encoding: str | None
    names: list[str]
    header_line: int | None
    total_bytes: int
    body: Body = field(repr=False)
    header: tuple[str, ...] = ()
    sample: list[Row] = field(default_factory=list, repr=False)

    def blocks(self) -> Iterator[Block]:
        width = len(self.names)
        header = self.header_line or 0
        again = self.header[0].strip() if self.header else None
        for block in self.body.blocks(width):
            rows, rejects = block.rows, block.rejects
            if rows and rows[0].line <= header:
                rows = [row for row in rows if row.line > header]
            if rejects and rejects[0].line <= header:
                rejects = [reject for reject in rejects if reject.line > header]
            if not _is_shaped([row[1] for row in rows], width, again):
                rows, unfit = _shaped(rows, width, self.header)
                rejects = rejects + unfit
            yield Block(rows, rejects, block.position)


def _is_shaped(cells: list[list[str]], width: int, again: str | None) -> bool:
    """Whether all rows are as wide as the header, and none begins like a blank one, one of totals, or the
    header once more (`again`)."""
    if set(map(len, cells)) - {width}:
        return False
    heads = {row[0] for row in cells}
    return "" not in heads and again not in heads and heads.isdisjoint(_TOTALS)


def _shaped(rows: list[Row], width: int, header: tuple[str, ...]) -> tuple[list[Row], list[RowReject]]:
    """Rows of the table's width. Blank rows are left out; empty cells too many or too few make no difference;
    anything else of another width, total rows, and the header once more (in joined files) are rejected."""
    good: list[Row] = []
    rejects: list[RowReject] = []
    for row in rows:
        cells = row.cells
        filled = next((cell.strip() for cell in cells if cell.strip()), "")
        if not filled:
            continue
        if filled in _TOTALS:
            rejects.append(
                RowReject(row.line, "total_row", say("A row of totals is no record."), row.original)
            )
        elif header and tuple(cells) == header:
            message = say("This is the header once more, no record.")
            rejects.append(RowReject(row.line, "repeated_header", message, row.original))
        elif len(cells) == width:
            good.append(row)
        elif len(cells) > width:
            if any(cell.strip() for cell in cells[width:]):
                message = say(
                    "The row has %(cells)s cells, the header %(width)s.", cells=len(cells), width=width
                )
                rejects.append(RowReject(row.line, "too_many_cells", message, row.original))
            else:
                good.append(row._replace(cells=cells[:width]))
        else:
            message = say("The row has %(cells)s cells, the header %(width)s.", cells=len(cells), width=width)
            rejects.append(RowReject(row.line, "too_few_cells", message, row.original))
    return good, rejects


def open_tables(
    source: Path | str | BinaryIO | Opener,
    filename: str | None = None,
    *,
    sheet: str | None = None,
    header: int | None = None,
    encoding: str | None = None,
    known: Collection[str] = (),
) -> list[FileTable]:
    """All tables of a file: one, or those of a zip's members and a workbook's sheets.

    `header` is the header's line from 1, 0 for "there is none", None for "find it"; `known` are header names
    in normal form that make it easy to find. Raises Invalid (with what to do) where there is no table to
    read, Limit where it unpacks to an absurd size.
    """
    if filename is None:
        filename = Path(source).name if isinstance(source, (Path, str)) else "upload"
    content = from_path_or_stream(source, Path(filename).name)
    tables: list[FileTable] = []
    refused: list[GuanxiError] = []
    for part, kind, head in _contents(content, refused):
        tables.extend(_tables(part, kind, head, sheet=sheet, header=header, encoding=encoding, known=known))
    if not tables:
        if refused:
            raise refused[0]
        raise Invalid(
            say("'%(name)s' has no table '%(sheet)s' with rows.", name=content.name, sheet=sheet)
            if sheet
            else say("'%(name)s' has no table with rows.", name=content.name),
            remedy=say("Look whether it was exported whole."),
        )
    return tables


def open_table(
    source: Path | str | BinaryIO | Opener,
    filename: str | None = None,
    *,
    sheet: str | None = None,
    header: int | None = None,
    encoding: str | None = None,
    known: Collection[str] = (),
) -> FileTable:
    """The file's only table; raises Invalid, naming them, where there are several."""
    tables = open_tables(source, filename, sheet=sheet, header=header, encoding=encoding, known=known)
    if len(tables) > 1:
        names = ", ".join(table.name for table in tables)
        raise Invalid(
            say("The file holds %(count)s tables: %(names)s.", count=len(tables), names=names),
            remedy=say("Say which."),
            tables=names,
        )
    return tables[0]


def _contents(content: Content, refused: list[GuanxiError]) -> Iterator[tuple[Content, str, bytes]]:
    """The file itself, or what is inside. In an archive, what is no table is passed over if there are
    others."""
    head = content.head()
    kind = kind_of(content, head)
    if kind == "gz":
        content = held_if_needed(gunzipped(content))
        head = content.head()
        kind = kind_of(content, head)
        if kind in _CONTAINERS:
            raise Invalid(
                say("'%(name)s' is an archive in an archive.", name=content.name),
                remedy=say("Unpack it once and try again."),
            )
    if kind != "zip":
        yield content, kind, head
        return
    for member in members(content):
        try:
            part = held_if_needed(member)
            head = part.head()
            kind = kind_of(part, head)
        except Invalid as error:
            refused.append(error)
            continue
        if kind in _CONTAINERS:
            raise Invalid(
                say("'%(name)s' is an archive in an archive.", name=part.name),
                remedy=say("Unpack it once and try again."),
            )
        yield part, kind, head


def _tables(
    content: Content,
    kind: str,
    head: bytes,
    *,
    sheet: str | None,
    header: int | None,
    encoding: str | None,
    known: Collection[str],
) -> Iterator[FileTable]:
    if kind == "parquet":
        parquet = records.Parquet(content)
        yield _with_header(parquet, content.name, parquet.header())
    elif kind == "json":
        lines = records.json_lines(content, head)
        yield _with_header(lines, content.name, list(lines.names))
    elif kind in {"xlsx", "xls"}:
        parts = [part for part in workbooks.sheets(content, kind) if sheet in {None, part.sheet}]
        for part in parts:
            name = content.name if len(parts) == 1 else f"{content.name}/{part.sheet}"
            if table := _table(part, name, None, header, known):
                yield table
    elif kind == "html":
        found = detect_encoding(content, head, encoding)
        page = webpages.WebTable(content, found)
        webpages.refuse_without_rows(page)
        if table := _table(page, content.name, found.name, header, known):
            yield table
    else:
        found = detect_encoding(content, head, encoding)
        text = head[found.bytes_skipped :].decode(found.name, errors="ignore")
        delimiter = delimited.sniff_delimiter(text)
        body = delimited.Delimited(content, found, delimiter, _FORMATS[delimiter])
        if table := _table(body, content.name, found.name, header, known):
            yield table


_FORMATS = {",": "csv", ";": "csv", "|": "csv", "\t": "tsv", delimited.WHITE_SPACE: "text"}


def _with_header(body: Body, name: str, cells: list[str]) -> FileTable:
    names = headers.unique_names(cells)
    return _sampled(FileTable(name, body.format, None, names, 0, body.content.stored_bytes, body))


def _table(
    body: Body, name: str, encoding: str | None, header: int | None, known: Collection[str]
) -> FileTable | None:
    first: list[Row] = []
    for block in body.blocks(None):
        first.extend(row for row in block.rows if any(cell.strip() for cell in row.cells))
        if len(first) >= SAMPLE_ROWS:
            break
    if not first:
        return None
    first = first[:SAMPLE_ROWS]
    if header is None:
        at = headers.find_header([row.cells for row in first], known)
    else:
        at = next((at for at, row in enumerate(first) if row.line == header), None)
        if at is None and header:
            raise Invalid(
                say("'%(name)s' has no header in line %(line)s.", name=name, line=header),
                remedy=say("Say 0 where there is none."),
            )
    if at is None:
        width = Counter(len(row.cells) for row in first).most_common(1)[0][0]
        names = [str(number) for number in range(1, width + 1)]
        return _sampled(FileTable(name, body.format, encoding, names, None, body.content.stored_bytes, body))
    names = headers.unique_names(headers.trimmed(first[at].cells))
    line, cells = first[at].line, tuple(first[at].cells)
    size = body.content.stored_bytes
    return _sampled(FileTable(name, body.format, encoding, names, line, size, body, cells))


def _sampled(table: FileTable) -> FileTable:
    for block in table.blocks():
        table.sample.extend(islice(block.rows, SAMPLE_ROWS - len(table.sample)))
        if len(table.sample) >= SAMPLE_ROWS:
            break
    return table
