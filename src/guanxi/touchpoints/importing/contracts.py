"""The shapes between a file and the log: what reading gives, what an importer makes of it, what a job takes.

    tables = detect.open_tables(path, "ExportOrderList.csv")      # reading/: bytes → rows
    found = detect.detect(tables[0])                               # formats/: which importer fits
    plan = detect.plan(tables[0], found[0].importer, options)      # columns found, or Invalid with what is
    missing for chunk in grouping.iter_facts(tables[0], plan, start_chunk=k):   # rows → facts, chunk by chunk
        ...

Chunks are the same, in the same order, each time the same bytes are read with the same options, so that a job
which stops after chunk k goes on with chunk k+1. Everything here can be pickled except tables.

What `record` has to know: an `order.refunded` fact of an importer carries the refund *so far* in
`payload["cumulative_fen"]` (and in `amount_fen`), and its `source_ref` is `<order>:refund:<cumulative_fen>`.
The amount to book is `refund_to_book(cumulative, already booked for that order)`; see docs/adr/0040.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from guanxi.touchpoints.contracts import Fact

CHUNK_ROWS = 4_000
LONGEST_ORIGINAL = 4_000
MOST_NAMED = 60  # columns that an error names: some files have tens of thousands


class Row(NamedTuple):
    """`line` is the physical line in the file (or the row in the sheet), from 1; `text` is the original line
    where the file is text, else None."""

    line: int
    cells: list[str]
    text: str | None = None

    @property
    def original(self) -> str:
        """What stood in the file, for the reject file: at most 4,000 characters."""
        text = "\t".join(self.cells) if self.text is None else self.text
        kept = text.strip("\r\n")[:LONGEST_ORIGINAL]
        return kept if kept.isascii() else kept.encode("utf-8", "replace").decode()


class RowReject(NamedTuple):
    """A row that became no fact: its line, a code for programs, a message for people, and what stood
    there."""

    line: int
    code: str
    message: str
    original: str


class Block(NamedTuple):
    """A run of rows as read: `position` is how many bytes of the file (as stored) have been read so far."""

    rows: list[Row]
    rejects: list[RowReject]
    position: int


class Table(Protocol):
    """A table in a file. `names` are the header's, made unique ("分销员", "分销员#2"), or "1", "2", … where
    `header_line` is None because there is no header."""

    @property
    def name(self) -> str: ...
    @property
    def format(self) -> str: ...
    @property
    def encoding(self) -> str | None: ...
    @property
    def names(self) -> list[str]: ...
    @property
    def header_line(self) -> int | None: ...
    @property
    def total_bytes(self) -> int: ...
    @property
    def sample(self) -> list[Row]: ...
    def blocks(self) -> Iterator[Block]:
        """The data rows, each as wide as `names`, and the rows that could not be read as such."""
        ...


@dataclass(frozen=True, slots=True)
class Options:
    """How to understand a file. `mapping` (field → header, or column number from 1) is for the generic
    importers; `statuses` adds to an importer's own table (text → "paid", "placed", "closed", "refunded")."""

    mapping: Mapping[str, str] = field(default_factory=dict)
    shop: str = "shop"
    scheme: str = ""  # of the customer column; "" means shop:<shop>
    channel: str = ""
    zone: str = "Asia/Shanghai"
    currency: str = "CNY"
    statuses: Mapping[str, str] = field(default_factory=dict)
    now_ms: int = 0  # the time of profiles that carry none
    chunk_rows: int = CHUNK_ROWS
    ref_key: str = (
        ""  # the brand's secret: keys the digests that stand for rows without an id (64 bytes at most)
    )


class Made(NamedTuple):
    """What became of some rows. `origins` holds, for each fact, the first of the rows it was made of: a fact
    that the log refuses is rejected by its line and its text. `unstated_refunds`: orders of which the file
    says that part was given back, and not how much. `own`: rows that are no facts, as plain tuples of texts
    and numbers, for the sink of that importer (`sinks`)."""

    facts: list[Fact]
    rejects: list[RowReject]
    origins: list[Row]
    unstated_refunds: int = 0
    own: Sequence[tuple[Any, ...]] = ()


class Plan(Protocol):
    """An importer with its columns found in one table.

    `source` is the default source of its facts. Rows that agree in the columns `group_by` belong together and
    reach `make` together, in file order, never split over two calls. Where `numbered`, rows have no id of
    their own and `make` gets, beside each row, the how-manieth row of that content it is in the file (from
    1).
    """

    @property
    def source(self) -> str: ...
    @property
    def group_by(self) -> tuple[int, ...]: ...
    @property
    def numbered(self) -> bool: ...
    def make(self, rows: Sequence[Row], occurrences: Sequence[int] | None) -> Made: ...


class Importer(Protocol):
    """A kind of file: `detects` says from 0 (not) to 1 (certainly) whether these headers are its own."""

    @property
    def name(self) -> str: ...
    @property
    def label_zh(self) -> str: ...
    @property
    def label_en(self) -> str: ...
    @property
    def headers(self) -> frozenset[str]: ...
    def detects(self, names: Sequence[str]) -> float: ...
    def plan(self, table: Table, options: Options) -> Plan:
        """Raises Invalid, naming the columns found and those needed."""
        ...


class Detection(NamedTuple):
    importer: Importer
    score: float


class Suggestion(NamedTuple):
    """A column proposed for a field of the generic mapping, with 0..1 confidence."""

    field: str
    column: str
    confidence: float


class ChunkOfFacts(NamedTuple):
    """`number` from 0; `rows_read` data rows of this chunk (rejected ones too; blank lines are none);
    `position` bytes of the file (as stored) read so far; the rest as in `Made`."""

    number: int
    facts: list[Fact]
    rejects: list[RowReject]
    rows_read: int
    position: int
    origins: list[Row]
    unstated_refunds: int = 0
    own: Sequence[tuple[Any, ...]] = ()


def row_content(row: Row) -> bytes:
    """What makes two rows the same: their cells without surrounding space, whatever the file's encoding,
    quoting or container."""
    return "\x1f".join([cell.strip() for cell in row.cells]).encode("utf-8", "surrogatepass")


def refund_to_book(cumulative_fen: int, booked_fen: int) -> int:
    """How much of a refund that now stands at `cumulative_fen` is new, `booked_fen` being the sum of the
    order's refunds recorded so far; 0 means that there is nothing to record (count it as a duplicate)."""
    return max(0, cumulative_fen - booked_fen)
