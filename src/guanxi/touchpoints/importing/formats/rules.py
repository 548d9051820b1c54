"""An order file's rules, declared: headers, statuses, where the amount stands, whose account it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class State(StrEnum):
    """What a status means for money."""

    PAID = "paid"
    PLACED = "placed"  # not paid (yet)
    CLOSED = "closed"  # ended: unpaid if never paid, else given back
    REFUNDED = "refunded"  # paid and given back, in whole unless an amount says otherwise


class Amounts(StrEnum):
    """Where an order of several rows has its amount."""

    ONCE = "once"  # repeated on every row, or on the first alone
    SUMMED = "summed"  # each row has its own


@dataclass(frozen=True)
class OrderRules:
    """How one kind of order file is to be understood.

    `amount_fields`: the first of these fields with a value is what the buyer paid. `statuses`: text → State.
    `after_sales`: text of the after-sale column → whether the row's amount was given back. `grouped`: an
    order may have several rows; otherwise it has one, and another with its number states it once more.
    """

    channel: str
    amount_fields: tuple[str, ...]
    statuses: Mapping[str, State]
    amounts: Amounts = Amounts.ONCE
    grouped: bool = False
    schemes: tuple[tuple[str, str], ...] = ()
    after_sales: Mapping[str, bool] = field(default_factory=dict)
    signed: bool = False  # amounts may be negative: an order below zero is a refund
    status_default: State | None = None
