"""Which encoding a text file is in: decided over the whole file, since a late byte may contradict the first
page.

UTF-8 is tried first because other encodings hardly ever look like it; then GB18030 (a superset of GBK and
GB2312), which Taobao and JD write. A few bytes that fit neither cost their rows, not the file.
"""

from __future__ import annotations

import codecs
from typing import NamedTuple

from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say
from guanxi.touchpoints.importing.reading.sources import MIB, Content

UNDECODED = "\udcff"  # stands where bytes were no text: a lone surrogate, which no text contains
MARK_UNDECODED = "guanxi_mark_undecoded"
codecs.register_error(MARK_UNDECODED, lambda error: (UNDECODED, error.end))  # type: ignore[attr-defined]  # typeshed: Exception

SOME_BAD = 0.05  # of the characters beyond ASCII: above this, it is another encoding


class Encoding(NamedTuple):
    """`bytes_skipped` for a byte-order mark; where `damaged`, some bytes may not be text in it."""

    name: str
    bytes_skipped: int = 0
    damaged: bool = False


def detect_encoding(content: Content, head: bytes, given: str | None = None) -> Encoding:
    """Raises Invalid, naming the line, where the bytes are in no encoding that brands' files come in."""
    if given:
        return _given(given, head)
    marked = next(((name, mark) for mark, name in _MARKS if head.startswith(mark)), None)
    if marked and (marked[0] != "utf-8" or _contradiction(content, "utf-8") is None):
        return Encoding(marked[0], len(marked[1]), damaged=marked[0] != "utf-8")
    if not marked:
        if wide := _utf16_without_mark(head):
            return Encoding(wide, damaged=True)
        for name in ("utf-8", "gb18030"):
            if _contradiction(content, name) is None:
                return Encoding(name)
    return _least_damaged(content)


_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def _given(name: str, head: bytes) -> Encoding:
    try:
        canonical = codecs.lookup(name).name
    except LookupError:
        raise Invalid(
            say("There is no encoding '%(name)s'.", name=name), remedy=say("Try utf-8, gb18030 or utf-16.")
        ) from None
    canonical = {"gbk": "gb18030", "gb2312": "gb18030", "utf-8-sig": "utf-8"}.get(canonical, canonical)
    if canonical == "utf-16":
        canonical = "utf-16-be" if head.startswith(codecs.BOM_UTF16_BE) else "utf-16-le"
    marks = {"utf-8": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
    mark = marks.get(canonical, b"\0\0\0")
    return Encoding(canonical, len(mark) if head.startswith(mark) else 0, damaged=True)


def _utf16_without_mark(head: bytes) -> str | None:
    """Delimiters, digits and line ends have a zero byte beside them in UTF-16, in no other text."""
    zeros_even = head[0::2].count(0)
    zeros_odd = head[1::2].count(0)
    if max(zeros_even, zeros_odd) * 10 < len(head) // 2 or not zeros_even + zeros_odd:
        return None
    if min(zeros_even, zeros_odd) * 4 > max(zeros_even, zeros_odd):
        return None
    return "utf-16-le" if zeros_odd > zeros_even else "utf-16-be"


def _contradiction(content: Content, name: str) -> int | None:
    """The line (from 1) of the first byte that is not in this encoding, or None."""
    decoder = codecs.getincrementaldecoder(name)("strict")
    lines = 1
    stream, _ = content.open()
    with stream:
        while True:
            data = stream.read(MIB)
            try:
                decoder.decode(data, final=not data)
            except UnicodeDecodeError as error:
                return lines + data[: error.start].count(b"\n")
            if not data:
                return None
            lines += data.count(b"\n")


def _least_damaged(content: Content) -> Encoding:
    for name, mark in (("utf-8", codecs.BOM_UTF8), ("gb18030", b"\x84\x31\x95\x33")):
        if _damage(content, name) <= SOME_BAD:
            skipped = len(mark) if content.head(4).startswith(mark) else 0
            return Encoding(name, skipped, damaged=True)
    line = _contradiction(content, "gb18030")
    raise Invalid(
        say(
            "'%(name)s' is in no known encoding: line %(line)s fits neither UTF-8 nor GB18030.",
            name=content.name,
            line=line,
        ),
        remedy=say("Say its encoding, or save it as UTF-8."),
        line=line,
    )


def _damage(content: Content, name: str) -> float:
    """The share of characters beyond ASCII that are not in this encoding."""
    decoder = codecs.getincrementaldecoder(name)("replace")
    bad = beyond = 0
    stream, _ = content.open()
    with stream:
        while data := stream.read(MIB):
            text = decoder.decode(data)
            bad += text.count("\ufffd")
            beyond += len(text) - len(text.encode("ascii", "ignore"))
    return bad / beyond if beyond else 0.0
