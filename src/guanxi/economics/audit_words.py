"""What this room's entries of the audit log are called."""

from __future__ import annotations

from guanxi.kernel.wording import say
from guanxi.platform.audit_words import Kind
from guanxi.platform.audit_words import register as add


def register() -> None:
    add(
        {
            "assumptions.chosen": say("Assumptions chosen"),
            "rate_card.set": say("Price of the rate card set"),
            "report.exported": say("Report exported"),
            "scenario.saved": say("Scenario saved"),
            "scenario.removed": say("Scenario removed"),
            "states.chosen": say("Rules of states chosen"),
        },
        {
            "assumptions": Kind(say("Assumptions")),
            "rate_card": Kind(say("Rate card")),
            "report": Kind(say("Report"), "report"),
            "scenario": Kind(say("Scenario"), "scenario"),
            "states": Kind(say("Rules of states")),
        },
        {
            "categories": say("categories"),
            "discount": say("discount"),
            "from": say("from day"),
            "item": say("item"),
            "levers": say("levers"),
            "margin": say("margin"),
            "platform": say("platform"),
            "range": say("range"),
            "states": say("states"),
        },
    )
