"""The reports on what a customer is worth."""

from __future__ import annotations

from typing import Final

from guanxi.economics.reporting import ReportKind

LIFETIME: Final[tuple[ReportKind, ...]] = ()
