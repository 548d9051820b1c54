"""Loops."""

from __future__ import annotations

from guanxi.platform.roles import Permission
from tests.console.matrix.page import Page

PAGES: dict[str, Page] = {
    "loops": Page(Permission.REPORTS_VIEW, lambda w: "/loops"),
    "loop": Page(Permission.REPORTS_VIEW, lambda w: "/loops/loyalty"),
    "loop-opening": Page(Permission.REPORTS_VIEW, lambda w: "/loops/loyalty/opening"),
    "loop-cycles": Page(
        Permission.REPORTS_VIEW, lambda w: "/loops/loyalty/cycles?turn=entered&month=2026-05&by=entry"
    ),
    "loop-csv": Page(Permission.REPORTS_VIEW, lambda w: "/loops/loyalty/months.csv"),
}
OF_ANY_BRAND = set(PAGES)
