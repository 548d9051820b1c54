"""Lucky draws."""

from __future__ import annotations

from guanxi.platform.apikeys import Scope
from tests.loyalty.draws.known import number
from tests.rest.matrix.row import Ask

READ = Scope.PROGRAMME_READ
ENDPOINTS: dict[str, tuple[Scope, Ask]] = {
    "list_draws": (READ, lambda caller, _: caller.get("draws")),
    "show_draw": (READ, lambda caller, _: caller.get(f"draws/{number('held')}")),
    "show_draw_results": (READ, lambda caller, _: caller.get(f"draws/{number('held')}/results")),
    "enter_draw": (
        Scope.TILL_USE,
        lambda caller, customer: caller.post(
            f"draws/{number('open')}/entries", {"customer": customer, "key": "k", "nonce": "7"}
        ),
    ),
}
