"""A file is read, understood and checked in a process of its own; the one that writes takes finished chunks.

Two cores work at once, and whatever a file does to the reader (memory, a crash) leaves the writer whole. The
pipe between them holds a chunk or two: a reader that is ahead waits.
"""

from __future__ import annotations

import gc
import marshal
import os
import pickle
import struct
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path
from typing import IO, BinaryIO, NamedTuple, TypeVar

from guanxi.customers.contracts import Identity, Person, Sighting
from guanxi.kernel.errors import GuanxiError, Invalid, Unavailable
from guanxi.kernel.wording import packed, say, unpacked
from guanxi.touchpoints.importing import detect, grouping
from guanxi.touchpoints.importing.contracts import ChunkOfFacts, Options, Plan, RowReject, Table
from guanxi.touchpoints.rules import Entry, Terms, prepare

PIPE_BYTES = 1 << 20
_HEAD = struct.Struct(">?I")  # whether a chunk follows, and its bytes
_BEGIN = "from guanxi.touchpoints.importing.pipeline import main; main()"
_F_SETPIPE_SZ = 1031  # Linux: fcntl.F_SETPIPE_SZ, which Python names from 3.10 on there alone

RARELY = (500_000, 20, 100)

Opener = Callable[[], BinaryIO]
Named = TypeVar("Named", bound=tuple[object, ...])


@dataclass(frozen=True, slots=True)
class ReadingOrder:
    """What the reader is told. `source` is a path, or a picklable function that opens the (sealed) upload;
    reading begins at `chunk` of table `table`."""

    source: Path | Opener
    filename: str
    terms: Terms
    importer: str = ""
    options: Options = field(default_factory=Options)
    table: int = 0
    chunk: int = 0


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
    entries: list[Entry]
    rejects: list[RowReject]
    rows: int
    position: int


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


def messages(order: ReadingOrder) -> Iterator[Message]:
    """Read in this process: every message in file order. Raises what reading raises."""
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
        start = order.chunk if index == order.table else 0
        for chunk in grouping.iter_facts(table, plan, start_chunk=start, chunk_rows=order.options.chunk_rows):
            yield checked(index, chunk, order.terms)
    yield ReadingEnded(len(understood))


def checked(table: int, chunk: ChunkOfFacts, terms: Terms) -> ChunkRead:
    """The chunk with its facts checked; what may not enter the log joins the rejected rows."""
    entries, rejections = prepare(chunk.facts, terms)
    rejects = chunk.rejects
    if rejections:
        refused = [
            RowReject(row.line, one.code, one.message, row.original)
            for one in rejections
            for row in (chunk.origins[one.position],)
        ]
        rejects = sorted([*rejects, *refused], key=lambda reject: reject.line)
    return ChunkRead(table, chunk.number, entries, rejects, chunk.rows_read, chunk.position)


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Rows come by the thousand and hold no cycles: walking them for garbage costs more than all else."""
    before = gc.get_threshold()
    gc.set_threshold(*RARELY)
    try:
        yield
    finally:
        gc.set_threshold(*before)


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
        with collecting_rarely():
            yield _received(process, process.stdout)
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


def _received(process: subprocess.Popen[bytes], stream: IO[bytes]) -> Iterator[Message]:
    while True:
        head = stream.read(_HEAD.size)
        is_chunk, size = _HEAD.unpack(head) if len(head) == _HEAD.size else (False, -1)
        data = stream.read(size) if size >= 0 else b""
        if len(data) != size:
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


def _send(message: Message | BaseException, out: IO[bytes]) -> None:
    """A chunk goes as plain tuples by marshal, four times faster than pickle with its named ones."""
    is_chunk = isinstance(message, ChunkRead)
    data = _packed(message) if isinstance(message, ChunkRead) else pickle.dumps(message)
    out.write(_HEAD.pack(is_chunk, len(data)))
    out.write(data)
    out.flush()


def _packed(chunk: ChunkRead) -> bytes:
    """Column by column: marshal knows plain tuples alone, and taking them apart is then C's work."""
    *columns, sightings = zip(*chunk.entries, strict=True) if chunk.entries else ((),)
    identities = [tuple(map(tuple, sighting.identities)) for sighting in sightings]
    persons = [sighting.person and tuple(sighting.person) for sighting in sightings]
    times = [sighting[2:] for sighting in sightings]
    rejects = [(line, code, packed(message), original) for line, code, message, original in chunk.rejects]
    facts = columns, identities, persons, times
    return marshal.dumps((chunk.table, chunk.number, facts, rejects, chunk.rows, chunk.position))


def _unpacked(data: bytes) -> ChunkRead:
    table, number, facts, rejects, rows, position = marshal.loads(data)  # noqa: S302 - from our own process
    columns, identities, persons, times = facts
    who = [tuple(_all(Identity, pairs)) for pairs in identities]
    details = [person and _new(Person, person) for person in persons]
    seen = [(*both, *rest) for *both, rest in zip(who, details, times, strict=True)]
    sightings = _all(Sighting, seen)
    entries = list(_all(Entry, zip(*columns, sightings, strict=True)))
    refused = [
        RowReject(line, code, unpacked(message), original) for line, code, message, original in rejects
    ]
    return ChunkRead(table, number, entries, refused, rows, position)


_new = tuple.__new__  # what the named tuples' own constructors come to


def _all(kind: type[Named], tuples: Iterable[tuple[object, ...]]) -> Iterator[Named]:
    return map(_new, repeat(kind), tuples)


def _widen(stream: IO[bytes]) -> None:
    if sys.platform == "linux":
        import fcntl  # noqa: PLC0415 - not everywhere

        try:
            fcntl.fcntl(stream.fileno(), _F_SETPIPE_SZ, PIPE_BYTES)
        except OSError:
            return  # a limit of the system; a narrow pipe is slower, not wrong


def main() -> None:
    """The reading process: an order comes in by stdin, messages leave by what was stdout."""
    gc.set_threshold(*RARELY)
    out = os.fdopen(os.dup(1), "wb", buffering=PIPE_BYTES)
    os.dup2(2, 1)  # a stray print must not end up among the messages
    try:
        try:
            order: ReadingOrder = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by our own process
            for message in messages(order):
                _send(message, out)
        except (GuanxiError, MemoryError, OSError) as error:
            if isinstance(error, BrokenPipeError):
                raise
            _send(error, out)
    except BrokenPipeError:
        os._exit(1)  # the writer is gone; nobody is left to tell
