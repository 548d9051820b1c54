"""`guanxi doctor`: check everything, and say how to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from guanxi.cli.shared import JsonOption, command_app, out, set_up, show, told
from guanxi.kernel.wording import say

if TYPE_CHECKING:
    from guanxi.platform.doctor import Finding

app = command_app()
LATE_MS = 10 * 60 * 1000
CHECKS = {
    "folder": say("folder"),
    "settings": say("settings"),
    "secrets": say("secrets"),
    "disk": say("disk"),
    "database": say("database"),
    "vault": say("vault"),
    "worker": say("worker"),
    "jobs": say("jobs"),
    "clock": say("clock"),
    "warehouse": say("warehouse"),
}
WIDTH = 10
SIGNS = {"well": ("✓", "green"), "warning": ("!", "yellow"), "failure": ("✗", "red")}


@app.command("doctor")
def doctor(json: JsonOption = False) -> int:
    """Check settings, secrets, database, vault, warehouse, disk, worker and clock.

    Exit code 0: nothing has failed (there may be warnings). 1: something has; each says how to mend it.
    """
    set_up(json=json)
    from guanxi.platform.doctor import Check, Health, checks, examine

    if "warehouse" not in checks:
        checks.register(Check("warehouse", look_at_warehouse, needs_database=True))
    findings = examine()
    failed = sum(finding.health == Health.FAILURE for finding in findings)
    warned = sum(finding.health == Health.WARNING for finding in findings)
    result = {
        "healthy": not failed,
        "failures": failed,
        "warnings": warned,
        "findings": [
            {"check": f.check, "health": str(f.health), "message": f.message, "remedy": f.remedy}
            for f in findings
        ],
    }
    show(result, json, lambda: _print(findings))
    return 1 if failed else 0


def look_at_warehouse() -> Iterator[Finding]:
    from django.utils.translation import gettext as _

    from guanxi.platform.doctor import warning, well
    from guanxi.platform.models import Brand
    from guanxi.warehouse import queries

    for brand in Brand.objects.order_by("slug"):
        status = queries.status(brand)
        queries.version(brand)  # raises Unavailable where an engine elsewhere does not answer
        if status.behind_rows and (status.lag_ms is None or status.lag_ms > LATE_MS):
            yield warning(
                "warehouse",
                _("%(brand)s: %(n)s facts are not in the warehouse yet.")
                % {"brand": brand.slug, "n": f"{status.behind_rows:,}"},
                _("Run `guanxi up` (its worker syncs), or `guanxi warehouse sync --brand %(brand)s`.")
                % {"brand": brand.slug},
            )
        else:
            facts = status.rows.get("touchpoints", 0)
            shown = {"brand": brand.slug, "engine": status.engine, "n": f"{facts:,}"}
            yield well("warehouse", _("%(brand)s: %(engine)s, %(n)s facts") % shown)


def _print(findings: list[Finding]) -> None:
    for finding in findings:
        sign, colour = SIGNS[finding.health]
        check = told(CHECKS.get(finding.check, finding.check))
        check += " " * (WIDTH - cell_len(check))
        out.print(Text.assemble((sign, f"bold {colour}"), f" {check} {finding.message}"))
        if finding.remedy:
            out.print(Text(f"  {'':<{WIDTH}} → {finding.remedy}", style=colour))
