"""What other rooms may know about the warehouse, and the shapes of what they register with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol


class BrandRow(Protocol):
    """What the warehouse needs to know of a brand; `platform.Brand` has it."""

    @property
    def pk(self) -> int: ...
    @property
    def slug(self) -> str: ...
    @property
    def timezone(self) -> str: ...
    @property
    def created_ms(self) -> int: ...


@dataclass(frozen=True)
class LogSource:
    """An append-only table, exported past a watermark into a lake table that is partitioned by month.

    Every text is by database vendor ("sqlite", "postgresql") and may hold `{brand}`, `{after}`, `{until}`,
    which are integers. `until` answers one row with a column `mark`: every row whose mark is below it is
    committed for good, so nothing can appear below it later. `rows` selects the columns of the lake table
    plus `mark`, for `{after} <= mark < {until}` of `{brand}`, ordered by mark. `names` are small lookups:
    for each column, a query for (id, name) by which the selected id is replaced. `gone` answers what the
    table has lost: (kind, before_ms, up_to_id, stays) for rows of a kind from before a moment with an id up
    to one; where the kind `stays` (1), or a row has an amount, it is still there and has lost its subject
    alone. What was answered once stays answered, if by rows that cover it.
    """

    table: str
    until: Mapping[str, str]
    rows: Mapping[str, str]
    names: Mapping[str, str] = field(default_factory=dict)
    gone: str = ""


@dataclass(frozen=True)
class SnapshotSource:
    """A small mutable table, rewritten as a whole when its marker moved.

    `marker` answers one row of integers that differs whenever what `rows` answers differs.
    """

    table: str
    marker: Mapping[str, str]
    rows: Mapping[str, str]


@dataclass(frozen=True)
class AfterSync:
    """Called after a sync or rebuild that changed the lake, to bring derived figures up to date."""

    name: str
    call: Callable[[BrandRow], None]


@dataclass(frozen=True)
class Synced:
    """What a sync did: rows exported, files written, months compacted, and how long it took."""

    brand: str
    rows: int
    snapshots: dict[str, int]
    files_written: int
    months_compacted: int
    changed: bool
    seconds: float

    @property
    def rows_per_second(self) -> float:
        return self.rows / self.seconds if self.seconds else 0.0


@dataclass(frozen=True)
class Status:
    """How the lake stands: `behind_rows` are facts recorded since the last sync (0 = up to date)."""

    brand: str
    engine: str
    version: str
    synced_ms: int | None
    lag_ms: int | None
    behind_rows: int
    behind_tables: list[str]
    rows: dict[str, int]
    files: int
    bytes: int
    first_month: str | None
    last_month: str | None


@dataclass(frozen=True)
class Difference:
    """A place where lake and database disagree; `month` is "2026-11", or "" for snapshots."""

    table: str
    month: str
    kind: str
    figure: str
    operational: int
    lake: int


@dataclass(frozen=True)
class Verified:
    """`checked` cells were compared; `behind` are tables changed since the last sync, so not compared."""

    brand: str
    rows: int
    checked: int
    differences: list[Difference]
    behind: list[str]
    seconds: float

    @property
    def is_equal(self) -> bool:
        return not self.differences
