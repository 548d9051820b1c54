"""What the brand's own spend says of the rate card's items."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from guanxi.economics.spending.facts import Line, spent_lately
from guanxi.kernel.conditions.features import BrandRow

DAYS: Final = 90


def observed(brand: BrandRow) -> dict[tuple[str, str], float]:
    """(platform, item) → what the last 90 days with spend came to: minor units by thousand impressions and by
    click, clicks by impressions. Of a kind of spend only lines that say both are counted."""
    by_platform: dict[str, list[Line]] = defaultdict(list)
    for line in spent_lately(brand, DAYS):
        by_platform[line.platform].append(line)
    rates: dict[tuple[str, str], float] = {}
    for platform, lines in by_platform.items():
        shown = [line for line in lines if line.type == "cpm" and line.impressions]
        clicked = [line for line in lines if line.type == "cpc" and line.clicks]
        both = [line for line in lines if line.impressions and line.clicks is not None]
        if views := sum(line.impressions or 0 for line in shown):
            rates[platform, "cpm"] = sum(line.amount_fen for line in shown) / views * 1_000
        if clicks := sum(line.clicks or 0 for line in clicked):
            rates[platform, "cpc"] = sum(line.amount_fen for line in clicked) / clicks
        if views := sum(line.impressions or 0 for line in both):
            rates[platform, "ctr"] = sum(line.clicks or 0 for line in both) / views
    return rates
