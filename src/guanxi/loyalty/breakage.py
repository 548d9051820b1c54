"""How much of what is left of lots will never be used, estimated from how long units took to be. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple


class Alive(NamedTuple):
    """`units` left at the end of the day `until`, of lots that came on a day and expire on one (None: never).
    Days are since 1970."""

    came: str
    local_month: int
    local_day: int
    expires_month: int | None
    expires_day: int | None
    units: int


class Curve:
    """The share of units that is not used up to an age of their lot, by the product-limit estimator of Kaplan
    and Meier (Nonparametric estimation from incomplete observations, Journal of the American Statistical
    Association 53, 1958, 457-481): S(t) = product over d <= t of 1 - used(d) / at_risk(d). Units that
    expired, were taken back or are still there left unused at the age that they had.

    `used` and `other` are (age in days, units); of one age uses come before what else happens.
    """

    def __init__(self, used: Iterable[tuple[int, int]], other: Iterable[tuple[int, int]]) -> None:
        uses: dict[int, int] = defaultdict(int)
        leaves: dict[int, int] = defaultdict(int)
        for age, units in used:
            uses[age] += units
            leaves[age] += units
        for age, units in other:
            leaves[age] += units
        at_risk, share = sum(leaves.values()), 1.0
        self._ages: list[int] = []
        self._shares: list[float] = []
        for age in sorted(leaves):
            if at_risk <= 0:
                break
            share *= 1 - min(max(uses[age] / at_risk, 0.0), 1.0)
            at_risk -= leaves[age]
            self._ages.append(age)
            self._shares.append(share)

    def share(self, age: int) -> float | None:
        """The share not used up to that age; None beyond what was ever seen."""
        if not self._ages or age > self._ages[-1]:
            return None
        place = bisect_right(self._ages, age)
        return self._shares[place - 1] if place else 1.0

    def kept(self, age: int, life: int) -> float | None:
        """Of units that have this age unused, the share that is not used up to `life`; None where nothing of
        that age was seen yet."""
        if life <= age:
            return 1.0
        now, then = self.share(age), self.share(life)
        return None if not now or then is None else then / now


class Lost(NamedTuple):
    """`units` can expire, and `expected` of them are likely to (None: not known)."""

    units: int
    expected: float | None


NOTHING = Lost(0, 0.0)


def curve_of(exits: Iterable[tuple[int, int, int]], alive: Iterable[Alive], until_day: int) -> Curve:
    """From what left issued lots (age, used, other) and what of them is still there."""
    left = list(exits)
    still = [(max(0, until_day - one.local_day), one.units) for one in alive if one.came == "issued"]
    return Curve(
        [(age, used) for age, used, _other in left], [*((age, other) for age, _used, other in left), *still]
    )


def lost(alive: Iterable[Alive], curve: Curve, until_day: int) -> Lost:
    """Of these lots: units that expire one day, and how many of them are likely to come to that."""
    total, expected = 0, 0.0
    known = True
    for one in alive:
        if one.expires_day is None:
            continue
        total += one.units
        kept = curve.kept(max(0, until_day - one.local_day), one.expires_day - one.local_day)
        known = known and kept is not None
        expected += one.units * (kept or 0.0)
    return Lost(total, expected if known else None)


def share(part: float | None, whole: int) -> float | None:
    """A part of a whole; None where either is not known or there is no whole."""
    return None if part is None or whole <= 0 else part / whole
