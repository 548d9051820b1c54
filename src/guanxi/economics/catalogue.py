"""Every report of the chapter, as its parts declare them."""

from __future__ import annotations

from typing import Final

from guanxi.economics.lifetime.declared import LIFETIME
from guanxi.economics.reporting import ReportKind
from guanxi.economics.retention.declared import RETENTION

_ALL: Final = (*LIFETIME, *RETENTION)
REPORTS: Final[dict[str, ReportKind]] = {kind.name: kind for kind in _ALL}
