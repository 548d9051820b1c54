"""Every report there is: those of this chapter, and those that upper rooms declare."""

from __future__ import annotations

from typing import Final

from guanxi.economics.claims.declared import CLAIMS_REPORTS
from guanxi.economics.journeys.declared import JOURNEYS
from guanxi.economics.lifetime.declared import LIFETIME
from guanxi.economics.reporting import ReportKind
from guanxi.economics.retention.declared import RETENTION
from guanxi.economics.scenarios.declared import SCENARIOS
from guanxi.economics.spending.declared import SPENDING
from guanxi.economics.states.declared import STATES

OWN: Final = (*SPENDING, *LIFETIME, *RETENTION, *STATES, *CLAIMS_REPORTS, *JOURNEYS, *SCENARIOS)
REPORTS: Final[dict[str, ReportKind]] = {kind.name: kind for kind in OWN}


def declare(*kinds: ReportKind) -> None:
    """Add the reports of an upper room; the same again changes nothing. Raises ValueError for a name that
    another report has."""
    for kind in kinds:
        if REPORTS.setdefault(kind.name, kind) is not kind:
            raise ValueError(f"report '{kind.name}' is declared twice")
