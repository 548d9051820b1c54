"""Every page of the console, a module for each chapter: a new page is one row in its chapter's PAGES.

OF_ANY_BRAND names the pages whose address holds no id: another brand sees its own there.
"""

from __future__ import annotations

from tests.console.matrix import (
    booking,
    coupons,
    customers,
    data,
    draws,
    economics,
    loops,
    loyalty,
    messages,
    moments,
    perks,
    rewards,
    rules,
    segments,
    settings,
    tiers,
    till,
)
from tests.console.matrix.page import Page

CHAPTERS = (
    booking,
    coupons,
    customers,
    data,
    draws,
    economics,
    loops,
    loyalty,
    messages,
    moments,
    perks,
    rewards,
    rules,
    segments,
    settings,
    tiers,
    till,
)
PAGES: dict[str, Page] = {name: page for chapter in CHAPTERS for name, page in chapter.PAGES.items()}
OF_ANY_BRAND: set[str] = {name for chapter in CHAPTERS for name in chapter.OF_ANY_BRAND}

__all__ = ["OF_ANY_BRAND", "PAGES", "Page"]
