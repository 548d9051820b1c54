"""Money as people write it. Amounts are whole minor units; a brand has one currency. Pure."""

from __future__ import annotations

from typing import Final

# Symbols are fixed, not the locale's: a brand has one currency, and ¥ is what its people write.
SYMBOLS: Final = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$", "TWD": "NT$", "JPY": "JP¥"}
WITHOUT_MINOR_UNIT: Final = frozenset({"JPY", "KRW", "VND"})


def symbol(currency: str) -> str:
    """ "¥", or the code and a blank where there is none: "KRW "."""
    return SYMBOLS.get(currency, f"{currency} ")


def written(minor: int, currency: str = "CNY", *, short: bool = False) -> str:
    """123450 → "¥1,234.50", below zero "-¥12.00"; with `short` round amounts lose their ".00"."""
    sign = "-" if minor < 0 else ""
    if currency in WITHOUT_MINOR_UNIT:
        return f"{sign}{symbol(currency)}{abs(minor):,}"
    whole, rest = divmod(abs(minor), 100)
    cents = "" if short and not rest else f".{rest:02d}"
    return f"{sign}{symbol(currency)}{whole:,}{cents}"
