"""A file is read, understood and checked in a process of its own; the one that writes takes finished chunks.

Two cores work at once, and whatever a file does to the reader (memory, a crash) leaves the writer whole. What
lies between them is some chunks (`ahead`), so that neither waits for the other's slowest moments; a reader
that is further ahead waits.
"""

from __future__ import annotations

import gc
import marshal
import os
import pickle
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, BinaryIO, NamedTuple

from guanxi.kernel.blind import BlindIndexer, IndexKeys
from guanxi.kernel.collecting import without_collecting
from guanxi.kernel.errors import GuanxiError, Invalid, Unavailable
from guanxi.kernel.wording import packed, say, unpacked
from guanxi.touchpoints import parcels
from guanxi.touchpoints.importing import detect, grouping, neighbours
from guanxi.touchpoints.importing.ahead import ReadAhead
from guanxi.touchpoints.importing.contracts import ChunkOfFacts, Options, Plan, RowReject, Table
from guanxi.touchpoints.parcels import Parcel
from guanxi.touchpoints.rules import Entry, Terms, prepare

PIPE_BYTES = 1 << 20
_HEAD = struct.Struct(">?I")  # whether a chunk follows, and its bytes
_BEGIN = "from guanxi.touchpoints.importing.pipeline import main; main()"
_F_SETPIPE_SZ = 1031  # Linux: fcntl.F_SETPIPE_SZ, which Python names from 3.10 on there alone

Opener = Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True)
class Gather:
    """What a reader needs to gather sightings: keys that make blind indexes and open nothing."""

    brand_id: int
    keys: IndexKeys


@dataclass(frozen=True, slots=True)
class ReadingOrder:
    """What the reader is told. `source` is a path, or a picklable function that opens the (sealed) upload;
    reading begins at `chunk` of table `table`, which lies in the window that begins at chunk `window`. With
    `gather` the facts come gathered and neighbours together, to be written; without it in the order of the
    file, to be looked at."""

    source: Path | Opener
    filename: str
    terms: Terms
    importer: str = ""
    options: Options = field(default_factory=Options)
    table: int = 0
    chunk: int = 0
    window: int = 0
    gather: Gather | None = None


class TableRead(NamedTuple):
    """A table begins: its number within the file, from 0, and how it was understood."""

    number: int
    name: str
    importer: str
    format: str
    encoding: str | None
    names: list[str]
    source: str
    total_bytes: int


class TableSkipped(NamedTuple):
    """A sheet or a member that no importer understands, beside others that one does."""

    name: str
    reason: str


class ChunkRead(NamedTuple):
    """One chunk, checked. `number` counts within the table, `position` is bytes of the stored file."""

    table: int
    number: int
    parcel: Parcel
    rejects: list[RowReject]
    rows: int
    position: int
    window: int
    unstated_refunds: int = 0
    own: Sequence[tuple[Any, ...]] = ()


class Checked(NamedTuple):
    """A chunk before it is handed over."""

    table: int
    number: int
    entries: list[Entry]
    rejects: list[RowReject]
    rows: int
    position: int
    window: int = 0
    unstated_refunds: int = 0
    own: Sequence[tuple[Any, ...]] = ()


class ReadingEnded(NamedTuple):
    tables: int


Message = TableRead | TableSkipped | ChunkRead | ReadingEnded


class Understood(NamedTuple):
    """A table with its plan."""

    table: Table
    importer: str
    plan: Plan


def understand(
    source: Path | Opener, filename: str, importer: str, options: Options
) -> tuple[list[Understood], list[TableSkipped]]:
    """The tables of a file with the importer of each (detected where `importer` is ""), and those left out.

    Raises Invalid where no table is understood, with what was found.
    """
    understood: list[Understood] = []
    skipped: list[TableSkipped] = []
    first: GuanxiError | None = None
    for table in detect.open_tables(source, filename):
        try:
            chosen = detect.choose(table, importer)
            understood.append(Understood(table, chosen.name, detect.plan(table, chosen, options)))
        except Invalid as error:
            first = first or error
            skipped.append(TableSkipped(table.name, error.message))
    if not understood:
        raise first or Invalid(say("'%(name)s' holds no table.", name=filename))
    return understood, skipped


def messages(order: ReadingOrder) -> Iterator[TableRead | TableSkipped | Checked | ReadingEnded]:
    """Every message, in this process. Raises what reading raises."""
    understood, skipped = understand(order.source, order.filename, order.importer, order.options)
    yield from skipped
    for index, (table, importer, plan) in enumerate(understood):
        if index < order.table:
            continue
        yield TableRead(
            index,
            table.name,
            importer,
            table.format,
            table.encoding,
            table.names,
            plan.source,
            table.total_bytes,
        )
        yield from _chunks(index, table, plan, order)
    yield ReadingEnded(len(understood))


def _chunks(index: int, table: Table, plan: Plan, order: ReadingOrder) -> Iterator[Checked]:
    chunk, window = (order.chunk, order.window) if index == order.table else (0, 0)
    start = window if order.gather else chunk
    read = grouping.iter_facts(table, plan, start_chunk=start, chunk_rows=order.options.chunk_rows)
    chunks = (checked(index, one, order.terms) for one in read)
    if not order.gather:
        return chunks
    return (one._replace(window=first) for first, one in neighbours.arranged(chunks) if one.number >= chunk)


def checked(table: int, chunk: ChunkOfFacts, terms: Terms) -> Checked:
    """The chunk with its facts checked; what may not enter the log joins the rejected rows."""
    entries, rejections = prepare(chunk.facts, terms, [row.line for row in chunk.origins])
    rejects = chunk.rejects
    if rejections:
        refused = [
            RowReject(row.line, one.code, one.message, row.original)
            for one in rejections
            for row in (chunk.origins[one.position],)
        ]
        rejects = sorted([*rejects, *refused], key=lambda reject: reject.line)
    return Checked(
        table,
        chunk.number,
        entries,
        rejects,
        chunk.rows_read,
        chunk.position,
        unstated_refunds=chunk.unstated_refunds,
        own=tuple(chunk.own),
    )


@contextmanager
def reading(order: ReadingOrder) -> Iterator[Iterator[Message]]:
    """Read in another process. It ends with the block, whatever happens in it."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    process = subprocess.Popen(  # noqa: S603 - this interpreter, and nothing that a user wrote
        [sys.executable, "-c", _BEGIN],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        _widen(process.stdout)
        pickle.dump(order, process.stdin)
        process.stdin.close()
        with without_collecting(), ReadAhead(process.stdout, _frame) as ahead:
            try:
                yield _received(process, ahead)
            finally:
                process.kill()  # so that whoever reads ahead comes to the end
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


def _frame(stream: IO[bytes]) -> tuple[bool, bytes | None]:
    """Whether a chunk comes, and its bytes; no bytes where the stream ends, or in the middle of it."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return False, None
    is_chunk, size = _HEAD.unpack(head)
    data = stream.read(size)
    return is_chunk, data if len(data) == size else None


def _received(process: subprocess.Popen[bytes], ahead: ReadAhead) -> Iterator[Message]:
    while True:
        is_chunk, data = ahead.next()
        if data is None:
            raise Unavailable(
                say("The process that read the file ended early (exit code %(code)s).", code=process.wait()),
                remedy=say("Look for an out-of-memory message in the system's log, then import again."),
            )
        message = _unpacked(data) if is_chunk else pickle.loads(data)  # noqa: S301 - from our own process
        if isinstance(message, BaseException):
            raise message
        yield message
        if isinstance(message, ReadingEnded):
            return


class _Sender:
    """Writes messages into the pipe. A chunk goes as plain columns by marshal, several times faster than
    pickle with its named tuples."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._brand_id = 0
        self._indexer: BlindIndexer | None = None

    def gathers(self, gather: Gather) -> None:
        self._brand_id, self._indexer = gather.brand_id, BlindIndexer(gather.keys)

    def send(self, message: TableRead | TableSkipped | Checked | ReadingEnded | BaseException) -> None:
        is_chunk = isinstance(message, Checked)
        data = self._packed(message) if isinstance(message, Checked) else pickle.dumps(message)
        self._out.write(_HEAD.pack(is_chunk, len(data)))
        self._out.write(data)
        self._out.flush()

    def _packed(self, chunk: Checked) -> bytes:
        rejects = [(line, code, packed(message), original) for line, code, message, original in chunk.rejects]
        facts = parcels.packed(chunk.entries, self._brand_id, self._indexer)
        rest: tuple[Any, ...] = tuple(chunk[4:])
        return marshal.dumps((chunk.table, chunk.number, facts, rejects, *rest))


def _unpacked(data: bytes) -> ChunkRead:
    table, number, facts, rejects, *rest = marshal.loads(data)  # noqa: S302 - from our own process
    refused = [
        RowReject(line, code, unpacked(message), original) for line, code, message, original in rejects
    ]
    return ChunkRead(table, number, parcels.unpacked(facts), refused, *rest)


def _widen(stream: IO[bytes]) -> None:
    if sys.platform == "linux":
        import fcntl  # noqa: PLC0415 - not everywhere

        try:
            fcntl.fcntl(stream.fileno(), _F_SETPIPE_SZ, PIPE_BYTES)
        except OSError:
            return  # a limit of the system; a narrow pipe is slower, not wrong


def main() -> None:
    """The reading process: an order comes in by stdin, messages leave by what was stdout."""
    gc.disable()  # as `without_collecting` says; this process ends with the file
    out = os.fdopen(os.dup(1), "wb", buffering=PIPE_BYTES)
    os.dup2(2, 1)  # a stray print must not end up among the messages
    sender = _Sender(out)
    try:
        try:
            order: ReadingOrder = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by our own process
            if order.gather:
                sender.gathers(order.gather)
            for message in messages(order):
                sender.send(message)
        except (GuanxiError, MemoryError, OSError) as error:
            if isinstance(error, BrokenPipeError):
                raise
            sender.send(error)
    except BrokenPipeError:
        os._exit(1)  # the writer is gone; nobody is left to tell
