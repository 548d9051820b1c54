"""Rejected rows: sealed as they come, beside the report of their import; plain only for who asks.

While an import runs they gather in a run of frames, one per committed chunk that had rejects: length, key
version, sealed JSON. How far the frames count is part of the import's cursor, so what a killed import wrote
without committing is cut off when it goes on. At the end they move to the storage of sealed files,
which expires. They become a CSV when somebody asks for it, in the language of who asks.
"""

from __future__ import annotations

import csv
import io
import os
import struct
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

import orjson
from django.conf import settings

from guanxi.kernel.clock import DAY_MS, now_ms
from guanxi.kernel.errors import Invalid, Unavailable
from guanxi.kernel.wording import packed, say, unpacked
from guanxi.platform import storage
from guanxi.platform.home import PRIVATE_FILE, ensure_folder, home
from guanxi.platform.keys import keyring
from guanxi.platform.language import spoken
from guanxi.touchpoints.importing.contracts import RowReject

SEALED_NAME = "rejects.sealed"
_USE = "rejects"
_HEAD = struct.Struct(">II")  # bytes that follow, version of the master key
_DELIMITERS = ",\t;|"
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
ADDED_COLUMNS = ("line", "code", "reason", "original")


class Frame(NamedTuple):
    """Rejects of one chunk, with the columns of the table they come from."""

    table: str
    names: list[str]
    rejects: list[RowReject]


def folder_of(import_id: int) -> Path:
    """Where the report and the rejects of an import are."""
    return home() / "reports" / str(import_id)


def sealed_path(import_id: int) -> Path:
    return folder_of(import_id) / SEALED_NAME


class RejectFile:
    """Appends frames. `size` is how far the file counts; whoever commits a chunk stores it."""

    def __init__(self, import_id: int, size: int) -> None:
        self._import_id = import_id
        self.size = size

    def append(self, frame: Frame) -> int:
        """Seal the frame onto the file; the new size. Raises OSError, as where the disk is full: then what
        was begun does not count."""
        ensure_folder("reports", str(self._import_id))
        version, sealed = keyring().seal(_USE, _packed(frame), _bound_to(self._import_id, self.size))
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        descriptor = os.open(sealed_path(self._import_id), flags, PRIVATE_FILE)
        with os.fdopen(descriptor, "r+b") as stream:
            stream.truncate(self.size)
            stream.seek(self.size)
            stream.write(_HEAD.pack(len(sealed), version))
            stream.write(sealed)
            stream.flush()
            os.fsync(stream.fileno())
        self.size += _HEAD.size + len(sealed)
        return self.size

    def discard(self) -> None:
        """Forget the frames, once they are kept elsewhere."""
        sealed_path(self._import_id).unlink(missing_ok=True)


def frames(import_id: int, size: int) -> Iterator[Frame]:
    """The frames of an import, as far as they count. Raises Unavailable where the file was cut, or the key is
    not the one."""
    if not size:
        return
    with sealed_path(import_id).open("rb") as stream:
        position = 0
        while position < size:
            head = stream.read(_HEAD.size)
            length, version = _HEAD.unpack(head) if len(head) == _HEAD.size else (0, 0)
            sealed = stream.read(length)
            if not length or len(sealed) != length:
                raise Unavailable(say("The reject file of import %(id)s is cut short.", id=import_id))
            content = keyring().open(_USE, version, sealed, _bound_to(import_id, position))
            yield _unpacked(content)
            position += _HEAD.size + length


def _packed(frame: Frame) -> bytes:
    """Reasons are kept by what they are made of: who reads them chooses the language."""
    rejects = [(line, code, packed(message), original) for line, code, message, original in frame.rejects]
    return orjson.dumps([frame.table, frame.names, rejects])


def _unpacked(content: bytes) -> Frame:
    table, names, rejects = orjson.loads(content)
    return Frame(
        table,
        names,
        [RowReject(line, code, unpacked(message), text) for line, code, message, text in rejects],
    )


def _bound_to(import_id: int, position: int) -> bytes:
    return f"import:{import_id}:{position}".encode()


def as_csv(found: Iterable[Frame]) -> Iterator[str]:
    """All rejected rows as CSV, a piece per frame. The columns of the file come first, so that the corrected
    rows can be imported again, then line, code, reason and the original text.

    A cell that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    columns: list[str] | None = None
    for frame in found:
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        if frame.names != columns:
            columns = frame.names
            writer.writerow([*map(neutral, columns), *ADDED_COLUMNS])
        for reject in frame.rejects:
            cells = _cells(reject.original, len(columns))
            row = [*cells, str(reject.line), reject.code, spoken(reject.message), reject.original]
            writer.writerow([neutral(cell) for cell in row])
        yield text.getvalue()


def as_bytes(found: Iterable[Frame]) -> Iterator[bytes]:
    """The same in UTF-8, with the mark that Excel needs."""
    for number, text in enumerate(as_csv(found)):
        yield text.encode("utf-8" if number else "utf-8-sig")


def keep(brand_id: int, import_id: int, size: int) -> int | None:
    """The frames among the brand's sealed files, one in each line; the file's id, or None where nothing was
    rejected."""
    if not size:
        return None
    with storage.create(brand_id, storage.Purpose.REJECTS, f"rejects-{import_id}.jsonl") as sealed:
        for frame in frames(import_id, size):
            sealed.write(_packed(frame) + b"\n")
    return sealed.file_id


def kept(stream: BinaryIO) -> Iterator[Frame]:
    """What `keep` wrote; the stream is closed at the end."""
    with stream:
        for line in stream:
            yield _unpacked(line)


def copy_plain(source: Iterable[bytes], path: Path) -> None:
    """Write pieces to a new private file. Raises Invalid where the path exists or cannot be written."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    except FileExistsError:
        raise Invalid(say("%(path)s exists already.", path=path), remedy=say("Name another file.")) from None
    except OSError as error:
        raise Invalid(
            say("%(path)s cannot be written: %(error)s.", path=path, error=error.strerror),
            remedy=say("Name another file."),
        ) from None
    with os.fdopen(descriptor, "wb") as stream:
        for piece in source:
            stream.write(piece)


def neutral(cell: str) -> str:
    """The cell, harmless to a spreadsheet (CSV injection, OWASP)."""
    return "'" + cell if cell.startswith(_DANGEROUS) else cell


def _cells(original: str, width: int) -> Sequence[str]:
    """The row's cells by the delimiter that gives as many as there are columns; empty ones where none
    does."""
    for delimiter in _DELIMITERS:
        if delimiter in original:
            cells = next(csv.reader(io.StringIO(original), delimiter=delimiter), [])
            if len(cells) == width:
                return cells
    spaced = original.split()
    if len(spaced) == width:
        return spaced
    return [""] * width


def remove_left_over() -> int:
    """Delete frames that nobody has added to for as long as reject files are kept; how many files."""
    oldest = (now_ms() - settings.FILE_DAYS[storage.Purpose.REJECTS] * DAY_MS) / 1000
    removed = 0
    for path in ensure_folder("reports").glob(f"*/{SEALED_NAME}"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
            removed += 1
    return removed
