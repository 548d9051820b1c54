"""Where bytes come from: files, streams, gzip, zip members; what they really are; how much they may
expand."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from guanxi.kernel.errors import Invalid, Limit
from guanxi.kernel.wording import say

MIB = 1 << 20
FREE_EXPANSION = 64 * MIB  # below this nobody asks how well a file was compressed
LARGEST_RATIO = 250
LARGEST_EXPANDED = 32 << 30
LARGEST_WORKBOOK = 1 << 30
MOST_MEMBERS = 1_000
HEAD_BYTES = 64 << 10

Opener = Callable[[], BinaryIO]
Position = Callable[[], int]

_REFUSED = {
    b"%PDF": say("a PDF document"),
    b"\xff\xd8\xff": say("a JPEG picture"),
    b"\x89PNG": say("a PNG picture"),
    b"GIF8": say("a GIF picture"),
    b"Rar!": say("a RAR archive"),
    b"7z\xbc\xaf": say("a 7-Zip archive"),
    b"BZh": say("a bzip2 file"),
    b"\xfd7zXZ": say("an xz file"),
    b"\x28\xb5\x2f\xfd": say("a zstd file"),
    b"SQLite format 3": say("a SQLite database"),
    b"\x7fELF": say("a program"),
    b"MZ\x90": say("a program"),
}

# Workbooks from before Excel 97, as old cash registers still write them: records without a container.
_BARE_WORKBOOK = (b"\x09\0\x04\0", b"\x09\2\6\0", b"\x09\4\6\0", b"\x09\x08\x08\0", b"\x09\x08\x10\0")


@dataclass(frozen=True)
class Content:
    """Something that can be read from its beginning as often as needed.

    `open` gives the (expanded) bytes and how many bytes of the stored file have been read for them;
    `stored_bytes` is the size of the stored file.
    """

    name: str
    open: Callable[[], tuple[BinaryIO, Position]]
    stored_bytes: int

    def head(self, size: int = HEAD_BYTES) -> bytes:
        stream, _ = self.open()
        with stream:
            return stream.read(size)


class Measured(io.RawIOBase):
    """Expanded bytes, counted: raises Limit where a small file unpacks into an absurd one."""

    def __init__(self, stream: BinaryIO, stored_bytes: int, name: str) -> None:
        super().__init__()
        self._stream = stream
        self._name = name
        self._most = min(LARGEST_EXPANDED, max(FREE_EXPANSION, stored_bytes * LARGEST_RATIO))
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer))
        try:
            data = self._stream.read(len(view))
        except (EOFError, OSError, zipfile.BadZipFile, NotImplementedError) as error:
            raise Invalid(
                say("'%(name)s' is damaged or cut short: %(error)s.", name=self._name, error=error),
                remedy=say("Download it again, or unpack it and import what is inside."),
            ) from error
        except RuntimeError as error:  # zipfile's way to say that a password is needed
            raise Invalid(
                say("'%(name)s' is protected by a password.", name=self._name), remedy=say("Unpack it first.")
            ) from error
        self.count += len(data)
        if self.count > self._most:
            raise Limit(
                say(
                    "'%(name)s' unpacks to more than %(ratio)s times its size.",
                    name=self._name,
                    ratio=LARGEST_RATIO,
                ),
                remedy=say("This looks like a zip bomb. If it is real, unpack it and import what is inside."),
            )
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


def from_path_or_stream(source: Path | str | BinaryIO | Opener, name: str) -> Content:
    """A stream must be seekable, since a file is read more than once; an opener gives a fresh one each
    time."""
    if isinstance(source, (Path, str)):
        path = Path(source)
        if not path.is_file():
            raise Invalid(say("There is no file '%(path)s'.", path=path), remedy=say("Check the path."))
        return _content(name, lambda: path.open("rb"), path.stat().st_size)
    if callable(source):
        opener = source
        with opener() as stream:
            return _content(name, opener, stream.seek(0, io.SEEK_END))
    stream = source
    if not stream.seekable():
        raise Invalid(
            say("'%(name)s' comes as a stream that cannot be read twice.", name=name),
            remedy=say("Save it to a file first."),
        )
    size = stream.seek(0, io.SEEK_END)

    def rewound() -> BinaryIO:
        stream.seek(0)
        return cast(BinaryIO, _KeptOpen(stream))

    return _content(name, rewound, size)


class _KeptOpen(io.RawIOBase):
    """A caller's stream: ours to read, not to close."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream = stream

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def read(self, size: int | None = -1, /) -> bytes:
        return self._stream.read(-1 if size is None else size)

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer))
        data = self._stream.read(len(view))
        view[: len(data)] = data
        return len(data)


def _content(name: str, opener: Opener, size: int) -> Content:
    def opened() -> tuple[BinaryIO, Position]:
        stream = opener()
        return stream, stream.tell

    return Content(name, opened, size)


def kind_of(content: Content, head: bytes) -> str:
    """What the bytes are, whatever the name says: zip, xlsx, gz, parquet, xls, html, json,
    text.

    Raises Invalid for what is no table at all: pictures, PDFs, programs.
    """
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise Invalid(say("'%(name)s' is empty.", name=content.name), remedy=say("Export it again."))
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "xlsx" if _is_workbook(content) else "zip"
    if head.startswith(b"\x1f\x8b"):
        return "gz"
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "xls"
    for magic, what in _REFUSED.items():
        if head.startswith(magic):
            raise Invalid(
                say("'%(name)s' is %(what)s, not a table.", name=content.name, what=what),
                remedy=say("Export the table as CSV or Excel and import that."),
            )
    if head.startswith(_BARE_WORKBOOK) or head[:256].lstrip().lower().startswith(b"mime-version:"):
        raise Invalid(
            say("'%(name)s' is a workbook in a form that is no longer read.", name=content.name),
            remedy=say("Open it in Excel or WPS and save it as .xlsx."),
        )
    start = head[:2048].lstrip(b"\xef\xbb\xbf\0 \t\r\n").lower()
    if start.startswith(
        (b"<!doctype", b"<html", b"<table", b"<head", b"<body", b"<?xml", b"<meta", b"<style")
    ):
        return "html"
    return (
        "json"
        if start.startswith((b'{"', b"{ ", b"{'", b"[{", b"[ {", b"{\r", b"{\n", b"[\n", b"[\r"))
        else "text"
    )


def _archive(content: Content) -> zipfile.ZipFile:
    stream, _ = content.open()
    try:
        return zipfile.ZipFile(stream)
    except zipfile.BadZipFile as error:
        stream.close()
        raise Invalid(
            say("'%(name)s' is a damaged zip file.", name=content.name), remedy=say("Download it again.")
        ) from error


def _is_workbook(content: Content) -> bool:
    with _archive(content) as archive:
        names = set(archive.namelist())
    return "[Content_Types].xml" in names or "content.xml" in names or any(n.startswith("xl/") for n in names)


def gunzipped(content: Content) -> Content:
    """The single file inside a gzip file."""

    def opened() -> tuple[BinaryIO, Position]:
        stream, position = content.open()
        inner = gzip.GzipFile(fileobj=stream, mode="rb")
        measured = Measured(cast(BinaryIO, inner), content.stored_bytes, content.name)
        return cast(BinaryIO, io.BufferedReader(measured, MIB)), position

    name = content.name[:-3] if content.name.lower().endswith(".gz") else content.name
    return Content(name, opened, content.stored_bytes)


def members(content: Content) -> Iterator[Content]:
    """The files inside a zip, named with their archive; what macOS adds is passed over, a zip in it
    refused."""
    with _archive(content) as archive:
        infos = [info for info in archive.infolist() if not info.is_dir() and not _is_litter(info)]
    if len(infos) > MOST_MEMBERS:
        raise Limit(
            say("'%(name)s' holds %(count)s files.", name=content.name, count=len(infos)),
            remedy=say("At most %(most)s at once.", most=MOST_MEMBERS),
        )
    if sum(info.file_size for info in infos) > LARGEST_EXPANDED:
        raise Limit(
            say("'%(name)s' unpacks to more than 32 GiB.", name=content.name),
            remedy=say("Unpack it and import the parts."),
        )
    for info in infos:
        yield _member(content, info)


def _member(content: Content, info: zipfile.ZipInfo) -> Content:
    name = f"{content.name}/{_member_name(info)}"

    def opened() -> tuple[BinaryIO, Position]:
        archive = _archive(content)
        try:
            inner = archive.open(info)
        except (RuntimeError, NotImplementedError) as error:
            raise Invalid(
                say("'%(name)s' is protected by a password.", name=name), remedy=say("Unpack it first.")
            ) from error
        measured = Measured(cast(BinaryIO, inner), info.compress_size, name)
        share = info.compress_size / max(1, info.file_size)
        return cast(BinaryIO, io.BufferedReader(measured, MIB)), lambda: int(measured.count * share)

    return Content(name, opened, info.compress_size)


def _member_name(info: zipfile.ZipInfo) -> str:
    """Names without the UTF-8 flag were read as cp437; Chinese Windows writes GBK there."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _is_litter(info: zipfile.ZipInfo) -> bool:
    parts = info.filename.split("/")
    return (
        parts[0] == "__MACOSX"
        or parts[-1].startswith("._")
        or parts[-1] in {".DS_Store", "Thumbs.db", "desktop.ini"}
    )


_RANDOM_ACCESS = (b"PK\x03\x04", b"PAR1", b"\xd0\xcf\x11\xe0")
LARGEST_IN_MEMORY = 512 * MIB


def held_if_needed(content: Content) -> Content:
    """What came out of an archive can only be read forwards; workbooks and Parquet must be read anywhere, so
    they are held in memory."""
    if not content.head(8).startswith(_RANDOM_ACCESS):
        return content
    stream, _ = content.open()
    with stream:
        data = stream.read(LARGEST_IN_MEMORY + 1)
    if len(data) > LARGEST_IN_MEMORY:
        raise Limit(
            say("'%(name)s' is too large to be read inside an archive.", name=content.name),
            remedy=say("Unpack it first."),
        )
    return Content(content.name, lambda: (io.BytesIO(data), lambda: 0), content.stored_bytes)


def measure_workbook(content: Content) -> int:
    """How large a workbook really is when unpacked; raises Limit where it is a bomb."""
    total = 0
    limit = min(LARGEST_WORKBOOK * 4, max(FREE_EXPANSION, content.stored_bytes * LARGEST_RATIO))
    with _archive(content) as archive:
        for info in archive.infolist():
            try:
                with archive.open(info) as stream:
                    while data := stream.read(MIB):
                        total += len(data)
                        if total > limit:
                            raise Limit(
                                say("'%(name)s' unpacks to an absurd size.", name=content.name),
                                remedy=say(
                                    "This looks like a zip bomb. If it is real, save the sheet as CSV."
                                ),
                            )
            except (zipfile.BadZipFile, EOFError, OSError) as error:
                raise Invalid(
                    say("'%(name)s' is a damaged workbook: %(error)s.", name=content.name, error=error),
                    remedy=say("Save it again as .xlsx or CSV."),
                ) from error
            except RuntimeError as error:
                raise Invalid(
                    say("'%(name)s' is protected by a password.", name=content.name),
                    remedy=say("Save it without one."),
                ) from error
    return total
