"""Pictures from outside are looked into: what is none is refused, what travels in one is left out."""

from __future__ import annotations

import struct
import zlib

import pytest

from guanxi.kernel.errors import GuanxiError, Invalid, Limit
from guanxi.platform import pictures

SECRET = b"GPS 31.23,121.47 <script>alert(1)</script>"


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int = 64, height: int = 40, *, more: bytes = b"", tail: bytes = b"") -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    rows = zlib.compress((b"\0" + b"\x0f\x76\x6e" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + head + more + chunk(b"IDAT", rows) + chunk(b"IEND", b"") + tail


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def jpeg(width: int = 64, height: int = 40, *, tail: bytes = b"") -> bytes:
    frame = segment(0xC2, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00")
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56"
    extras = segment(0xE0, b"JFIF\0") + segment(0xE1, b"Exif\0\0" + SECRET) + segment(0xFE, SECRET)
    return b"\xff\xd8" + extras + segment(0xDB, b"\0" * 65) + frame + scan + scan + b"\xff\xd9" + tail


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    parts = (struct.pack("<4sI", name, len(body)) + body + b"\0" * (len(body) % 2) for name, body in chunks)
    whole = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(whole)) + whole


def lossless(width: int = 64, height: int = 40) -> tuple[bytes, bytes]:
    return b"VP8L", b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14) + b"\x01\x02"


def extended(flags: int, width: int = 64, height: int = 40) -> tuple[bytes, bytes]:
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"VP8X", bytes([flags, 0, 0, 0]) + sides


LOSSY = (b"VP8 ", b"\x50\x00\x00\x9d\x01\x2a" + struct.pack("<HH", 64, 40) + b"\x00\x01")


@pytest.mark.parametrize(
    ("content", "suffix"),
    [
        (png(), "png"),
        (png(more=chunk(b"tEXt", SECRET) + chunk(b"eXIf", SECRET), tail=b"PK\x03\x04" + SECRET), "png"),
        (jpeg(tail=SECRET), "jpg"),
        (riff(lossless()), "webp"),
        (riff(LOSSY), "webp"),
        (riff(extended(0b1100), LOSSY, (b"EXIF", SECRET), (b"XMP ", SECRET)), "webp"),
    ],
)
def test_a_picture_is_known_by_its_bytes_and_nothing_travels_in_it(content: bytes, suffix: str) -> None:
    found = pictures.checked(content)
    assert (found.suffix, found.width, found.height) == (suffix, 64, 40)
    assert b"GPS" not in found.content
    assert b"<script" not in found.content
    assert pictures.checked(found.content) == found


def test_an_extended_picture_says_no_more_that_it_has_what_was_left_out() -> None:
    found = pictures.checked(riff(extended(0b0001_1100), LOSSY, (b"EXIF", SECRET)))
    assert found.content[20] == 0b0001_0000


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (b"", Invalid, "no PNG"),
        (b"GIF89a" + b"\0" * 50, Invalid, "no PNG"),
        (b"\xef\xbb\xbf <?xml version='1.0'?><svg onload='alert(1)'/>", Invalid, "SVG"),
        (b"<html>", Invalid, "SVG"),
        (png(31, 40), Invalid, "31 × 40"),
        (png(64, 2_001), Invalid, "2001"),
        (png(more=chunk(b"acTL", b"\0" * 8)), Invalid, "move"),
        (riff(extended(2), (b"ANIM", b"\0" * 6), lossless()), Invalid, "move"),
        (png()[:-20], Invalid, "broken"),
        (png()[:60] + b"\0" + png()[61:], Invalid, "broken"),
        (b"\x89PNG\r\n\x1a\n" + chunk(b"IEND", b""), Invalid, "broken"),
        (jpeg()[:-2], Invalid, "broken"),
        (jpeg()[:40], Invalid, "broken"),
        (b"\xff\xd8\xff\xd9", Invalid, "broken"),
        (riff(), Invalid, "broken"),
        (riff(extended(0)), Invalid, "broken"),
        (riff(lossless())[:-4], Invalid, "broken"),
        (png() + b"\0" * pictures.MOST_BYTES, Limit, "200 KB"),
    ],
)
def test_what_is_no_picture_is_refused_with_words(
    content: bytes, error: type[GuanxiError], words: str
) -> None:
    with pytest.raises(error, match=words):
        pictures.checked(content)


def test_a_broken_picture_is_never_a_crash() -> None:
    for whole in (png(), jpeg(), riff(extended(0b1100), LOSSY, (b"EXIF", SECRET))):
        for cut in range(0, len(whole), 3):
            for content in (whole[:cut], whole[:cut] + b"\xff" + whole[cut + 1 :]):
                try:
                    pictures.checked(content)
                except GuanxiError:
                    continue
