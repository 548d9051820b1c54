"""Text tables: comma, semicolon, tab, bar, or white space between cells.

Text is read in blocks of a million characters, so memory is flat whatever the file does: a quote that is
never closed costs its line, not the rest of the file, and a line without end is cut off.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import NamedTuple

from guanxi.kernel.wording import Wording, say
from guanxi.touchpoints.importing.contracts import Block, Row, RowReject
from guanxi.touchpoints.importing.reading.encodings import MARK_UNDECODED, UNDECODED, Encoding
from guanxi.touchpoints.importing.reading.sources import MIB, Content

MOST_LINES = 200  # in one record
LONGEST_RECORD = 1 << 18  # characters
WHITE_SPACE = " "
DELIMITERS = (",", "\t", ";", "|")

_END = "\x1eend of block\x1e"  # parsed after a block's last line: swallowed where a quote is still open

BROKEN_QUOTE = ("broken_quote", say("A quotation mark opens here and is not closed where the row ends."))
TOO_LONG = ("too_long", say("The line is longer than any real row."))
BAD_BYTES = ("bad_bytes", say("The row has bytes that are not in the file's encoding."))

csv.field_size_limit(LONGEST_RECORD)


class _Part(NamedTuple):
    """Some lines, the same lines with raw `="…"` cells quoted, and the number of the first."""

    lines: list[str]
    plain: list[str]
    first: int


@dataclass(frozen=True)
class Delimited:
    """A text table, before anybody knows its header. `line` counts physical lines from 1."""

    content: Content
    encoding: Encoding
    delimiter: str
    format: str = "text"

    def blocks(self, width: int | None) -> Iterator[Block]:
        """Rows as they come, blank ones left out. Where `width` is known, a row over several lines that is
        not so wide counts as a broken quote: its first line is rejected and reading goes on with the next."""
        rest: list[str] = []
        line = 1
        for text, at_end, position in self._texts():
            lines = rest + list(io.StringIO(text, newline=""))
            rows, rejects, used = self._parse(lines, line, width, at_end)
            if self.encoding.damaged:
                rows, bad = _without_undecoded(rows)
                rejects = sorted(rejects + bad)
            yield Block(rows, rejects, position)
            rest = lines[used:]
            line += used

    def _texts(self) -> Iterator[tuple[str, bool, int]]:
        """Blocks of whole lines, whether it is the last, and how far into the file it reaches."""
        decoder = codecs.getincrementaldecoder(self.encoding.name)(
            MARK_UNDECODED if self.encoding.damaged else "strict"
        )
        stream, position = self.content.open()
        with stream:
            stream.read(self.encoding.bytes_skipped)
            tail = ""
            while data := stream.read(MIB):
                text = tail + decoder.decode(data)
                cut = _whole_lines(text)
                if cut == 0 and len(text) > LONGEST_RECORD:
                    tail = text[: LONGEST_RECORD + 1]  # a line without end: keep enough of it to be rejected
                    continue
                tail = text[cut:]
                yield text[:cut].replace("\0", ""), False, position()
            yield (tail + decoder.decode(b"", final=True)).replace("\0", ""), True, position()

    def _parse(
        self, lines: list[str], first: int, width: int | None, at_end: bool
    ) -> tuple[list[Row], list[RowReject], int]:
        """Rows and rejects of these lines (the first being line `first`), and how many lines they took."""
        rows: list[Row] = []
        rejects: list[RowReject] = []
        if self.delimiter == WHITE_SPACE:
            rows = [Row(first + at, line.split(), line) for at, line in enumerate(lines)]
            return [row for row in rows if row.cells], rejects, len(lines)
        part = _Part(lines, _unwrapped(lines, self.delimiter), first)
        at = 0
        while at < len(lines):
            at, problem = self._run(part, at, width, rows)
            if problem is None:
                break
            if problem is BROKEN_QUOTE and not at_end and at and _may_go_on(lines, at):
                return rows, rejects, at
            rejects.append(RowReject(first + at, *problem, Row(first + at, [], lines[at]).original))
            at += 1
        return rows, rejects, max(at, 0)

    def _run(
        self, part: _Part, at: int, width: int | None, rows: list[Row]
    ) -> tuple[int, tuple[str, Wording] | None]:
        """Parses from line `at` until the end, or to the first record that is broken (then: where, and
        why)."""
        lines, plain, first = part
        base = at
        count = len(lines)
        reader = csv.reader(chain(islice(plain, at, None), (_END,)), delimiter=self.delimiter)
        append, new = rows.append, tuple.__new__  # half the time of calling Row
        try:
            for cells in reader:
                end = base + reader.line_num
                if end == at + 1:
                    if end > count:
                        return count, None
                    if cells:
                        append(new(Row, (first + at, cells, lines[at])))
                elif end > count:
                    return at, BROKEN_QUOTE
                else:
                    text = "".join(lines[at:end])
                    if end - at > MOST_LINES or len(text) > LONGEST_RECORD or not _fits(cells, width):
                        return at, BROKEN_QUOTE
                    append(Row(first + at, cells, text))
                at = end
        except csv.Error:
            long = len(lines[at]) > LONGEST_RECORD
            return at, TOO_LONG if long else BROKEN_QUOTE
        return at, None


def _whole_lines(text: str) -> int:
    """Where the last line that is surely complete ends (a final CR may be half of a CRLF)."""
    newline = text.rfind("\n") + 1
    return newline or text.rfind("\r", 0, len(text) - 1) + 1


def _unwrapped(lines: list[str], delimiter: str) -> list[str]:
    """Raw `="1,2"` cells (not quoted as CSV wants) become `"1,2"`, so that their commas do not part them."""
    lead, inner = '="', delimiter + '="'
    if not any(lead in line for line in islice(lines, 200)) and not any(lead in line for line in lines):
        return lines
    return [_raw_cells(line, lead, inner, delimiter) if lead in line else line for line in lines]


def _raw_cells(line: str, lead: str, inner: str, delimiter: str) -> str:
    if line.startswith(lead):
        line = line[1:]
    return line.replace(inner, delimiter + '"')


def _may_go_on(lines: list[str], at: int) -> bool:
    """Whether the record that is open since line `at` may close in the next block."""
    return len(lines) - at <= MOST_LINES and sum(map(len, islice(lines, at, None))) <= LONGEST_RECORD


def _fits(cells: list[str], width: int | None) -> bool:
    return width is None or len(cells) == width or (len(cells) > width and not any(cells[width:]))


def _without_undecoded(rows: list[Row]) -> tuple[list[Row], list[RowReject]]:
    bad = [row for row in rows if UNDECODED in (row.text or "")]
    if not bad:
        return rows, []
    lines = {row.line for row in bad}
    rejects = [RowReject(row.line, *BAD_BYTES, row.original) for row in bad]
    return [row for row in rows if row.line not in lines], rejects


def sniff_delimiter(text: str) -> str:
    """The delimiter under which most lines of this beginning of a file have the same number (> 1) of cells;
    white space where no delimiter does and words line up; a comma where nothing is found (one column)."""
    lines = [line for line in io.StringIO(text, newline="") if line.strip()][:100]
    if len(lines) > 1 and not text.endswith(("\n", "\r")):
        lines.pop()
    found = max(DELIMITERS, key=lambda delimiter: _regularity(_widths(lines, delimiter)))
    if _regularity(_widths(lines, found))[0] >= 0.5:
        return found
    words = _regularity([len(line.split()) for line in lines])
    return WHITE_SPACE if words[0] >= 0.8 else found


def _widths(lines: list[str], delimiter: str) -> list[int]:
    try:
        return [len(cells) for cells in csv.reader(_unwrapped(lines, delimiter), delimiter=delimiter)]
    except csv.Error:
        return []


def _regularity(widths: list[int]) -> tuple[float, int]:
    """The share of rows that have the commonest width above 1, and that width."""
    wide = Counter(width for width in widths if width > 1)
    if not wide:
        return 0.0, 0
    width, count = max(wide.items(), key=lambda item: (item[1], item[0]))
    return count / len(widths), width
