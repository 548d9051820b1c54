"""Files that hold personal data (uploads, rejected rows, exports): sealed on disk, expiring, read in streams.

    with storage.create(brand.id, Purpose.UPLOAD, "orders.csv") as writer:
        for piece in request_file.chunks():
            writer.write(piece)
    with storage.open_file(writer.file_id, brand.id) as stream:   # a BinaryIO that can seek
        ...

A file exists from the end of the `with` block; where that fails nothing is left.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, ClassVar, Self

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from guanxi.kernel.clock import DAY_MS, now_ms
from guanxi.kernel.errors import Limit, NotFound, Unavailable
from guanxi.platform.home import PRIVATE_FILE, ensure_folder
from guanxi.platform.keys import KEY_BYTES, KeyWrong, Tampered, keyring
from guanxi.platform.models import StoredFile
from guanxi.platform.retention.periods import days_of
from guanxi.platform.sealed_files import SealedOpener, Sealer
from guanxi.platform.vault import prove_keys

FILE_USE = "file"
COPY_BYTES = 1 << 20
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Purpose(StrEnum):
    UPLOAD = "upload"
    REJECTS = "rejects"
    EXPORT = "export"


class DiskFull(Unavailable):
    """There was no room for a file; nothing of it was left behind."""

    code: ClassVar[str] = "disk_full"


class Writer:
    """Takes a file's bytes. Leaving its block without an error stores it and sets `file_id`.

    Raises DiskFull, or Limit beyond GUANXI_MAX_FILE_BYTES.
    """

    file_id: int = 0
    sha256: str = ""
    size_bytes: int = 0

    def __init__(self, brand_id: int, purpose: Purpose, name: str) -> None:
        prove_keys()
        self._brand_id, self._purpose, self._name = brand_id, purpose, Path(name).name[-200:] or "file"
        self._location = secrets.token_hex(16)
        self._key = os.urandom(KEY_BYTES)
        self._digest = hashlib.sha256()
        self._part = folder() / f"{self._location}.part"
        self._stream: BinaryIO = os.fdopen(
            os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE), "wb"
        )
        self._sealer = Sealer(self._stream, self._key)

    def write(self, content: bytes | bytearray | memoryview) -> int:
        size = len(content)
        self.size_bytes += size
        if self.size_bytes > settings.MAX_FILE_BYTES:
            raise Limit(
                _("A file may have %(most)s bytes at most.") % {"most": f"{settings.MAX_FILE_BYTES:,}"},
                remedy=_("Split it, or raise GUANXI_MAX_FILE_BYTES."),
            )
        self._digest.update(content)
        self._sealer.write(content)
        return size

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._finish()
        except OSError as failure:
            self._discard()
            raise named(failure) from failure
        except BaseException:
            self._discard()
            raise
        if kind is not None:
            self._discard()
            if isinstance(error, OSError) and error.errno in FULL:
                raise named(error) from error

    def _finish(self) -> None:
        self._sealer.finish()
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._stream.close()
        self._part.replace(folder() / self._location)
        self.sha256 = self._digest.hexdigest()
        version, wrapped = keyring().seal(FILE_USE, self._key, self._location.encode())
        created_ms = now_ms()
        days = days_of(self._brand_id, f"files.{self._purpose}") or 0
        self.file_id = StoredFile.objects.create(
            brand_id=self._brand_id,
            purpose=self._purpose,
            name=self._name,
            location=self._location,
            size_bytes=self.size_bytes,
            sha256=self.sha256,
            wrapped=wrapped,
            master_version=version,
            created_ms=created_ms,
            expires_ms=created_ms + round(days * DAY_MS),
        ).pk

    def _discard(self) -> None:
        with suppress(OSError):  # closing flushes, and the disk may still be full
            self._stream.close()
        self._part.unlink(missing_ok=True)
        (folder() / self._location).unlink(missing_ok=True)


def folder() -> Path:
    return ensure_folder("files")


def named(failure: OSError) -> OSError | DiskFull:
    """A full disk by its name; other failures as they are."""
    if failure.errno not in FULL:
        return failure
    return DiskFull(
        _("The disk is full: the file was not stored, nothing of it was left behind."),
        remedy=_("Free some space in %(folder)s, then do it again.") % {"folder": folder()},
    )


def create(brand_id: int, purpose: Purpose, name: str) -> Writer:
    """Begin a file of `brand_id` that people know as `name`. Use it in a `with` block."""
    return Writer(brand_id, purpose, name)


def store(brand_id: int, purpose: Purpose, name: str, source: BinaryIO) -> int:
    """Store all that `source` gives; the file's id."""
    with create(brand_id, purpose, name) as writer:
        while piece := source.read(COPY_BYTES):
            writer.write(piece)
    return writer.file_id


def find(file_id: int, brand_id: int) -> StoredFile:
    """Raises NotFound where the brand has no such file, or has it no more: past its time nobody reads it,
    also before the night in which it goes."""
    found = StoredFile.objects.filter(pk=file_id, brand_id=brand_id, expires_ms__gte=now_ms()).first()
    if found is None or not (folder() / found.location).exists():
        raise NotFound(
            _("This file does not exist any more: uploads and rejected rows are kept for some days only."),
            remedy=_("Upload it again."),
        )
    return found


def opener(file_id: int, brand_id: int) -> SealedOpener:
    """What opens the file. Raises NotFound, Tampered, KeyMissing, KeyWrong."""
    record = find(file_id, brand_id)
    try:
        key = keyring().open(FILE_USE, record.master_version, bytes(record.wrapped), record.location.encode())
    except KeyWrong:
        prove_keys()
        raise Tampered(
            _("The key of the stored file “%(name)s” was changed.") % {"name": record.name}
        ) from None
    return SealedOpener(folder() / record.location, record.name, record.size_bytes, key)


def open_file(file_id: int, brand_id: int) -> io.BufferedReader:
    """A stored file's content, readable and seekable, never whole in memory.

    Raises NotFound; Tampered, there or while reading; KeyMissing, KeyWrong.
    """
    return opener(file_id, brand_id)()


def delete(files: Iterable[int]) -> None:
    """Delete files and, with their rows, the keys that open any copy of them."""
    for record in StoredFile.objects.filter(pk__in=list(files)):
        (folder() / record.location).unlink(missing_ok=True)
        record.delete()


def forget(files: Iterable[int]) -> None:
    """Delete files' keys with the caller's transaction, and what they sealed once it has committed; what a
    process that dies then leaves is swept like any left-over."""
    records = StoredFile.objects.filter(pk__in=list(files))
    paths = [folder() / location for location in records.values_list("location", flat=True)]
    records.delete()

    def unlink() -> None:
        for path in paths:
            path.unlink(missing_ok=True)

    transaction.on_commit(unlink)


def sweep() -> None:
    """Delete left-overs of unfinished files a day old."""
    known = set(StoredFile.objects.values_list("location", flat=True))
    newest = (now_ms() - DAY_MS) / 1000
    for path in folder().iterdir():
        with suppress(FileNotFoundError):
            if path.name not in known and path.stat().st_mtime < newest:
                path.unlink()
