"""Who may redeem when, and what a price is. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from guanxi.loyalty.rewards.contracts import Delivery, Price


class Sale(StrEnum):
    """How a reward stands to a customer now, limits and stock aside."""

    OPEN = "open"
    EARLY = "early"  # open, by early access
    SOON = "soon"
    OVER = "over"
    NOT_YOURS = "not_yours"
    CLOSED = "closed"  # a draft, or archived


class Window(NamedTuple):
    """`early_ms`: from when whoever meets the second condition too may redeem."""

    opens_ms: int | None
    closes_ms: int | None
    early_ms: int | None


def sale(window: Window, now_ms: int, *, active: bool, meets: bool, meets_early: bool) -> Sale:
    if not active:
        return Sale.CLOSED
    if window.closes_ms is not None and window.closes_ms <= now_ms:
        return Sale.OVER
    if not meets:
        return Sale.NOT_YOURS
    if window.opens_ms is None or window.opens_ms <= now_ms:
        return Sale.OPEN
    if window.early_ms is not None and window.early_ms <= now_ms and meets_early:
        return Sale.EARLY
    return Sale.SOON


def prices_of(stored: Iterable[Sequence[Any]]) -> tuple[Price, ...]:
    return tuple(Price(str(asset), int(units), int(fen)) for asset, units, fen in stored)


def missing(price: Price, spendable: int) -> int:
    """How many units a customer lacks for a price."""
    return max(0, price.units - spendable)


def most_of(limit: int | None, kind: str) -> int | None:
    """The limit as it counts: a sample is one each, unless more is set."""
    return 1 if limit is None and kind == "sample" else limit


def delivery_of(asked: str, offered: Sequence[str]) -> Delivery | None:
    """The way asked for, or the only one there is; None where it is not offered."""
    if not asked and len(offered) == 1:
        return Delivery(offered[0])
    return Delivery(asked) if asked in offered else None
