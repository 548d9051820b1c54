"""JSON that a command is given: a file, or - for standard input."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

import orjson

from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import Wording, say

MOST_BYTES: Final = 256 * 1024


def read_object(source: str, remedy: Wording) -> dict[str, Any]:
    """The JSON object of a file or of standard input. Raises Invalid; `remedy` says where the form of the
    object is described."""
    raw = sys.stdin.buffer.read(MOST_BYTES + 1) if source == "-" else _content(Path(source))
    if len(raw) > MOST_BYTES:
        raise Invalid(say("This is more than %(most)s KiB of JSON.", most=MOST_BYTES >> 10), remedy=remedy)
    try:
        data = orjson.loads(raw.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as broken:
        raise Invalid(say("This is not JSON: %(error)s.", error=broken), remedy=remedy) from None
    if not isinstance(data, dict):
        raise Invalid(say("A JSON object is expected: {…}."), remedy=remedy)
    return data


def _content(path: Path) -> bytes:
    """Also of a pipe, as the shell's <(…) makes it."""
    try:
        with path.open("rb") as stream:
            return stream.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise Invalid(
            say("There is no file %(path)s.", path=path), remedy=say("Name a file, or - for standard input.")
        ) from None
    except OSError as error:
        raise Invalid(
            say("%(path)s cannot be read: %(reason)s.", path=path, reason=error.strerror or error),
            remedy=say("Name a file, or - for standard input."),
        ) from None
