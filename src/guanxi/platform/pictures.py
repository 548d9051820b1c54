"""Small pictures from outside: looked into, and rid of all that no picture needs.

A file is taken for what its bytes are, never for its name. It is written anew from the parts that make up the
picture, so that nothing travels in it: no place where a photo was taken, no second file behind the first.
PNG: W3C PNG (Third Edition), 5; JPEG: ITU T.81, B.1; WebP: RFC 9649, 2.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Final, NamedTuple

from guanxi.kernel.errors import Invalid, Limit
from guanxi.kernel.wording import say

MOST_BYTES: Final = 200 * 1024
LEAST_PIXELS, MOST_PIXELS = 32, 2_000  # of a side
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT: Final = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"pHYs"}
_JPEG_KEPT: Final = {0xE0, 0xE2, 0xEE}  # of the application segments: JFIF, ICC profile, Adobe's colours
_JPEG_FRAMES: Final = {0xC0, 0xC1, 0xC2}  # baseline, extended, progressive
_WEBP_KEPT: Final = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP"}


class Picture(NamedTuple):
    """`content` is what is kept, `suffix` its kind's: png, jpg or webp."""

    content: bytes
    suffix: str
    content_type: str
    width: int
    height: int


class _Broken(Exception):
    """The file does not go on as its beginning says."""


def checked(content: bytes) -> Picture:
    """Raises Limit for a file that is too large, Invalid for one that is no PNG, JPEG or WebP, is broken,
    moves, or has a side of less than 32 or more than 2,000 pixels."""
    if len(content) > MOST_BYTES:
        raise Limit(
            say("A logo has at most %(most)s KB.", most=MOST_BYTES // 1024),
            remedy=say("Save it smaller: 256 pixels of height are plenty."),
            most=MOST_BYTES,
        )
    try:
        picture = _read(content)
    except (_Broken, struct.error, IndexError, zlib.error):
        raise _refused(say("This picture is broken.")) from None
    if not (LEAST_PIXELS <= picture.width <= MOST_PIXELS and LEAST_PIXELS <= picture.height <= MOST_PIXELS):
        raise _refused(
            say(
                "A side of the picture has %(least)s to %(most)s pixels; this is %(width)s × %(height)s.",
                least=LEAST_PIXELS,
                most=MOST_PIXELS,
                width=picture.width,
                height=picture.height,
            )
        )
    return picture


def _refused(why: str) -> Invalid:
    return Invalid(why, remedy=say("Save it as PNG, JPEG or WebP, and upload that."), field="logo")


def _read(content: bytes) -> Picture:
    if content.startswith(_PNG):
        return _png(content)
    if content.startswith(b"\xff\xd8\xff"):
        return _jpeg(content)
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return _webp(content)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        raise _refused(say("SVG can hold programs, so it is not taken."))
    raise _refused(say("This is no PNG, JPEG or WebP."))


def _png(content: bytes) -> Picture:
    kept, place, name = [_PNG], len(_PNG), b""
    width = height = pixels = 0
    while name != b"IEND":
        size, name = struct.unpack_from(">I4s", content, place)
        chunk = content[place : place + 12 + size]
        if len(chunk) < 12 + size or struct.unpack(">I", chunk[-4:])[0] != zlib.crc32(chunk[4:-4]):
            raise _Broken
        if place == len(_PNG):
            if name != b"IHDR":
                raise _Broken
            width, height = struct.unpack_from(">II", chunk, 8)
        if name == b"acTL":
            raise _refused(say("A logo does not move."))
        pixels += size if name == b"IDAT" else 0
        if name in _PNG_KEPT:
            kept.append(chunk)
        place += len(chunk)
    if not pixels:
        raise _Broken
    return Picture(b"".join(kept), "png", "image/png", width, height)


def _jpeg(content: bytes) -> Picture:
    kept, size = [b"\xff\xd8"], (0, 0)
    for marker, segment in _segments(content):
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", segment, 5)
            size = (width, height)
        is_extra = 0xE0 <= marker <= 0xEF or marker == 0xFE
        if not is_extra or marker in _JPEG_KEPT:
            kept.append(segment)
    if size == (0, 0):
        raise _Broken
    return Picture(b"".join(kept) + b"\xff\xd9", "jpg", "image/jpeg", *size)


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """(marker, its bytes with marker and length) up to the picture's end; of a scan with its data."""
    place = 2
    while True:
        if content[place] != 0xFF:
            raise _Broken
        marker = content[place + 1]
        if marker == 0xD9:
            return
        end = place + 2 + struct.unpack_from(">H", content, place + 2)[0]
        if marker == 0xDA:
            end = _scan_end(content, end)
        if end > len(content) or end < place + 4:
            raise _Broken
        yield marker, content[place:end]
        place = end


def _scan_end(content: bytes, place: int) -> int:
    """Where the data of a scan ends: at the next marker that is neither a stuffed byte nor a restart."""
    while True:
        place = content.find(b"\xff", place)
        if place < 0:
            raise _Broken
        if content[place + 1] != 0 and not 0xD0 <= content[place + 1] <= 0xD7:
            return place
        place += 2


def _webp(content: bytes) -> Picture:
    end, place = 8 + struct.unpack_from("<I", content, 4)[0], 12
    if end > len(content):
        raise _Broken
    kept, size = [], (0, 0)
    while place < end:
        name, length = struct.unpack_from("<4sI", content, place)
        body = content[place + 8 : place + 8 + length]
        if len(body) < length:
            raise _Broken
        if name in {b"ANIM", b"ANMF"}:
            raise _refused(say("A logo does not move."))
        size = size if size != (0, 0) else _webp_size(name, body)
        if name == b"VP8X":
            body = bytes([body[0] & ~0b1100]) + body[1:]  # without EXIF and XMP
        if name in _WEBP_KEPT:
            kept.append(struct.pack("<4sI", name, length) + body + b"\0" * (length % 2))
        place += 8 + length + length % 2
    if size == (0, 0) or not any(chunk[:4] in {b"VP8 ", b"VP8L"} for chunk in kept):
        raise _Broken
    whole = b"WEBP" + b"".join(kept)
    return Picture(b"RIFF" + struct.pack("<I", len(whole)) + whole, "webp", "image/webp", *size)


def _webp_size(name: bytes, body: bytes) -> tuple[int, int]:
    if name == b"VP8X":
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if name == b"VP8L":
        if body[0] != 0x2F:
            raise _Broken
        packed = int.from_bytes(body[1:5], "little")
        return (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1
    if name == b"VP8 ":
        if body[3:6] != b"\x9d\x01\x2a":
            raise _Broken
        width, height = struct.unpack_from("<HH", body, 6)
        return width & 0x3FFF, height & 0x3FFF
    return 0, 0
