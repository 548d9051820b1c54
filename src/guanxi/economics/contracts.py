"""What other rooms may know about economics. Money is minor units, shares are 0..1, months are "2026-11"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Period:
    """Local days of the brand, both included."""

    first: date
    last: date


@dataclass(frozen=True)
class Overview:
    """Who the customers are and whether they come back. Defined in docs/guide/metrics.md.

    `repeat_rate`, `first` and `last` are None where nobody has bought; `synced_ms` is None before the first
    sync of the warehouse.
    """

    customers: int
    buyers: int
    orders: int
    revenue_fen: int
    refunds_fen: int
    repeat_rate: float | None
    first: str | None
    last: str | None
    net_fen: int
    repeat_buyers: int
    refunds: int
    anonymous_orders: int
    anonymous_revenue_fen: int
    synced_ms: int | None


@dataclass(frozen=True)
class Month:
    """A month's orders, and its revenue by who bought: customers in the month of their first order (new),
    customers who had bought in an earlier month (returning), and orders without a customer (anonymous).
    revenue_fen = new_fen + returning_fen + anonymous_fen."""

    month: str
    orders: int
    revenue_fen: int
    refunds_fen: int
    new_buyers: int
    returning_buyers: int
    new_fen: int
    returning_fen: int
    anonymous_fen: int


@dataclass(frozen=True)
class CohortCell:
    """What a cohort did in its n-th month (0 is the month of the first order)."""

    months_since: int
    customers: int
    orders: int
    revenue_fen: int
    share: float  # of the cohort's customers


@dataclass(frozen=True)
class Cohort:
    """Customers whose first order fell in `month`; a cell for every month up to the brand's last, also where
    nobody bought."""

    month: str
    size: int
    cells: list[CohortCell]


@dataclass(frozen=True)
class Channel:
    """One channel's orders and the customers who bought there ("" where the facts name none)."""

    channel: str
    buyers: int
    orders: int
    revenue_fen: int
    refunds_fen: int
