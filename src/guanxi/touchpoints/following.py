"""The log as those read it who keep up with it within a second."""

from __future__ import annotations

from typing import Final, NamedTuple

from guanxi.platform import marks
from guanxi.platform.marks import Mark

TABLE: Final = "touchpoints_touchpoint"


class NewFact(NamedTuple):
    """`live` is False for history, which sends nothing."""

    kind: str
    subject_id: int | None
    live: bool


class News(NamedTuple):
    """Facts of one brand, and the mark behind all that was looked at; `full`: there may be more behind it."""

    facts: list[NewFact]
    mark: Mark
    full: bool


def head() -> Mark:
    """Behind everything recorded so far."""
    return marks.head(TABLE)


def news(brand_id: int, mark: Mark, limit: int) -> News:
    """The brand's facts among the next `limit` of all brands."""
    rows, mark = marks.rows_after(TABLE, ("brand_id", "kind", "subject_id", "live"), mark, limit)
    facts = [NewFact(kind, subject, bool(live)) for brand, kind, subject, live in rows if brand == brand_id]
    return News(facts, mark, len(rows) == limit)
