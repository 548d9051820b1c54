"""The kinds of data that can be let go of after a period. Rooms register theirs in `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from guanxi.kernel.registries import Registry
from guanxi.kernel.wording import Wording, say

YEAR_DAYS: Final = 365
HALF_A_YEAR: Final = 184  # the longest six months
THREE_YEARS: Final = 1_096  # with a leap day
MOST_DAYS: Final = 36_500


class Found(NamedTuple):
    """How many rows are older than a moment, and when the oldest of them is from."""

    rows: int = 0
    oldest_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Least:
    """The shortest period that may be chosen, and what asks for it: a law, with its article, or the books."""

    days: int
    why: Wording


ONE_DAY: Final = Least(1, say("No law asks for a least period."))


@dataclass(frozen=True, kw_only=True)
class Keepable:
    """A kind of data.

    `count(brand_id, before_ms)` says what is older than a moment. `let_go(brand_id, before_ms, limit)` lets
    go of at most `limit` rows in a short transaction of its own (`running.batch`) and answers how many; 0
    once none is left. It may be killed at any time. Without the two the kind never goes: `least.why` says
    why. `default` are the days until a brand chooses, None for kept. `may_stay` says whether it may be kept
    without an end. `changed(brand_id, days)` runs in the transaction that changes the period,
    `after(brand_id)` in the one that ends a run which has let go of some. `sources` name entries of the
    record of processing that it is about.
    """

    key: str
    label: Wording
    goes: Wording
    least: Least = ONE_DAY
    default: Callable[[], float | None] = lambda: None
    may_stay: bool = True
    count: Callable[[int, int], Found] | None = None
    let_go: Callable[[int, int, int], int] | None = None
    changed: Callable[[int, float | None], None] | None = None
    after: Callable[[int], None] | None = None
    sources: tuple[str, ...] = ()

    @property
    def ever_goes(self) -> bool:
        return self.let_go is not None


KEEPABLES: Registry[Keepable] = Registry("kind of data with a period", lambda kind: kind.key)
