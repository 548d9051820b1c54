"""Birthdays and anniversaries."""

from __future__ import annotations

from guanxi.platform.roles import Permission
from tests.console.matrix.page import Page

PAGES: dict[str, Page] = {"moments": Page(Permission.PROGRAMME_VIEW, lambda w: "/loyalty/moments")}
OF_ANY_BRAND = {"moments"}
