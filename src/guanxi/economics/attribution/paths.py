"""Journeys as arrays: the touches of each, one after another, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]
DAY_MS: Final = 86_400_000
ORDER: Final = 255
BITS: Final = 8  # of a moment that hold the channel's number


@dataclass(frozen=True)
class Credit:
    """What each channel gets, in the order of the journeys' names."""

    conversions: Floats
    revenue_fen: Floats


@dataclass(frozen=True)
class Journeys:
    """`channel` (a number into `names`) and `before_ms` (before the journey's last touch) have an entry for
    each touch, journeys one after another; the rest one for each journey: where its touches `start`, how
    many people took it (`weight`), how many of these converted, their revenue together."""

    names: tuple[str, ...]
    channel: Integers
    before_ms: Integers
    start: Integers
    weight: Floats
    conversions: Floats
    revenue_fen: Floats

    @property
    def length(self) -> Integers:
        """Touches of each journey."""
        return np.diff(self.start, append=len(self.channel))

    @property
    def last(self) -> Integers:
        """Where each journey's last touch is."""
        return self.start + self.length - 1

    def per_touch(self, of_journeys: NDArray[Any]) -> NDArray[Any]:
        """A journey's value for each of its touches."""
        return np.repeat(of_journeys, self.length)

    def credited(self, shares: Floats, touches: Integers | slice = slice(None)) -> Credit:
        """Conversions and revenue divided by shares, one for each touch given."""
        channel, n = self.channel[touches], len(self.names)
        conversions = self.per_touch(self.conversions)[touches] * shares
        revenue = self.per_touch(self.revenue_fen)[touches] * shares
        return Credit(summed(channel, conversions, n), summed(channel, revenue, n))


def summed(index: Integers, values: Floats, n: int) -> Floats:
    """The sum of the values at each index below n."""
    return np.bincount(index, values, n).astype(np.float64)


def of_paths(paths: Iterable[tuple[Sequence[str], float, float, float]]) -> Journeys:
    """Journeys from counted paths: (channels in order, conversions, journeys without one, revenue).

    A path says no times: its touches are a day apart. Paths without a touch are left out.
    """
    kept = [path for path in paths if path[0]]
    names = tuple(sorted({name for path in kept for name in path[0]}))
    number = {name: at for at, name in enumerate(names)}
    lengths = np.array([len(path[0]) for path in kept], np.int64)
    channel = np.array([number[name] for path in kept for name in path[0]], np.int64)
    start = np.cumsum(lengths) - lengths
    after = np.arange(len(channel)) - np.repeat(start, lengths)
    counts = np.array([path[1:] for path in kept], np.float64).reshape(len(kept), 3)
    return Journeys(
        names,
        channel,
        (np.repeat(lengths, lengths) - 1 - after) * DAY_MS,
        start,
        counts[:, 0] + counts[:, 1],
        counts[:, 0],
        counts[:, 2],
    )


def of_events(
    names: Sequence[str],
    customer: Any,
    moment: Any,
    revenue_fen: Any,
    *,
    days: int = 30,
    first_alone: bool = True,
    since_ms: int | None = None,
) -> Journeys:
    """Journeys from touches and orders, sorted by customer and moment (milliseconds * 256 + the channel's
    number into `names`; 255 for an order).

    A journey ends with an order (orders of one moment are one), or, behind a customer's last one, with the
    last touch; it has the touches since the one before, at most `days` older than its end. Journeys without
    a touch, and those that end before `since_ms`, are left out; with `first_alone` also all that follows a
    customer's first order.
    """
    customer, moment, revenue = _merged(np.asarray(customer), np.asarray(moment), np.asarray(revenue_fen))
    is_order = (moment & ORDER) == ORDER
    begins = np.concatenate([[True], customer[1:] != customer[:-1]])[: len(customer)]
    if first_alone:
        before = np.cumsum(is_order) - is_order  # orders before each event
        kept = before == np.maximum.accumulate(np.where(begins, before, 0))
        moment, revenue, is_order, begins = moment[kept], revenue[kept], is_order[kept], begins[kept]
    begins[1:] |= is_order[:-1]
    starts = np.flatnonzero(begins)
    lengths = np.diff(starts, append=len(moment))
    ends = starts + lengths - 1
    at_ms = moment >> BITS
    recent = np.repeat(at_ms[ends], lengths) - at_ms <= days * DAY_MS
    if since_ms is not None:
        recent &= np.repeat(at_ms[ends] >= since_ms, lengths)
    is_touch = recent & ~is_order
    touched = np.add.reduceat(is_touch, starts, dtype=np.int64) if len(starts) else lengths
    has = touched > 0
    lengths, ends, at_ms = touched[has], ends[has], at_ms[is_touch]
    start = np.cumsum(lengths) - lengths
    return Journeys(
        tuple(names),
        (moment & ORDER)[is_touch],
        np.repeat(at_ms[start + lengths - 1], lengths) - at_ms,
        start,
        np.ones(len(start)),
        is_order[ends].astype(np.float64),
        np.where(is_order[ends], revenue[ends], 0).astype(np.float64),
    )


def _merged(customer: Integers, moment: Integers, revenue: Integers) -> tuple[Integers, Integers, Integers]:
    """Orders of one customer and moment as one, with their revenue together."""
    again = (customer[1:] == customer[:-1]) & (moment[1:] == moment[:-1]) & ((moment[1:] & ORDER) == ORDER)
    if not again.any():
        return customer, moment, revenue
    kept = np.concatenate([[0], np.flatnonzero(~again) + 1])
    return customer[kept], moment[kept], np.add.reduceat(revenue, kept)
