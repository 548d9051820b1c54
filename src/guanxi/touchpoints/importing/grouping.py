"""Rows → chunks of facts, in bounded memory.

Rows of one order may lie anywhere in the file, and rows without an id need to know how often they occurred
before. So a file that has either is read twice: first only for a 64-bit key of each row (8 bytes a row, 80 MB
at ten million), which tells exactly which orders are scattered and which contents repeat; then for the rows.
Orders whose rows are adjacent go straight on. Scattered ones wait until their last row has come; if more than
`MOST_WAITING` rows would wait at once, the file is read again for each further share of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from guanxi.touchpoints.importing.contracts import (
    CHUNK_ROWS,
    ChunkOfFacts,
    Plan,
    Row,
    RowReject,
    Table,
    row_content,
)
from guanxi.touchpoints.importing.values import identifier

MOST_WAITING = 200_000

Keys = NDArray[np.int64]
Ready = tuple[list[Row], Sequence[int] | None]


class _Piece(NamedTuple):
    """Complete groups of rows that are ready, what was rejected meanwhile, and how far reading has come."""

    rows: list[Row]
    occurrences: Sequence[int] | None
    rejects: list[RowReject]
    position: int


def iter_facts(
    table: Table, plan: Plan, *, start_chunk: int = 0, chunk_rows: int = CHUNK_ROWS
) -> Iterator[ChunkOfFacts]:
    """The table's facts in chunks of about `chunk_rows` rows (whole orders always), from `start_chunk` on.

    The chunks before it are read but not understood again, which is several times faster.
    """
    for number, piece in enumerate(_chunked(_pieces(table, plan), chunk_rows)):
        if number < start_chunk:
            continue
        made = plan.make(piece.rows, piece.occurrences)
        rejects = sorted([*piece.rejects, *made.rejects])
        read = len(piece.rows) + len(piece.rejects)
        yield ChunkOfFacts(
            number,
            made.facts,
            rejects,
            read,
            piece.position,
            made.origins,
            made.unstated_refunds,
            made.own,
        )


def _chunked(pieces: Iterator[_Piece], chunk_rows: int) -> Iterator[_Piece]:
    """Joins small pieces; a piece never splits, so that no order does."""
    rows: list[Row] = []
    occurrences: list[int] = []
    numbered = False
    rejects: list[RowReject] = []
    position = 0
    for piece in pieces:
        rows.extend(piece.rows)
        rejects.extend(piece.rejects)
        position = piece.position
        if piece.occurrences is not None:
            numbered = True
            occurrences.extend(piece.occurrences)
        if len(rows) + len(rejects) >= chunk_rows:
            yield _Piece(rows, occurrences if numbered else None, rejects, position)
            rows, occurrences, rejects = [], [], []
    if rows or rejects:
        yield _Piece(rows, occurrences if numbered else None, rejects, position)


def _pieces(table: Table, plan: Plan) -> Iterator[_Piece]:
    if plan.numbered:
        yield from _numbered(table)
    elif plan.group_by:
        yield from _grouped(table, plan.group_by)
    else:
        yield from _alone(table)


SLICE = 500  # rows of a piece where every row stands alone


def _alone(table: Table) -> Iterator[_Piece]:
    for block in table.blocks():
        yield from _sliced(block.rows, None, block.rejects, block.position)


def _sliced(
    rows: list[Row], occurrences: Sequence[int] | None, rejects: list[RowReject], position: int
) -> Iterator[_Piece]:
    for start in range(0, len(rows), SLICE):
        end = start + SLICE
        yield _Piece(rows[start:end], None if occurrences is None else occurrences[start:end], [], position)
    if rejects:
        yield _Piece([], None, rejects, position)


# ---------------------------------------------------------------- rows without ids


def _numbered(table: Table) -> Iterator[_Piece]:
    digests = [np.frombuffer(b"".join(map(_digest, block.rows)), np.int64) for block in table.blocks()]
    counts = occurrences_of(np.concatenate(digests) if digests else np.empty(0, np.int64))
    start = 0
    for block in table.blocks():
        end = start + len(block.rows)
        yield from _sliced(block.rows, counts[start:end].tolist(), block.rejects, block.position)
        start = end


def _digest(row: Row) -> bytes:
    return blake2b(row_content(row), digest_size=8).digest()


def occurrences_of(keys: Keys) -> NDArray[np.int32]:
    """For each key how-manieth of its kind it is, from 1."""
    counts = np.ones(len(keys), np.int32)
    ordered = np.sort(keys)
    repeated = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    del ordered
    if not len(repeated):
        return counts
    where = np.flatnonzero(np.isin(keys, repeated))
    order = np.argsort(keys[where], kind="stable")
    sorted_keys = keys[where][order]
    starts = np.flatnonzero(np.r_[True, sorted_keys[1:] != sorted_keys[:-1]])
    lengths = np.diff(np.r_[starts, len(sorted_keys)])
    counts[where[order]] = np.arange(len(sorted_keys)) - np.repeat(starts, lengths) + 1
    return counts


# ---------------------------------------------------------------- rows of one order


class Layout(NamedTuple):
    """Where the groups of a file lie. `scattered[row]` is 0 for rows of adjacent groups, else 1 + the ordinal
    of its group; `sizes[ordinal]` the group's rows; `begins[row]` whether an adjacent group begins there;
    `waiting` how many rows of scattered groups are open at once, at most."""

    scattered: NDArray[np.int32]
    sizes: NDArray[np.int64]
    begins: NDArray[np.bool_]
    waiting: int


def layout_of(keys: Keys) -> Layout:
    """The layout of rows with these keys, in file order."""
    count = len(keys)
    begins = np.ones(count, np.bool_)
    begins[1:] = keys[1:] != keys[:-1]
    runs = np.flatnonzero(begins)
    run_keys = np.sort(keys[runs])
    split = np.unique(run_keys[1:][run_keys[1:] == run_keys[:-1]])
    del run_keys
    scattered = np.zeros(count, np.int32)
    if not len(split):
        return Layout(scattered, np.empty(0, np.int64), begins, 0)
    where = np.flatnonzero(np.isin(keys, split))
    ordinals = np.searchsorted(split, keys[where])
    first = np.full(len(split), count)
    last = np.zeros(len(split), np.int64)
    np.minimum.at(first, ordinals, where)
    np.maximum.at(last, ordinals, where)
    rank = np.empty(len(split), np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(len(split))
    scattered[where] = rank[ordinals] + 1
    sizes = np.bincount(rank[ordinals], minlength=len(split))
    change = np.zeros(count + 1, np.int64)
    change[where] += 1
    np.subtract.at(change, last + 1, np.bincount(ordinals, minlength=len(split)))
    return Layout(scattered, sizes, begins, int(np.cumsum(change).max()))


def _grouped(table: Table, columns: tuple[int, ...]) -> Iterator[_Piece]:
    parts = [_keys(block.rows, columns) for block in table.blocks()]
    layout = layout_of(np.concatenate(parts) if parts else np.empty(0, np.int64))
    del parts
    shares = max(1, -(-layout.waiting // MOST_WAITING))
    for share in range(shares):
        yield from _share(table, layout, share, shares)


def _keys(rows: list[Row], columns: tuple[int, ...]) -> Keys:
    """A 64-bit key of each row's group. Only whether keys are equal matters, so Python's own hash, which
    differs from process to process, still gives the same chunks in each. One number may be written in
    several ways within a file: `="123"`, `'123`, 123.0."""
    if len(columns) == 1:
        at = columns[0]
        return np.fromiter([hash(_written(row[1][at])) for row in rows], np.int64, len(rows))
    return np.fromiter(
        [hash(tuple([_written(row[1][at]) for at in columns])) for row in rows], np.int64, len(rows)
    )


def _written(cell: str) -> str:
    """The number that a cell stands for, or what stands there where it is none."""
    number = identifier(cell)
    return number if isinstance(number, str) else cell.strip()


def _share(table: Table, layout: Layout, share: int, shares: int) -> Iterator[_Piece]:
    """One reading of the file: adjacent groups in the first, scattered ones in the share they belong to."""
    waiting = _Waiting(layout, share, shares)
    tail: list[Row] = []
    start = 0
    for block in table.blocks():
        rows = block.rows
        end = start + len(rows)
        scattered = layout.scattered[start:end]
        begins = layout.begins[start:end]
        ready: list[list[Row]] = []
        if scattered.any():
            ready = waiting.gather(rows, scattered)
            keep = scattered == 0
            rows = [row for row, kept in zip(rows, keep.tolist(), strict=True) if kept]
            begins = begins[keep]
        if share == 0:
            heads = np.flatnonzero(begins)
            yield from _runs(tail, rows, heads.tolist(), block.position)
            if len(heads):
                tail = rows[heads[-1] :]
            else:
                tail.extend(rows)
            if block.rejects:
                yield _Piece([], None, block.rejects, block.position)
        for group in ready:
            yield _Piece(group, None, [], block.position)
        start = end
    if tail:
        yield _Piece(tail, None, [], table.total_bytes)


def _runs(tail: list[Row], rows: list[Row], heads: list[int], position: int) -> Iterator[_Piece]:
    """The groups that are complete: what was left over, and all that another group follows in these rows."""
    if not heads:
        return
    yield _Piece(tail + rows[: heads[0]], None, [], position)
    start = heads[0]
    for head in heads[1:]:
        if head - start >= SLICE:
            yield _Piece(rows[start:head], None, [], position)
            start = head
    yield _Piece(rows[start : heads[-1]], None, [], position)


class _Waiting:
    """Scattered groups of one share whose last row has not come yet."""

    def __init__(self, layout: Layout, share: int, shares: int) -> None:
        self._layout = layout
        self._share = share
        self._shares = shares
        self._groups: dict[int, list[Row]] = {}

    def gather(self, rows: list[Row], scattered: NDArray[np.int32]) -> list[list[Row]]:
        """Adds a block's scattered rows to their groups; answers those that are complete."""
        ready = []
        for at in np.flatnonzero(scattered).tolist():
            ordinal = int(scattered[at]) - 1
            if ordinal % self._shares != self._share:
                continue
            group = self._groups.setdefault(ordinal, [])
            group.append(rows[at])
            if len(group) == self._layout.sizes[ordinal]:
                ready.append(self._groups.pop(ordinal))
        return ready
