"""Messages are taken out of the pipe before they are asked for, up to a weight, in order, and to the end."""

from __future__ import annotations

import io
import threading
from typing import IO

import pytest

from guanxi.touchpoints.importing import ahead
from guanxi.touchpoints.importing.ahead import Frame, ReadAhead


def line(stream: IO[bytes]) -> Frame:
    found = stream.readline()
    return bool(found), found or None


def test_all_in_order_and_then_the_end() -> None:
    text = b"".join(b"%d\n" % number for number in range(1000))
    with ReadAhead(io.BytesIO(text), line) as messages:
        got = [messages.next() for _ in range(1001)]
    assert b"".join(data or b"" for _, data in got) == text
    assert got[-1] == (False, None)


def test_no_more_waits_than_the_weight_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "HEAVIEST", 10)
    read, enough = [], threading.Event()

    def ten_bytes(stream: IO[bytes]) -> Frame:
        read.append(1)
        if len(read) == 2:
            enough.set()
        return True, stream.read(10)

    with ReadAhead(io.BytesIO(b"x" * 1000), ten_bytes) as messages:
        assert enough.wait(5)
        assert len(read) == 2, "one that waits and one in the hand"
        assert messages.next() == (True, b"x" * 10)


def test_a_block_that_ends_early_ends_the_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "HEAVIEST", 1)
    before = threading.active_count()
    with ReadAhead(io.BytesIO(b"a\n" * 1000), line) as messages:
        messages.next()
    assert threading.active_count() == before


def test_whatever_goes_wrong_in_the_thread_is_the_end_of_the_stream(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(threading, "excepthook", lambda _: None)

    def fails(_stream: IO[bytes]) -> Frame:
        raise MemoryError

    with ReadAhead(io.BytesIO(b"a"), fails) as messages:
        assert messages.next() == (False, None)
