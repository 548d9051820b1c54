"""A brand's next months from what is known of its funnel, under levers, with bands; no Django.

Month by month: new customers are won with money and brought by others, come back along the fitted curve, and
leave a margin. All draws of today's funnel and of a scenario share their random numbers, so that a lever
that is not moved changes nothing at all.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from guanxi.economics.scenarios.curve import Curve, Floats

MONTHS: Final = 36
DRAWS: Final = 400
SEED: Final = 20_260
BAND: Final = (5.0, 95.0)
MOST_SPREAD: Final = 1.0  # of a logarithm: a figure that swings more is not known


@dataclass(frozen=True)
class Funnel:
    """Today's, as the lake tells it. Money is in minor units.

    cohorts      customers first seen 1, 2, … months before the first month told, shape (cohorts,)
    new_monthly  new customers a month, and the spread of its logarithm from month to month
    first_fen    what a new customer pays in the first month, and its standard error
    again_fen    what a customer who comes back pays in a month, and its standard error
    margin       what is left of that, as a share, refunds taken off
    cac_fen      what winning a customer costs, of the months with spend; 0 where none is known
    """

    curve: Curve
    cohorts: Floats
    new_monthly: float
    new_spread: float
    first_fen: float
    first_stderr: float
    again_fen: float
    again_stderr: float
    margin: float
    cac_fen: float = 0.0


@dataclass(frozen=True)
class Levers:
    """What is changed. Shares are 0..1 (0.1 is 10% more); money is in minor units a customer or a month."""

    retention_change: float = 0.0
    k_factor: float = 0.0
    cac_fen: float = 0.0
    cac_inflation: float = 0.0
    price_change: float = 0.0
    new_monthly: float | None = None
    fixed_fen: float = 0.0


@dataclass(frozen=True)
class Path:
    """Month by month, arrays of shape (months,) or (draws, months). Money is whole minor units."""

    won: Floats  # customers won with money
    brought: Floats  # customers brought by others
    active: Floats  # customers who buy in the month, new ones included
    revenue_fen: Floats
    margin_fen: Floats
    spend_fen: Floats
    fixed_fen: Floats
    cash_fen: Floats  # all margins so far less all spend and fixed costs


@dataclass(frozen=True)
class Told:
    """What is expected, and the ends of its 90% band."""

    expected: Path
    low: Path
    high: Path


def simulate(
    funnel: Funnel, levers: Levers, months: int = MONTHS, draws: int = DRAWS, seed: int = SEED
) -> Told:
    """The months ahead under those levers; the same seed gives the same bands."""
    expected = _walk(funnel, levers, _Drawn.expected(funnel, months))
    many = _walk(funnel, levers, _Drawn.at_random(funnel, months, draws, seed))
    centre, low, high = {}, {}, {}
    for one in fields(Path):
        value = getattr(expected, one.name)[0]
        ends = np.percentile(getattr(many, one.name), BAND, axis=0)
        centre[one.name] = value
        low[one.name], high[one.name] = np.minimum(ends[0], value), np.maximum(ends[1], value)
    return Told(Path(**centre), Path(**low), Path(**high))


def payback_months(funnel: Funnel, levers: Levers, most: int = 120) -> int | None:
    """After how many months a customer won today has brought back its cost, customers it brings included;
    None where it has not within `most`."""
    earned = _earned(funnel, levers, funnel.curve.shares(most))
    back = np.flatnonzero(np.cumsum(earned) >= levers.cac_fen)
    return int(back[0]) + 1 if len(back) else None


def worth_fen(funnel: Funnel, levers: Levers, months: int = MONTHS) -> float:
    """The margin of a customer won today over so many months, that of customers it brings included."""
    return float(_earned(funnel, levers, funnel.curve.shares(months)).sum())


def _earned(funnel: Funnel, levers: Levers, shares: Floats) -> Floats:
    """Margin by month of one customer and of those it brings a month later, and they in turn."""
    later = _kept(shares, levers)[1:] * funnel.again_fen
    own = np.concatenate([[funnel.first_fen], later]) * (funnel.margin + levers.price_change)
    earned = own.copy()
    for month in range(1, len(own)):
        earned[month] += levers.k_factor * earned[month - 1]
    return np.asarray(earned)


def _kept(shares: Floats, levers: Levers) -> Floats:
    """The curve with its later months moved by the lever."""
    moved = np.clip(shares * (1 + levers.retention_change), 0.0, 1.0)
    moved[..., 0] = 1.0
    return moved


@dataclass(frozen=True)
class _Drawn:
    """What is uncertain, drawn: shares (draws, ages), new customers (draws, months) as a multiple of their
    average, and what customers pay (draws, 1)."""

    shares: Floats
    new: Floats
    first_fen: Floats
    again_fen: Floats

    @staticmethod
    def expected(funnel: Funnel, months: int) -> _Drawn:
        ages = months + len(funnel.cohorts) + 1
        return _Drawn(
            funnel.curve.shares(ages)[None, :],
            np.ones((1, months)),
            np.array([[funnel.first_fen]]),
            np.array([[funnel.again_fen]]),
        )

    @staticmethod
    def at_random(funnel: Funnel, months: int, draws: int, seed: int) -> _Drawn:
        rng = np.random.default_rng(seed)
        ages = months + len(funnel.cohorts) + 1
        spread = min(funnel.new_spread, MOST_SPREAD)
        level = rng.standard_normal((draws, 1)) * spread / np.sqrt(12)  # the average is that of a year
        swing = rng.standard_normal((draws, months)) * spread
        paid = [
            np.maximum(0.0, fen + rng.standard_normal((draws, 1)) * error)
            for fen, error in (
                (funnel.first_fen, funnel.first_stderr),
                (funnel.again_fen, funnel.again_stderr),
            )
        ]
        new = np.exp(level + swing - spread**2 * (1 + 1 / 12) / 2)
        return _Drawn(funnel.curve.draw(ages, draws, rng), new, paid[0], paid[1])


def _walk(funnel: Funnel, levers: Levers, drawn: _Drawn) -> Path:
    months = drawn.new.shape[1]
    monthly = funnel.new_monthly if levers.new_monthly is None else levers.new_monthly
    won = monthly * drawn.new
    brought = np.zeros_like(won)
    for month in range(1, months):
        brought[:, month] = levers.k_factor * (won[:, month - 1] + brought[:, month - 1])
    new = won + brought
    shares = _kept(drawn.shares, levers)
    again = np.zeros_like(won)
    for age in range(1, months):
        again[:, age:] += new[:, :-age] * shares[:, age : age + 1]
    ages = np.arange(1, len(funnel.cohorts) + 1)
    for month in range(months):
        again[:, month] += shares[:, ages + month] @ funnel.cohorts
    price = 1 + levers.price_change
    revenue = np.rint((new * drawn.first_fen + again * drawn.again_fen) * price)
    # The whole of a price change is margin: goods cost what they cost.
    margin = np.rint(
        (new * drawn.first_fen + again * drawn.again_fen) * (funnel.margin + levers.price_change)
    )
    cost = levers.cac_fen * (1 + levers.cac_inflation) ** (np.arange(months) / 12)
    spend = np.rint(won * cost)
    fixed = np.full_like(won, np.rint(levers.fixed_fen))
    cash = np.cumsum(margin - spend - fixed, axis=1)
    return Path(won, brought, new + again, revenue, margin, spend, fixed, cash)
