"""Facts about one customer, and about customers who stand close together in the database, come together.

A file is in order of time, so any few thousand rows of it are about customers from everywhere, and writing
them touches a page of each index for nearly every row: half the time of an import went into writing such
pages to the database's log. So the reader holds back a window of chunks, puts their facts in order of whom
they are about, and hands them on as just as many chunks. A chunk then touches one stretch of each index, also
of those that are in order of creation, since every window created its customers in this same order.

Windows grow: a small database fits into few pages anyway, and the writer can begin at once. While one is
read, the one before is handed on, so that no more than one window of facts is held; where facts are large, a
window ends early. Reading can begin again at the first chunk of any window.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

from guanxi.touchpoints.rules import Entry

WIDEST = 32  # chunks
HEAVIEST = 256 << 20  # bytes that the facts of a window take, about
FACT_BYTES = 1_000  # of a fact beside its payload


def arrangement(chunk_rows: int) -> str:
    """How chunks are cut: a cursor counts chunks that were cut in one way."""
    return f"{chunk_rows} {WIDEST} {HEAVIEST}"


class Chunk(Protocol):
    """A named tuple with these fields among others."""

    @property
    def number(self) -> int: ...
    @property
    def entries(self) -> list[Entry]: ...
    def _replace(self, *, entries: list[Entry]) -> Any: ...


Some = TypeVar("Some", bound=Chunk)


def arranged(chunks: Iterable[Some]) -> Iterator[tuple[int, Some]]:
    """The chunks of a table, from the beginning of a window on, each with the number of the first chunk of
    its window: the same numbers and rejected rows, and in each window the same facts in another order. It is
    the same order each time."""
    window: list[Some] = []
    weight = 0
    ready: deque[tuple[int, Some]] = deque()
    for chunk in chunks:
        window.append(chunk)
        weight += sum([len(entry.payload) for entry in chunk.entries]) + FACT_BYTES * len(chunk.entries)
        if ready:
            yield ready.popleft()
        if len(window) >= _widest(window[0].number) or weight >= HEAVIEST:
            yield from ready
            ready = deque(_in_order(window))
            window, weight = [], 0
    yield from ready
    yield from _in_order(window)


def _widest(first: int) -> int:
    """How many chunks the window that begins with chunk `first` may hold: 1, 2, 4 … WIDEST, WIDEST …"""
    return min(WIDEST, 1 << ((first + 1).bit_length() - 1))


def _in_order(window: Sequence[Some]) -> Iterator[tuple[int, Some]]:
    entries = [entry for chunk in window for entry in chunk.entries]
    if len(window) > 1:
        entries.sort(key=_whom)
    for at, chunk in enumerate(window):
        begin, end = len(entries) * at // len(window), len(entries) * (at + 1) // len(window)
        yield window[0].number, chunk._replace(entries=entries[begin:end])


def _whom(entry: Entry) -> tuple[str, str]:
    """The first identity: where there is one, a shop's or platform's own id for the person."""
    identities = entry.sighting.identities
    return identities[0] if identities else ("", "")
