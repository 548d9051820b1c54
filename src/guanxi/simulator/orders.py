"""What was in each order, what was paid, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from guanxi.simulator import catalogue
from guanxi.simulator.catalogue import DOUYIN, JD, STORE
from guanxi.simulator.people import Flags, Ints, People, Purchases
from guanxi.simulator.seasons import DAY_S, Calendar

DONE, UNPAID, WAITING, TO_SHIP, SHIPPED, RETURNED, PARTLY_RETURNED = range(7)
PAID_STATES = (DONE, TO_SHIP, SHIPPED, RETURNED, PARTLY_RETURNED)
MOST_LINES = 4


@dataclass
class Orders:
    """Columns, one entry an order, sorted by time; lines of order i are `first_line[i]:first_line[i + 1]`."""

    person: Ints
    at: Ints
    channel: Ints
    number: Ints  # running, for order numbers
    state: Ints
    freight_fen: Ints
    paid_fen: Ints  # what the buyer paid (or was to pay), freight included
    refund_fen: Ints
    first_line: Ints
    sku: Ints  # lines
    quantity: Ints
    line_fen: Ints  # what was paid for the line
    returned: Flags  # lines

    def __len__(self) -> int:
        return len(self.person)

    def paid(self) -> Flags:
        return np.isin(self.state, PAID_STATES)


def _states(random: np.random.Generator, purchases: Purchases, calendar: Calendar) -> Ints:
    count = len(purchases.person)
    chance = random.random(count)
    state = np.full(count, DONE, dtype=np.int64)
    online = purchases.channel != STORE
    state[online & (chance < 0.05)] = UNPAID
    state[(chance > 0.955) & (online | (chance > 0.985))] = RETURNED
    state[(chance > 0.99) & (purchases.channel != JD)] = PARTLY_RETURNED
    age = (calendar.end_s - purchases.at) / DAY_S
    normal = online & (state == DONE)
    state[normal & (age < 9)] = SHIPPED
    state[normal & (age < 2)] = TO_SHIP
    state[online & (chance < 0.05) & (age < 1)] = WAITING
    return state


def draw(random: np.random.Generator, people: People, purchases: Purchases, calendar: Calendar) -> Orders:
    """Fills the baskets. Values come out roughly lognormal; a person's taste holds over their orders."""
    count = len(purchases.person)
    state = _states(random, purchases, calendar)
    lines = 1 + (random.random((count, MOST_LINES - 1)) < (0.34, 0.3, 0.22)).cumprod(axis=1).sum(axis=1)
    first_line = np.concatenate([[0], np.cumsum(lines)]).astype(np.int64)
    of = np.repeat(np.arange(count), lines)

    level = 0.55 * people.taste[purchases.person[of]] + random.normal(0, 0.85, len(of))
    sku = catalogue.choose(1 / (1 + np.exp(-1.7 * level)))  # the logistic curve stands in for the normal one
    repeats = np.r_[False, (sku[1:] == sku[:-1]) & (of[1:] == of[:-1])]
    sku = np.where(repeats, (sku + 17) % len(catalogue.SKUS), sku)
    quantity = 1 + (random.random(len(of)) < 0.12) + (random.random(len(of)) < 0.03)
    list_fen = catalogue.PRICES_FEN[sku] * quantity
    channel_cut = np.where(
        purchases.channel == DOUYIN, 0.18, np.where(purchases.channel == STORE, 0.02, 0.08)
    )
    cut = np.clip(channel_cut + random.gamma(1.2, 0.06, count), 0, 0.6)
    line_fen = np.maximum((list_fen * (1 - cut[of]) / 10).astype(np.int64) * 10, 100)  # to the jiao

    goods_fen = np.add.reduceat(line_fen, first_line[:-1])
    freight = np.where((purchases.channel != STORE) & (goods_fen < 9_900), 1_000, 0)
    paid_fen = goods_fen + freight

    several = lines > 1
    state[(state == PARTLY_RETURNED) & ~several] = DONE
    returned = (state[of] == RETURNED) | (
        (state[of] == PARTLY_RETURNED) & np.r_[of[1:] != of[:-1], True]  # the last line comes back
    )
    refund_fen = np.add.reduceat(np.where(returned, line_fen, 0), first_line[:-1])
    refund_fen += np.where((state == RETURNED) & (purchases.channel != STORE), freight, 0)
    refund_fen[purchases.channel == JD] = 0  # JD's order export does not tell
    state[(purchases.channel == JD) & (state == RETURNED)] = DONE
    return Orders(
        purchases.person, purchases.at, purchases.channel, np.arange(count, dtype=np.int64), state, freight,
        paid_fen, refund_fen, first_line, sku, quantity.astype(np.int64), line_fen, returned,
    )  # fmt: skip
