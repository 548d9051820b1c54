"""Who became part of whom, as those read it who keep up with it: merges, unmerges, and what evidence did."""

from __future__ import annotations

from typing import Final, NamedTuple

from guanxi.platform import marks
from guanxi.platform.marks import Mark

TABLE: Final = "customers_subjectmove"


class Move(NamedTuple):
    """A subject belonged to one customer and belongs to another now. Either may be no customer any more."""

    subject_id: int
    before: int
    after: int


class Moves(NamedTuple):
    moves: list[Move]
    mark: Mark
    full: bool


def head() -> Mark:
    """Behind every move so far."""
    return marks.head(TABLE)


def moves(brand_id: int, mark: Mark, limit: int) -> Moves:
    """The brand's moves among the next `limit` of all brands."""
    columns = ("brand_id", "subject_id", "from_customer_id", "customer_id")
    rows, mark = marks.rows_after(TABLE, columns, mark, limit)
    found = [Move(row[1], row[2] or row[3], row[3]) for row in rows if row[0] == brand_id]
    return Moves(found, mark, len(rows) == limit)
