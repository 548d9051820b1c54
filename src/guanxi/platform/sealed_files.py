"""The format of sealed files: a stream of authenticated chunks, written once, read at any place.

After four bytes of magic come chunks of 64 KiB, each AES-256-GCM with the file's own random key. A chunk's
nonce is its number and whether it is the last, so chunks cannot be changed, swapped, dropped or cut off at
the end without notice (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015).
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from guanxi.platform.keys import Tampered

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MAGIC = b"GXF1"
CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16
SEALED_BYTES = CHUNK_BYTES + TAG_BYTES


class Sealer:
    """Seals what is written into `target`; `finish` writes the last chunk."""

    def __init__(self, target: BinaryIO, key: bytes) -> None:
        self._target, self._cipher = target, AESGCM(key)
        self._pending = bytearray()
        self._number = 0
        target.write(MAGIC)

    def write(self, content: bytes | bytearray | memoryview) -> None:
        self._pending += content
        if len(self._pending) > CHUNK_BYTES:
            whole = (len(self._pending) - 1) // CHUNK_BYTES * CHUNK_BYTES
            for start in range(0, whole, CHUNK_BYTES):
                self._seal(bytes(self._pending[start : start + CHUNK_BYTES]), last=False)
            del self._pending[:whole]

    def finish(self) -> None:
        self._seal(bytes(self._pending), last=True)

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._number, last), chunk, MAGIC))
        self._number += 1


class SealedReader(io.RawIOBase):
    """The content of a sealed file: readable and seekable, one chunk in memory.

    Raises Tampered when opened on a file that is too short to be one, or reading a changed chunk.
    """

    def __init__(self, source: BinaryIO, key: bytes, name: str) -> None:
        self._source, self._cipher, self._name = source, AESGCM(key), name
        body = source.seek(0, io.SEEK_END) - len(MAGIC)
        source.seek(0)
        self._chunks = -(-body // SEALED_BYTES)
        self._size = body - self._chunks * TAG_BYTES
        if source.read(len(MAGIC)) != MAGIC or self._size < 0 or body < TAG_BYTES:
            raise self._tampered()
        self._at = 0
        self._opened: tuple[int, bytes] = (-1, b"")
        self._chunk(self._chunks - 1)  # the end is in its place

    @property
    def size_bytes(self) -> int:
        return self._size

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise OSError(22, "a place before the beginning")
        self._at = start + offset
        return self._at

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        if self._at >= self._size or not view:
            return 0
        number, offset = divmod(self._at, CHUNK_BYTES)
        piece = self._chunk(number)[offset : offset + len(view)]
        view[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        self._source.close()
        super().close()

    def _chunk(self, number: int) -> bytes:
        if self._opened[0] != number:
            self._source.seek(len(MAGIC) + number * SEALED_BYTES)
            sealed = self._source.read(SEALED_BYTES)
            try:
                plain = self._cipher.decrypt(_nonce(number, number == self._chunks - 1), sealed, MAGIC)
            except (InvalidTag, ValueError):
                raise self._tampered() from None
            self._opened = (number, plain)
        return self._opened[1]

    def _tampered(self) -> Tampered:
        return Tampered(
            f"The stored file '{self._name}' does not pass authentication: it was changed or cut.",
            remedy="Upload it again.",
        )


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


@dataclass(frozen=True, slots=True)
class SealedOpener:
    """Opens one sealed file, also in another process that has neither the database nor the master key: it
    can be pickled, and carries the file's own key, so it goes through pipes only, never to disk or logs."""

    path: Path
    name: str
    size_bytes: int
    key: bytes = field(repr=False)

    def __call__(self) -> io.BufferedReader:
        """The content, readable and seekable. Raises Tampered where its size is another."""
        reader = SealedReader(self.path.open("rb"), self.key, self.name)
        if reader.size_bytes != self.size_bytes:
            reader.close()
            raise Tampered(f"The stored file '{self.name}' has another size than when it was stored.")
        return io.BufferedReader(reader, CHUNK_BYTES)
