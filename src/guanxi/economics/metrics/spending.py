"""What marketing cost."""

from __future__ import annotations

from typing import Final

import ibis

from guanxi.economics.metrics.base import Days, Table, total

KEYS: Final = ("local_day", "local_month", "platform", "channel", "campaign", "kol", "type")
FIGURES: Final = ("amount_fen", "impressions", "clicks", "orders")


def spend_lines(spend: Table, days: Days | None = None) -> Table:
    """A row for each line of spend of the period: local_day, local_month, platform, channel, campaign, kol
    ("" where none is named), type, amount_fen, impressions, clicks, orders (NULL where unknown)."""
    lines = spend if days is None else spend.filter(spend.local_day.between(days.first, days.last))
    named = {
        name: ibis.coalesce(lines[name], ibis.literal(""))
        for name in ("platform", "channel", "campaign", "kol")
    }
    return lines.select(
        "local_day", "local_month", **named, type=lines.type, **{n: lines[n] for n in FIGURES}
    )


def spend_days(spend: Table) -> Table:
    """One row: first_day and last_day with spend (NULL without any), lines, amount_fen."""
    return spend.aggregate(
        first_day=spend.local_day.min(),
        last_day=spend.local_day.max(),
        lines=spend.count(),
        amount_fen=total(spend.amount_fen),
    )
