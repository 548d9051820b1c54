"""The ladder: gains in, standing out. Pure; docs/guide/tiers.md says the same in words and in a table.

What a customer holds is a function of what counts and when it happened, not of the order in which it was
recorded: recording it again, later, or in parts comes to the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from guanxi.kernel.clock import DAY_MS, to_datetime
from guanxi.kernel.conditions.features import earliest
from guanxi.kernel.conditions.windows import midnight_ms
from guanxi.loyalty.tiers.contracts import (
    Downgrade,
    Gain,
    Grant,
    Measure,
    Programme,
    Span,
    Standing,
    Step,
    Why,
)

LAST_YEAR: Final = 9_000  # of the calendar


def year_end_ms(at_ms: int, zone: ZoneInfo, years: int = 0) -> int:
    """When the calendar year that is `years` after a moment's has ended."""
    return _begins_ms(min(to_datetime(at_ms, zone).year + years, LAST_YEAR) + 1, zone)


@lru_cache(maxsize=1_000)
def _begins_ms(year: int, zone: ZoneInfo) -> int:
    return midnight_ms(date(year, 1, 1), zone)


def leaves_ms(measure: Measure, at_ms: int, zone: ZoneInfo) -> int | None:
    """When a gain is no longer added up; None: never."""
    match measure.span:
        case Span.DAYS:
            return at_ms + measure.days * DAY_MS
        case Span.YEAR:
            return year_end_ms(at_ms, zone)
        case Span.EVER:
            return None


def kept_ms(programme: Programme, at_ms: int, zone: ZoneInfo) -> int:
    """Until when a tier is kept that a gain found reached; the moment itself where it is not kept."""
    if programme.kept_years is not None:
        return year_end_ms(at_ms, zone, programme.kept_years)
    return at_ms + (programme.kept_days or 0) * DAY_MS


def stand(
    programme: Programme,
    gains: Mapping[Measure, Sequence[Gain]],
    grants: Sequence[Grant],
    as_of_ms: int,
    zone: ZoneInfo,
) -> Standing:
    """Where somebody with these gains and grants stands at a moment. What lies ahead of it does not count."""
    if not grants and not _may_reach(programme, gains):
        totals = {
            measure: sum(gain.amount for gain in some if _counts(measure, gain.at_ms, as_of_ms, zone))
            for measure, some in ((one, gains.get(one, ())) for one in programme.measures)
        }
        return Standing(0, 0, None, None, None, totals, ())
    return _Climb(programme, gains, grants, zone).to(as_of_ms)


def _may_reach(programme: Programme, gains: Mapping[Measure, Sequence[Gain]]) -> bool:
    """Whether all gains together would reach some tier: for most customers they do not, ever."""
    for measure, least in programme.least.items():
        if sum(gain.amount for gain in gains.get(measure, ()) if gain.amount > 0) >= least:
            return True
    return False


def _counts(measure: Measure, at_ms: int, as_of_ms: int, zone: ZoneInfo) -> bool:
    end_ms = leaves_ms(measure, at_ms, zone)
    return at_ms <= as_of_ms and (end_ms is None or as_of_ms < end_ms)


def granted(grants: Sequence[Grant], at_ms: int) -> Grant | None:
    """The highest of the grants at a moment, of several the one that lasts longest."""
    held = [grant for grant in grants if grant.from_ms <= at_ms < grant.until_ms]
    return max(held, key=lambda grant: (grant.place, grant.until_ms), default=None)


class _Climb:
    """One customer's way through time. `hold[p]` is until when the tier at `p` is kept once it is no longer
    reached."""

    def __init__(
        self,
        programme: Programme,
        gains: Mapping[Measure, Sequence[Gain]],
        grants: Sequence[Grant],
        zone: ZoneInfo,
    ) -> None:
        self._programme, self._grants, self._zone = programme, grants, zone
        self._totals = dict.fromkeys(programme.measures, 0)
        self._moves = sorted(self._comings_and_goings(gains), key=lambda move: move[0])
        self._edges = sorted({at for grant in grants for at in (grant.from_ms, grant.until_ms)})
        self._hold = [0] * len(programme.tiers)
        self._kept = [0] * len(programme.tiers)
        self._earned = self._reached = self._place = 0
        self._steps: list[Step] = []

    def _comings_and_goings(
        self, gains: Mapping[Measure, Sequence[Gain]]
    ) -> Iterator[tuple[int, Measure, int, bool]]:
        """(when, measure, amount, whether it is a gain): what comes in, and leaves at the end of its span."""
        for measure in self._totals:
            for gain in gains.get(measure, ()):
                yield gain.at_ms, measure, gain.amount, gain.amount > 0
                if (end_ms := leaves_ms(measure, gain.at_ms, self._zone)) is not None:
                    yield end_ms, measure, -gain.amount, False

    def to(self, as_of_ms: int) -> Standing:
        moved, edged = 0, 0
        while True:
            move_ms = self._moves[moved][0] if moved < len(self._moves) else None
            edge_ms = self._edges[edged] if edged < len(self._edges) else None
            at_ms = earliest(move_ms, edge_ms, self._falls_ms())
            if at_ms is None or at_ms > as_of_ms:
                return self._standing(as_of_ms, at_ms)
            gained = False
            while moved < len(self._moves) and self._moves[moved][0] == at_ms:
                _at, measure, amount, gain = self._moves[moved]
                self._totals[measure] += amount
                gained, moved = gained or gain, moved + 1
            edged += edge_ms == at_ms
            self._at(at_ms, gained=gained)

    def _falls_ms(self) -> int | None:
        """When the tier that was earned is lost if nothing happens before."""
        if self._reached >= self._earned or self._programme.downgrade is Downgrade.NEVER:
            return None
        return self._hold[self._earned]

    def _at(self, at_ms: int, *, gained: bool) -> None:
        programme, before = self._programme, self._reached
        self._reached = self._reached_now()
        if gained:
            for place in range(1, self._reached + 1):
                self._kept[place] = max(self._kept[place], kept_ms(programme, at_ms, self._zone))
        for place in range(self._reached + 1, before + 1):
            self._hold[place] = max(self._kept[place], at_ms) + programme.grace_days * DAY_MS
        self._earned = max(self._earned, self._reached)
        self._fall(at_ms)
        grant = granted(self._grants, at_ms)
        place = max(self._earned, grant.place if grant else 0)
        if place != self._place:
            bought = grant is not None and grant.place > self._earned
            up = Why.BOUGHT if bought else Why.REACHED
            self._steps.append(Step(at_ms, place, up if place > self._place else Why.ENDED))
            self._place = place

    def _reached_now(self) -> int:
        for place, measure, at_least in self._programme.ladder:
            if self._totals[measure] >= at_least:
                return place
        return 0

    def _fall(self, at_ms: int) -> None:
        while (falls_ms := self._falls_ms()) is not None and falls_ms <= at_ms:
            self._earned -= 1
            if self._programme.downgrade is Downgrade.STEP:
                again_ms = kept_ms(self._programme, at_ms, self._zone)
                self._kept[self._earned] = max(self._kept[self._earned], again_ms)
                self._hold[self._earned] = max(self._hold[self._earned], again_ms)

    def _standing(self, as_of_ms: int, next_ms: int | None) -> Standing:
        grant = granted(self._grants, as_of_ms)
        by_grant = grant is not None and grant.place > self._earned
        if not self._earned and not by_grant:  # what leaves takes nothing from who has nothing
            ahead = (move[0] for move in self._moves if move[0] > as_of_ms and move[2] > 0)
            next_ms = earliest(*ahead, *(at for at in self._edges if at > as_of_ms))
        return Standing(
            self._place,
            self._earned,
            self._steps[-1].at_ms if self._steps else None,
            grant.until_ms if grant and by_grant else self._held_until_ms(as_of_ms),
            next_ms,
            dict(self._totals),
            tuple(self._steps),
        )

    def _held_until_ms(self, as_of_ms: int) -> int | None:
        if not self._earned or self._programme.downgrade is Downgrade.NEVER:
            return None
        if self._reached < self._earned:
            return self._hold[self._earned]
        kept = self._kept[self._earned]
        return kept + self._programme.grace_days * DAY_MS if kept > as_of_ms else None
