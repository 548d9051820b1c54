"""Rules that divide each order over its own journey, and Shapley's value over sets of channels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from guanxi.economics.attribution.chain import markov
from guanxi.economics.attribution.paths import DAY_MS, Credit, Floats, Integers, Journeys

HALF_LIFE_DAYS: Final = 7.0
WORD: Final = 64  # channels that one mask holds
END_SHARE: Final = 0.4  # of the first and of the last touch, by position


def first(journeys: Journeys) -> Credit:
    """All to the first touch."""
    return journeys.credited(np.ones(len(journeys.start)), journeys.start)


def last(journeys: Journeys) -> Credit:
    """All to the last touch before the order."""
    return journeys.credited(np.ones(len(journeys.start)), journeys.last)


def linear(journeys: Journeys) -> Credit:
    """To each touch the same."""
    return journeys.credited(1 / journeys.per_touch(journeys.length))


def time_decay(journeys: Journeys, half_life_days: float = HALF_LIFE_DAYS) -> Credit:
    """To each touch half of what one gets that came `half_life_days` later."""
    weights = np.exp2(-journeys.before_ms / (half_life_days * DAY_MS))
    return journeys.credited(weights / journeys.per_touch(_sums(weights, journeys.start)))


def position(journeys: Journeys) -> Credit:
    """40% to the first touch, 40% to the last, 20% to those between; of two half each, of one all."""
    length = journeys.length
    between = np.maximum(length - 2, 1)
    shares = journeys.per_touch((1 - 2 * END_SHARE) / between)
    ends = np.where(length > 2, END_SHARE, 1 / np.minimum(length, 2))
    shares[journeys.start] = ends
    shares[journeys.last] = ends
    return journeys.credited(shares)


def shapley(journeys: Journeys) -> Credit:
    """Shapley's value where a set of channels is worth the conversions of journeys that need no other.

    Such a game is the sum of one for each set of channels, in which all of the set are needed and alike, so
    the value is exactly each journey's conversions in equal parts to its different channels, however many
    channels there are (Zhao, Mahboobi & Bagheri 2018, "Shapley value methods for attribution modeling").
    """
    n = len(journeys.names)
    masks = [
        np.bitwise_or.reduceat(
            np.where(journeys.channel // WORD == word, _bit(journeys.channel), np.uint64(0)), journeys.start
        )
        for word in range(-(-n // WORD) if len(journeys.start) else 0)
    ]
    players = sum(np.bitwise_count(mask).astype(np.int64) for mask in masks)
    found = np.zeros((2, n))
    for channel in range(n if masks else 0):
        has = masks[channel // WORD] & _bit(np.int64(channel)) != 0
        shares = has / players
        found[:, channel] = shares @ journeys.conversions, shares @ journeys.revenue_fen
    return Credit(found[0], found[1])


def _bit(channel: Any) -> Any:
    return np.uint64(1) << (channel % WORD).astype(np.uint64)


def _sums(values: Floats, start: Integers) -> Floats:
    return np.add.reduceat(values, start) if len(start) else values


METHODS: Final[dict[str, Callable[[Journeys], Credit]]] = {
    "first": first,
    "last": last,
    "linear": linear,
    "time_decay": time_decay,
    "position": position,
    "markov": markov,
    "shapley": shapley,
}
