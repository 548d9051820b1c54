"""The ladder by brute force: day by day, each day's sums from the beginning. Not by steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from guanxi.kernel.clock import DAY_MS, to_datetime
from guanxi.loyalty.tiers.contracts import Downgrade, Gain, Measure, Programme, Span

UTC = ZoneInfo("UTC")
START_MS = 1_767_225_600_000  # 2026-01-01 00:00 UTC; all gains are on whole days of this zone


def day(number: int) -> int:
    return START_MS + number * DAY_MS


def place_on(programme: Programme, gains: Mapping[Measure, Sequence[Gain]], last: int) -> int:
    """The tier that is earned on a day, all days before it having passed one by one."""
    top = len(programme.tiers)
    kept, lost, earned, reached = [-1] * top, [-1] * top, 0, 0
    for today in range(last + 1):
        before, reached = reached, _reached(programme, gains, today)
        if any(one.at_ms == day(today) and one.amount > 0 for some in gains.values() for one in some):
            for place in range(1, reached + 1):
                kept[place] = max(kept[place], _kept_until(programme, today))
        for place in range(reached + 1, before + 1):
            lost[place] = today
        earned = max(earned, reached)
        while earned > reached and programme.downgrade is not Downgrade.NEVER:
            if today < max(kept[earned], lost[earned]) + programme.grace_days:
                break
            earned -= 1
    return earned


def _reached(programme: Programme, gains: Mapping[Measure, Sequence[Gain]], today: int) -> int:
    best = 0
    for place, tier in enumerate(programme.tiers):
        for way in tier.ways:
            has = sum(
                one.amount
                for one in gains.get(way.measure, ())
                if one.at_ms <= day(today) and _counts(way.measure, one.at_ms, today)
            )
            if has >= way.at_least:
                best = place
    return best


def _counts(measure: Measure, at_ms: int, today: int) -> bool:
    if measure.span is Span.DAYS:
        return day(today) - at_ms < measure.days * DAY_MS
    if measure.span is Span.YEAR:
        return to_datetime(at_ms, UTC).year == to_datetime(day(today), UTC).year
    return True


def _kept_until(programme: Programme, today: int) -> int:
    if programme.kept_years is not None:
        year = to_datetime(day(today), UTC).year + programme.kept_years
        until = today
        while to_datetime(day(until), UTC).year <= year:
            until += 1
        return until
    return today + (programme.kept_days or 0)
