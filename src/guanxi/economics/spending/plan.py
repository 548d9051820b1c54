"""What a customer should cost by the rate card: fee or price → reach → clicks → customers. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Final, NamedTuple

from guanxi.economics.reporting import Unit
from guanxi.kernel.wording import Wording, say

SHARES: Final = 100_000  # shares are kept in hundred-thousandths: 1.25 % is 1,250


@dataclass(frozen=True, slots=True)
class Item:
    """What a rate card may state of a platform. FEN is money, SHARE a share, COUNT people."""

    name: str
    label: Wording
    unit: Unit


TIERS: Final = ("nano", "micro", "mid", "top")
ITEMS: Final[dict[str, Item]] = {
    item.name: item
    for item in (
        Item("cpm", say("Price of a thousand impressions"), Unit.FEN),
        Item("cpc", say("Price of a click"), Unit.FEN),
        Item("ctr", say("Clicks by impressions"), Unit.SHARE),
        Item("cvr", say("New customers by clicks"), Unit.SHARE),
        Item("kol_fee_nano", say("Fee of a KOL under 10,000 followers"), Unit.FEN),
        Item("kol_fee_micro", say("Fee of a KOL with 10,000 to 100,000 followers"), Unit.FEN),
        Item("kol_fee_mid", say("Fee of a KOL with 100,000 to 1 million followers"), Unit.FEN),
        Item("kol_fee_top", say("Fee of a KOL above 1 million followers"), Unit.FEN),
        Item("kol_views_nano", say("Views of a post by a KOL under 10,000 followers"), Unit.COUNT),
        Item("kol_views_micro", say("Views of a post by a KOL with 10,000 to 100,000"), Unit.COUNT),
        Item("kol_views_mid", say("Views of a post by a KOL with 100,000 to 1 million"), Unit.COUNT),
        Item("kol_views_top", say("Views of a post by a KOL above 1 million"), Unit.COUNT),
        Item("live_fee", say("Fee of a livestream"), Unit.FEN),
        Item("live_viewers", say("Viewers of a livestream"), Unit.COUNT),
        Item("live_conversion", say("New customers by viewers of a livestream"), Unit.SHARE),
        Item("live_commission", say("Commission of a livestream's sales"), Unit.SHARE),
    )
}


class Range(NamedTuple):
    low: float
    high: float

    @property
    def middle(self) -> float:
        return (self.low + self.high) / 2


@dataclass(frozen=True)
class Card:
    """The rates of a brand: (platform, item) → what holds from each day on, in order; None: withdrawn."""

    days: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    ranges: dict[tuple[str, str], list[Range | None]] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Iterable[tuple[str, str, int, Range | None]]) -> Card:
        """From (platform, item, from_day, range), later statements of one day after earlier ones."""
        said: dict[tuple[str, str], dict[int, Range | None]] = defaultdict(dict)
        for platform, item, from_day, found in entries:
            said[platform, item][from_day] = found
        ordered = {key: sorted(by_day) for key, by_day in said.items()}
        return cls(ordered, {key: [said[key][day] for day in days] for key, days in ordered.items()})

    def on(self, platform: str, item: str, day: int) -> Range | None:
        """What holds on that day."""
        key = (platform, item)
        position = bisect_right(self.days.get(key, []), day)
        return self.ranges[key][position - 1] if position else None


class Planned(NamedTuple):
    """Customers that a sum should bring, and at least and at most."""

    customers: float
    fewest: float
    most: float


def planned(card: Card, platform: str, kind: str, day: int, *, amount_fen: float) -> Planned | None:
    """The customers that `amount_fen` of one type should bring on a platform at that day's rates; None where
    the card does not say. A KOL's tier is told by the fee."""
    click = [card.on(platform, item, day) for item in ("ctr", "cvr")]
    if kind == "cpm":
        return _per(card.on(platform, "cpm", day), click, amount_fen, 1_000)
    if kind == "cpc":
        return _per(card.on(platform, "cpc", day), click[1:], amount_fen, 1)
    if kind == "kol_fee":
        tier = _tier(card, platform, day, amount_fen)
        views, fee = (card.on(platform, f"kol_{name}_{tier}", day) for name in ("views", "fee"))
        return _per(fee, [views, *click], amount_fen, 1)
    if kind == "livestream_fee":
        bought = [card.on(platform, item, day) for item in ("live_viewers", "live_conversion")]
        return _per(card.on(platform, "live_fee", day), bought, amount_fen, 1)
    return None


def _per(price: Range | None, steps: Sequence[Range | None], amount_fen: float, units: int) -> Planned | None:
    """`price` buys `units`, of each of which the product of the steps become customers. The middle is that of
    all middles."""
    known = [step for step in steps if step is not None]
    if price is None or price.low <= 0 or len(known) < len(steps):
        return None
    bought = [amount_fen / one * units for one in (price.middle, price.high, price.low)]
    return Planned(
        bought[0] * prod(step.middle for step in known),
        bought[1] * prod(step.low for step in known),
        bought[2] * prod(step.high for step in known),
    )


def _tier(card: Card, platform: str, day: int, fee_fen: float) -> str:
    """The tier whose range of fees the fee lies in, else the one whose middle is nearest by ratio."""
    best, distance = "", float("inf")
    for tier in TIERS:
        fees = card.on(platform, f"kol_fee_{tier}", day)
        if fees is None or fees.middle <= 0 or fee_fen <= 0:
            continue
        ratio = max(fee_fen / fees.middle, fees.middle / fee_fen)
        if fees.low <= fee_fen <= fees.high:
            ratio = 1.0
        if ratio < distance:
            best, distance = tier, ratio
    return best
