"""Endpoints of the exports."""

from __future__ import annotations

from guanxi.platform import jobs
from guanxi.platform.apikeys import Scope
from guanxi.rest.export_examples import WANTED
from tests.rest.conftest import Caller, body
from tests.rest.matrix.row import Ask

ENDPOINTS: dict[str, tuple[Scope, Ask]] = {
    "list_exportables": (Scope.EXPORTS_RUN, lambda caller, _: caller.get("exports/lists")),
    "list_exports": (Scope.EXPORTS_RUN, lambda caller, _: caller.get("exports")),
    "start_export": (Scope.EXPORTS_RUN, lambda caller, _: caller.post("exports", WANTED)),
    "show_export": (Scope.EXPORTS_RUN, lambda caller, _: caller.get(f"exports/{own_export(caller)}")),
    "download_export": (
        Scope.EXPORTS_RUN,
        lambda caller, _: caller.get(f"exports/{own_export(caller, written=True)}/file"),
    ),
    "remove_export": (Scope.EXPORTS_RUN, lambda caller, _: caller.delete(f"exports/{own_export(caller)}")),
}


def own_export(caller: Caller, *, written: bool = False) -> int:
    """One that the key wanted, as the others see none; whoever may want none asks for any number."""
    response = caller.post("exports", WANTED)
    if response.status_code != 200:
        return 1
    if written:
        jobs.run_queued()
    return int(body(response)["id"])
