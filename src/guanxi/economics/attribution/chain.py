"""Markov's removal effect, exactly: what is lost of the conversions where a channel leads nowhere.

Journeys are a chain that starts, goes from channel to channel with the frequencies seen, and is absorbed by
conversion or by nothing (Anderl et al. 2016, "Mapping the customer journey", International Journal of
Research in Marketing 33). With the fundamental matrix F = (I - Q)^-1, b = F r the chance to convert from each
channel and h_c = s F_c / F_cc that to ever come to channel c, removing c loses h_c b_c of s b.
"""

from __future__ import annotations

import numpy as np

from guanxi.economics.attribution.paths import Credit, Floats, Journeys, summed


def transitions(journeys: Journeys) -> tuple[Floats, Floats, Floats]:
    """How often journeys start with each channel; go from each to each; end in a conversion after each."""
    n, weight = len(journeys.names), journeys.weight
    starting = summed(journeys.channel[journeys.start], weight, n)
    ending = summed(journeys.channel[journeys.last], journeys.conversions, n)
    is_last = np.zeros(len(journeys.channel), bool)
    is_last[journeys.last] = True
    origin = np.flatnonzero(~is_last)
    pair = journeys.channel[origin] * n + journeys.channel[origin + 1]
    going = summed(pair, journeys.per_touch(weight)[origin], n * n)
    return starting, going.reshape(n, n), ending


def removal_effects(journeys: Journeys) -> Floats:
    """The share of conversions that each channel's removal loses; zeros where nothing converts."""
    starting, going, ending = transitions(journeys)
    n = len(starting)
    if not starting.sum() or not ending.sum():
        return np.zeros(n)
    leaving = summed(journeys.channel[journeys.last], journeys.weight, n)
    out = going.sum(1) + leaving
    seen = np.maximum(out, np.finfo(float).tiny)  # a channel nobody met is never come to
    fundamental = np.linalg.inv(np.eye(n) - going / seen[:, None])
    first = starting / starting.sum()
    converts = fundamental @ (ending / seen)
    reached = first @ fundamental / np.diag(fundamental)
    return np.asarray(reached * converts / (first @ converts))


def markov(journeys: Journeys) -> Credit:
    """Conversions and revenue in proportion to the removal effects."""
    effects = removal_effects(journeys)
    shares = effects / effects.sum() if effects.sum() else effects
    return Credit(shares * journeys.conversions.sum(), shares * journeys.revenue_fen.sum())
