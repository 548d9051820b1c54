"""How far an import is, how fast it goes and how long it will take."""

from __future__ import annotations

from dataclasses import dataclass

from guanxi.kernel.clock import SECOND_MS, now_ms
from guanxi.touchpoints.contracts import ImportState
from guanxi.touchpoints.queries import ImportRow

UNDER_WAY = frozenset({ImportState.QUEUED, ImportState.RUNNING})


@dataclass(frozen=True, slots=True)
class Progress:
    """`seconds_left` is None while nothing can be said; `rows_per_second` 0 before the first chunk."""

    share: float
    seconds: float
    rows_per_second: int
    seconds_left: float | None

    @property
    def percent(self) -> int:
        return int(self.share * 100)


def progress_of(row: ImportRow) -> Progress:
    end_ms = row.finished_ms or now_ms()
    seconds = max(0.0, (end_ms - row.started_ms) / SECOND_MS) if row.started_ms else 0.0
    rate = round(row.rows / seconds) if seconds > 0 else 0
    running = row.state is ImportState.RUNNING and row.share > 0.01
    left = seconds * (1 - row.share) / row.share if running else None
    return Progress(row.share, seconds, rate, left)
