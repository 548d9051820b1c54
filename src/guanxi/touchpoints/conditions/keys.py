"""Which figures of a customer's facts conditions can ask for: the keys of this room's features. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from guanxi.kernel.conditions.features import Feature, ValueType
from guanxi.kernel.conditions.leaves import Comparison, Step
from guanxi.kernel.conditions.windows import EVER, Window

FACTS = "facts"
SEQUENCE = "sequence"
LARGEST = 10**15  # of what is added up: more is not recorded as an amount, nor believed as a quantity
REFUNDED = "order.refunded"


class Aggregate(StrEnum):
    COUNT = "count"
    SUM = "sum"
    MIN = "min"
    MAX = "max"


class Of(StrEnum):
    """What is aggregated. `net_fen` is the amount, negative for refunds."""

    OCCURRED_MS = "occurred_ms"
    AMOUNT_FEN = "amount_fen"
    NET_FEN = "net_fen"
    QUANTITY = "quantity"


@dataclass(frozen=True, slots=True)
class FactsKey:
    """An aggregate over a customer's facts of some kinds, in a window, where every comparison holds. COUNT
    counts those whose `of` is known: all facts for OCCURRED_MS."""

    kinds: tuple[str, ...]
    aggregate: Aggregate
    of: Of
    window: Window
    where: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True)
class SequenceKey:
    """Whether facts match the steps one after the other, the first of them in `window`, the last at most
    `within_days` after the first, and none of the kinds `without` after the first until those days end."""

    steps: tuple[Step, ...]
    within_days: int
    without: tuple[str, ...]
    window: Window


def feature(
    aggregate: Aggregate,
    of: Of,
    kinds: tuple[str, ...],
    window: Window = EVER,
    where: tuple[Comparison, ...] = (),
) -> Feature:
    """Sums and counts of nothing are 0, the least and the greatest of nothing are unknown."""
    absent = 0 if aggregate in {Aggregate.COUNT, Aggregate.SUM} else None
    key = FactsKey(tuple(sorted(set(kinds))), aggregate, of, window, where)
    return Feature(FACTS, key, ValueType.INTEGER, absent)


def count(
    kinds: tuple[str, ...],
    window: Window = EVER,
    where: tuple[Comparison, ...] = (),
    of: Of = Of.OCCURRED_MS,
) -> Feature:
    return feature(Aggregate.COUNT, of, kinds, window, where)


def total(
    of: Of, kinds: tuple[str, ...], window: Window = EVER, where: tuple[Comparison, ...] = ()
) -> Feature:
    return feature(Aggregate.SUM, of, kinds, window, where)


def sequence(
    steps: tuple[Step, ...], within_days: int, without: tuple[str, ...] = (), window: Window = EVER
) -> Feature:
    return Feature(SEQUENCE, SequenceKey(steps, within_days, without, window), ValueType.BOOLEAN, False)
