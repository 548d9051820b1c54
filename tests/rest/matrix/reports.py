"""Reports, the rate card and states."""

from __future__ import annotations

from guanxi.platform.apikeys import Scope
from guanxi.rest.state_examples import CHOSEN, RULES
from tests.rest.matrix.row import Ask

ENDPOINTS: dict[str, tuple[Scope, Ask]] = {
    "list_reports": (Scope.REPORTS_READ, lambda caller, _: caller.get("reports")),
    "list_loops": (Scope.REPORTS_READ, lambda caller, _: caller.get("loops")),
    "get_loop": (Scope.REPORTS_READ, lambda caller, _: caller.get("loops/loyalty")),
    "get_rate_card": (Scope.REPORTS_READ, lambda caller, _: caller.get("rate-card")),
    "get_report": (Scope.REPORTS_READ, lambda caller, _: caller.get("reports/ltv")),
    "show_states": (Scope.REPORTS_READ, lambda caller, _: caller.get("states")),
    "set_states": (Scope.ECONOMICS_WRITE, lambda caller, _: caller.put("states", CHOSEN)),
    "preview_states": (Scope.REPORTS_READ, lambda caller, _: caller.post("states/preview", {"rules": RULES})),
}
