"""What a programme of tiers says, and what comes of it for one customer. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final, NamedTuple

MOST_TIERS: Final = 12
MOST_WAYS: Final = 6  # of one tier
MOST_PLANS: Final = 12
MOST_DAYS: Final = 3_660
MOST_YEARS: Final = 10
MOST_GRACE_DAYS: Final = 366
MOST_UNITS: Final = 10**15
MOST_PERCENT: Final = 1_000
TEXT_CHARS: Final = 2_000
NAME_CHARS: Final = 40
NOTICE_DAYS: Final = 5  # before a membership renews by itself (网络交易监督管理办法)


class Downgrade(StrEnum):
    """What becomes of a tier that is neither reached nor kept any longer."""

    NEVER = "never"
    STEP = "step"  # to the one below, which is kept anew
    REACHED = "reached"  # to the highest that is reached or still kept


class Refunds(StrEnum):
    """When a refund counts."""

    TAKE_BACK = "take_back"  # as if that part of its order had never been paid
    KEEP = "keep"  # from its own day on


class Kind(StrEnum):
    """What a way adds up."""

    SPEND = "spend"
    ASSET = "asset"
    FACTS = "facts"


class Span(StrEnum):
    """Which gains are added up: those of the last days, of the calendar year, or all."""

    DAYS = "days"
    YEAR = "year"
    EVER = "ever"


class Measure(NamedTuple):
    """What is added up over which span. `asset` is of ASSET, `kinds` are of FACTS, `days` of DAYS."""

    kind: Kind
    span: Span
    days: int = 0
    asset: str = ""
    kinds: tuple[str, ...] = ()


class Way(NamedTuple):
    """One way to reach a tier: fen, units or facts that make it."""

    measure: Measure
    at_least: int


@dataclass(frozen=True, slots=True)
class Tier:
    """One step of the ladder. Any of its ways reaches it; the first tier has none, it is everybody's.
    `multiplier_percent` is what the programme means to give of points beside 100, for the forecast alone:
    rules give them."""

    code: str
    name_zh: str
    name_en: str
    colour: str
    badge: str = ""
    benefits_zh: str = ""
    benefits_en: str = ""
    multiplier_percent: int = 100
    ways: tuple[Way, ...] = ()

    def called(self, *, chinese: bool) -> str:
        return (self.name_zh or self.name_en) if chinese else (self.name_en or self.name_zh)

    def benefits(self, *, chinese: bool) -> list[str]:
        both = (self.benefits_zh, self.benefits_en)
        text = (both[0] or both[1]) if chinese else (both[1] or both[0])
        return [line.strip() for line in text.splitlines() if line.strip()]


@dataclass(frozen=True, slots=True)
class Plan:
    """A membership that is paid for: it gives a tier for `days`, and renews by itself unless cancelled."""

    code: str
    name_zh: str
    name_en: str
    price_fen: int
    days: int
    tier: str
    renews: bool = False

    def called(self, *, chinese: bool) -> str:
        return (self.name_zh or self.name_en) if chinese else (self.name_en or self.name_zh)


@dataclass(frozen=True)
class Programme:
    """The ladder, the lowest first. A tier is kept, counted from the last gain that found it reached, for
    `kept_days`, or until the end of the `kept_years`th calendar year after (0: of the same), or (both None)
    no longer than it is reached; and then `grace_days` more."""

    tiers: tuple[Tier, ...]
    kept_days: int | None = None
    kept_years: int | None = None
    grace_days: int = 0
    downgrade: Downgrade = Downgrade.REACHED
    refunds: Refunds = Refunds.TAKE_BACK
    plans: tuple[Plan, ...] = ()

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """Each once."""
        return tuple(dict.fromkeys(way.measure for tier in self.tiers for way in tier.ways))

    @cached_property
    def ladder(self) -> tuple[tuple[int, Measure, int], ...]:
        """(place, measure, at least) of every way, the highest tier first."""
        steps = [(place, *way) for place, tier in enumerate(self.tiers) for way in tier.ways]
        return tuple(sorted(steps, key=lambda step: -step[0]))

    @cached_property
    def least(self) -> dict[Measure, int]:
        """The least of each measure that reaches any tier."""
        found: dict[Measure, int] = {}
        for _place, measure, at_least in self.ladder:
            found[measure] = min(found.get(measure, at_least), at_least)
        return found

    def place_of(self, code: str) -> int:
        """The place of a tier on the ladder, 0 for one that there is not."""
        return next((place for place, tier in enumerate(self.tiers) if tier.code == code), 0)

    def plan(self, code: str) -> Plan | None:
        return next((plan for plan in self.plans if plan.code == code), None)


class Gain(NamedTuple):
    """Something that counts towards a measure, at its time. Below zero, it takes away."""

    at_ms: int
    amount: int


class Grant(NamedTuple):
    """A tier that is held without being reached, from a moment until before another."""

    place: int
    from_ms: int
    until_ms: int


class Why(StrEnum):
    """Why a customer's tier changed."""

    REACHED = "reached"
    BOUGHT = "bought"
    ENDED = "ended"  # the time kept, or a paid membership
    REFUNDED = "refunded"
    MERGED = "merged"  # or taken apart again
    PROGRAMME = "programme"  # its terms changed
    FACTS = "facts"  # what was recorded late, or let go, changes what was


class Step(NamedTuple):
    """From `at_ms` on the customer is in the tier at `place`."""

    at_ms: int
    place: int
    why: Why


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a customer stands at a moment: at `place`, of which `earned` without grants. `totals` are of each
    measure. `until_ms`: the tier is held until then at the least (None: for ever, or only as long as it is
    reached); `changes_ms`: when time alone may change any of this (earlier than need be, never later);
    `renews_ms`: when the first of the paid memberships renews by itself."""

    place: int
    earned: int
    since_ms: int | None
    until_ms: int | None
    changes_ms: int | None
    totals: dict[Measure, int]
    steps: tuple[Step, ...]
    renews_ms: int | None = None
