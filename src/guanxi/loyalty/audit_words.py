"""What this room's entries of the audit log are called."""

from __future__ import annotations

from guanxi.kernel.wording import say
from guanxi.platform.audit_words import Kind
from guanxi.platform.audit_words import register as add


def register() -> None:
    add(
        {
            "rule.created": say("Rule made"),
            "rule.saved": say("Rule changed"),
            "rule.active": say("Rule switched on"),
            "rule.paused": say("Rule paused"),
            "rule.archived": say("Rule archived"),
            "rule.deleted": say("Draft of a rule deleted"),
            "rule.group": say("Group of rules changed"),
            "rule.budget": say("Budget of a rule changed"),
            "rule.missed": say("Missed effects given"),
            "member.link_made": say("Link to the member card made"),
            "till.read": say("Member looked up at a till"),
            "till.purchase": say("Purchase recorded at a till"),
            "asset.created": say("Asset made"),
            "asset.changed": say("Asset changed"),
            "ledger.adjusted": say("Balance changed by hand"),
            "ledger.limited": say("Limits of an account set"),
        },
        {
            "rule": Kind(say("Rule"), "rule"),
            "rule_group": Kind(say("Group of rules")),
            "asset": Kind(say("Asset"), "ledger-asset"),
            "account": Kind(say("Account")),
        },
        {
            "by": say("by"),
            "asset": say("asset"),
            "units_count": say("units"),
            "floor": say("floor"),
            "ceiling": say("ceiling"),
            "posting_id": say("posting"),
            "given": say("given"),
            "cap_units": say("cap"),
            "outcome": say("outcome"),
        },
    )
