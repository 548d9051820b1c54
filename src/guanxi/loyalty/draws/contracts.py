"""What a draw is. Pure: knows no database and no framework. Money is fen; times are UTC milliseconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

FORMAT: Final = "guanxi-draw-1"
CAP_FEN: Final = 5_000_000  # of one winner (规范促销行为暂行规定)
PUBLISHED_ABOVE_FEN: Final = 50_000  # winners of instant prizes above this are published
KEPT_DAYS: Final = 731  # of the evidence: at least two years
MOST_ENTRIES: Final = 1_000_000
MOST_PRIZES: Final = 50
MOST_QUANTITY: Final = 100_000
PRIZE_ASSET: Final = "prizes"  # whose stocks are the things that may be won
MOST_CLAIM_DAYS: Final = 365


class Mode(StrEnum):
    DRAWN = "drawn"
    INSTANT = "instant"


class State(StrEnum):
    """draft → open → closed → drawn → revealed."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    DRAWN = "drawn"
    REVEALED = "revealed"


class PrizeKind(StrEnum):
    POINTS = "points"
    CREDIT = "credit"
    GIFT = "gift"
    COUPON = "coupon"


class WinState(StrEnum):
    """won → claimed → handed_out; expired and void go back to the stock. All but gifts is handed out at
    once."""

    WON = "won"
    CLAIMED = "claimed"
    HANDED_OUT = "handed_out"
    EXPIRED = "expired"
    VOID = "void"


class Excluded(StrEnum):
    """Why an entry takes no part."""

    INSIDER = "insider"
    LIMIT = "limit"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Prize:
    """`units` of `asset` for each piece; a gift has none, a coupon has its `campaign`."""

    code: str
    name: str
    kind: PrizeKind
    quantity: int
    value_fen: int
    asset: str = ""
    units: int = 0
    campaign: str = ""

    @property
    def at_once(self) -> bool:
        """Whether whoever has won it has it."""
        return self.kind is not PrizeKind.GIFT


@dataclass(frozen=True, slots=True)
class Consolation:
    asset: str
    units: int
    value_fen: int


@dataclass(frozen=True, slots=True)
class Entry:
    """What an entry costs, how many one person has, and who may; "" and 0: free."""

    asset: str = ""
    units: int = 0
    most: int = 1
    condition: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What is published. `positions` is 0 unless instant."""

    draw: str
    title: str
    organiser: str
    redemption: str
    mode: Mode
    opens_ms: int
    closes_ms: int
    claim_days: int
    entry: Entry
    one_prize: bool
    positions: int
    entropy: str
    insider_tag: str
    prizes: tuple[Prize, ...]
    consolation: Consolation | None

    def prize(self, code: str) -> Prize:
        return next(one for one in self.prizes if one.code == code)

    @property
    def pieces(self) -> int:
        return sum(one.quantity for one in self.prizes)
