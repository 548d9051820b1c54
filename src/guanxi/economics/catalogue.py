"""Every report of the chapter, as its parts declare them."""

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

_ALL: Final = (*SPENDING, *LIFETIME, *RETENTION, *STATES, *CLAIMS_REPORTS, *JOURNEYS, *SCENARIOS)
REPORTS: Final[dict[str, ReportKind]] = {kind.name: kind for kind in _ALL}
