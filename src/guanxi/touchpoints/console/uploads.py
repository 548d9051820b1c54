"""Uploads go straight from the network into sealed storage: no plain copy ever lies on the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from guanxi.kernel.errors import GuanxiError
from guanxi.platform import storage
from guanxi.platform.storage import Purpose, Writer

if TYPE_CHECKING:
    _File = UploadedFile[bytes]
else:
    _File = UploadedFile  # generic for the type checker alone


class StoredUpload(_File):
    """A file that is already stored, or the error that kept it from being."""

    def __init__(self, name: str, file_id: int, size: int, error: GuanxiError | None = None) -> None:
        super().__init__(None, name, "application/octet-stream", size)
        self.file_id = file_id
        self.error = error


class SealingHandler(FileUploadHandler):
    """Django hands over the file's pieces as they arrive; they are sealed at once. Where that fails (too
    big, disk full) the rest is read and thrown away, so that the browser gets an answer and not a broken
    connection."""

    chunk_size = 1 << 20

    def __init__(self, request: HttpRequest, brand_id: int) -> None:
        super().__init__(request)
        self._brand_id = brand_id
        self._writer: Writer | None = None
        self.failed: StoredUpload | None = None
        self.stored: list[int] = []

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        name = cast(str, self.file_name)
        try:
            self._writer = storage.create(self._brand_id, Purpose.UPLOAD, name).__enter__()
        except GuanxiError as error:
            self._fail(error)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        try:
            self._open_writer().write(raw_data)
        except GuanxiError as error:
            self._discard(error)
            self._fail(error)

    def file_complete(self, file_size: int) -> StoredUpload | None:
        if self._writer is None:
            return self.failed
        writer, self._writer = self._writer, None
        name = cast(str, self.file_name)
        try:
            writer.__exit__(None, None, None)
        except GuanxiError as error:
            return StoredUpload(name, 0, 0, error)
        self.stored.append(writer.file_id)
        return StoredUpload(name, writer.file_id, writer.size_bytes)

    def upload_interrupted(self) -> None:
        self._discard(ConnectionError("the browser went away"))

    def forget(self) -> None:
        """Delete what this request stored: it turned out to be nobody's."""
        storage.delete(self.stored)

    def _open_writer(self) -> Writer:
        if self._writer is None:
            raise SkipFile
        return self._writer

    def _discard(self, error: Exception) -> None:
        if self._writer is not None:
            self._writer.__exit__(type(error), error, None)
            self._writer = None

    def _fail(self, error: GuanxiError) -> None:
        self.failed = StoredUpload(cast(str, self.file_name), 0, 0, error)
        raise SkipFile
